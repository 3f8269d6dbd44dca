import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `time`: moments and waiting.
    static let time = ScriptModule(
        name: "time",
        summary: "Moments, as seconds since 1970 or as Graph writes them, and waiting.",
        functions: [
            ScriptFunction(
                name: "now",
                result: "integer seconds",
                summary: "The present moment, in seconds since 1970-01-01 UTC.",
                example: "print(time.iso(time.now()))",
                body: .bare { context throws(HostError) in .integer(context.seconds) }
            ),
            ScriptFunction(
                name: "iso",
                parameters: [ScriptParameter("seconds", .integer, summary: "Seconds since 1970-01-01 UTC.")],
                result: "string moment",
                summary: "A moment as Graph writes it: 2026-01-15T08:30:00Z.",
                example: "print(time.iso(0))",
                body: .scalars { _, values throws(HostError) in
                    let seconds = try values.integer(0)
                    guard seconds.magnitude < 250_000_000_000 else {
                        throw HostError(
                            code: "badArgument",
                            message: "time.iso: \(seconds) is beyond the year 9999"
                        )
                    }
                    return .text(GraphDate(microseconds: Int64(seconds) * 1_000_000).text)
                }
            ),
            ScriptFunction(
                name: "parse",
                parameters: [ScriptParameter("moment", .string, summary: "2026-01-15T08:30:00Z, with any offset.")],
                result: "integer seconds",
                summary: "The seconds since 1970-01-01 UTC of a moment as Graph writes it.",
                example: "print(time.now() - time.parse(\"2026-01-15T08:30:00Z\"))",
                body: .scalars { _, values throws(HostError) in
                    let text = try values.string(0)
                    guard let date = GraphDate(text) else {
                        throw HostError(
                            code: "badArgument",
                            message:
                                "time.parse: '\(text.prefix(40))' is no moment; write it as 2026-01-15T08:30:00Z"
                        )
                    }
                    return .integer(Int(date.microseconds / 1_000_000))
                }
            ),
            ScriptFunction(
                name: "seconds",
                parameters: [ScriptParameter("duration", .string, summary: "PT1H30M, P7D, P2W (ISO 8601).")],
                result: "number seconds",
                summary: "The seconds of a duration as Graph writes it; months and years have no fixed length.",
                example: #"print(time.iso(time.now() - time.seconds("P90D")))"#,
                body: .scalars { _, values throws(HostError) in
                    let text = try values.string(0)
                    guard let seconds = duration(text) else {
                        throw HostError(
                            code: "badArgument",
                            message: "time.seconds: '\(text.prefix(40))' is no duration; write it as PT1H30M or P7D"
                        )
                    }
                    return seconds == seconds.rounded() ? .integer(Int(seconds)) : .number(seconds)
                }
            ),
            ScriptFunction(
                name: "duration",
                parameters: [ScriptParameter("seconds", .number, summary: "Any number of seconds from 0 on.")],
                result: "string duration",
                summary: "A duration as Graph writes it: PT1H30M.",
                example: "print(time.duration(5400))",
                body: .scalars { _, values throws(HostError) in
                    let seconds = try values.number(0)
                    guard seconds >= 0, seconds < 1e12 else {
                        throw HostError(code: "badArgument", message: "time.duration: \(seconds) s is no duration")
                    }
                    return .text(isoDuration(seconds))
                }
            ),
            ScriptFunction(
                name: "sleep",
                parameters: [ScriptParameter("seconds", .number, summary: "How long to wait.")],
                summary: "Waits without using the processor.",
                example: "time.sleep(0.01)",
                body: .resting { _, json throws(HostError) in
                    let seconds = try ScriptArguments(json).number(0)
                    guard seconds >= 0, seconds <= 86_400 * 366 else {
                        throw HostError(
                            code: "badArgument",
                            message: "time.sleep: \(seconds) s cannot be waited for"
                        )
                    }
                    return seconds
                }
            ),
        ]
    )

    /// The seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; nil if it is none.
    private static func duration(_ text: String) -> Double? {
        let pattern =
            #/P(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10}(?:\.\d{1,7})?)S)?)?/#
        guard let match = text.wholeMatch(of: pattern), let last = text.last, last != "P", last != "T" else {
            return nil
        }
        let parts: [(Substring?, Double)] = [
            (match.1, 604_800), (match.2, 86_400), (match.3, 3600), (match.4, 60), (match.5, 1),
        ]
        return parts.reduce(0) { sum, part in sum + (part.0.flatMap { Double($0) } ?? 0) * part.1 }
    }

    private static func isoDuration(_ seconds: Double) -> String {
        let whole = Int(seconds)
        let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60)
        let rest = seconds - Double(whole - whole % 60)
        var time = ""
        if hours > 0 { time += "\(hours)H" }
        if minutes > 0 { time += "\(minutes)M" }
        if rest > 0 { time += (rest == rest.rounded() ? String(Int(rest)) : String(rest)) + "S" }
        if days == 0, time.isEmpty { return "PT0S" }
        return "P" + (days > 0 ? "\(days)D" : "") + (time.isEmpty ? "" : "T" + time)
    }
}
