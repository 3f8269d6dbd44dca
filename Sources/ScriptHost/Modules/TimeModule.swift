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
                body: .immediate { context, _ throws(HostError) in ScriptReply.integer(Int(context.now() / 1_000_000)) }
            ),
            ScriptFunction(
                name: "iso",
                parameters: [ScriptParameter("seconds", .integer, summary: "Seconds since 1970-01-01 UTC.")],
                result: "string moment",
                summary: "A moment as Graph writes it: 2026-01-15T08:30:00Z.",
                example: "print(time.iso(0))",
                body: .immediate { _, json throws(HostError) in
                    let seconds = try ScriptArguments(json).integer(0)
                    guard abs(seconds) < 250_000_000_000 else {
                        throw HostError(
                            code: "badArgument",
                            message: "time.iso: \(seconds) is beyond the year 9999"
                        )
                    }
                    return ScriptReply.string(GraphDate(microseconds: Int64(seconds) * 1_000_000).text)
                }
            ),
            ScriptFunction(
                name: "parse",
                parameters: [ScriptParameter("moment", .string, summary: "2026-01-15T08:30:00Z, with any offset.")],
                result: "integer seconds",
                summary: "The seconds since 1970-01-01 UTC of a moment as Graph writes it.",
                example: "print(time.now() - time.parse(\"2026-01-15T08:30:00Z\"))",
                body: .immediate { _, json throws(HostError) in
                    let text = try ScriptArguments(json).string(0)
                    guard let date = GraphDate(text) else {
                        throw HostError(
                            code: "badArgument",
                            message:
                                "time.parse: '\(text.prefix(40))' is no moment; write it as 2026-01-15T08:30:00Z"
                        )
                    }
                    return ScriptReply.integer(Int(date.microseconds / 1_000_000))
                }
            ),
            ScriptFunction(
                name: "sleep",
                parameters: [ScriptParameter("seconds", .number, summary: "How long to wait.")],
                summary: "Waits without using the processor.",
                example: "time.sleep(0.01)",
                body: .waiting { _, json throws(HostError) in
                    let seconds = try ScriptArguments(json).number(0)
                    guard seconds >= 0, seconds <= 86_400 * 366 else {
                        throw HostError(
                            code: "badArgument",
                            message: "time.sleep: \(seconds) s cannot be waited for"
                        )
                    }
                    try? await Task.sleep(for: .seconds(seconds))
                    return ScriptReply.nothing
                }
            ),
        ]
    )
}
