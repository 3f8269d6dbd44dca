import Announcements
import Foundation
import GraphModel
import LuaRuntime

/// Waves as a script writes them: the fields `waves`, `pause`, `stopAbove`, `confirm`, `grace` and `window` of an
/// announcement.
extension Waves {
    init(_ announcement: JSONValue) throws(HostError) {
        self.init()
        if let parts = announcement["waves"] { self.parts = try Self.parts(parts) }
        if let pause = announcement["pause"] { self.pause = try Self.span(pause, "pause") }
        if let grace = announcement["grace"] { self.grace = try Self.span(grace, "grace") }
        if let share = announcement["stopAbove"] {
            guard let percent = Self.percent(share), (0...100).contains(percent) else {
                throw AnnouncementSpec.fault("'stopAbove' is a percentage, as in \"2%\"")
            }
            stopAbove = percent / 100
        }
        switch announcement["confirm"] {
        case nil, .null: break
        case .boolean(let confirms): self.confirms = confirms
        default: throw AnnouncementSpec.fault("'confirm' is true or false")
        }
        if let window = announcement["window"] { self.window = try SendWindow(window) }
        guard (announcement["waves"] ?? .null) == .null else { return }
        if let pause = announcement["pause"], pause != .null { throw Self.needsWaves("pause") }
        if confirms { throw Self.needsWaves("confirm") }
    }

    /// What is said of a field that is about two waves, where there is only one.
    static func withoutWaves(_ field: String) -> String {
        "field '\(field)' is about what comes between two waves, and field 'waves' is missing, as in {1, \"5%\", \"rest\"}"
    }

    private static func needsWaves(_ field: String) -> HostError { AnnouncementSpec.fault(withoutWaves(field)) }

    private static func parts(_ value: JSONValue) throws(HostError) -> [Part] {
        let elements = value.elements ?? []
        var parts: [Part] = []
        for (index, element) in elements.enumerated() {
            let place = "'waves', part \(index + 1)"
            if let text = element.string, text == "rest" {
                guard index == elements.count - 1 else {
                    throw AnnouncementSpec.fault("\(place): \"rest\" leaves nothing for what comes after it")
                }
                parts.append(.rest)
            } else if let percent = percent(element), percent > 0, percent <= 100 {
                parts.append(.percent(percent))
            } else if let number = element.double, let count = Int(exactly: number), count > 0 {
                parts.append(.count(count))
            } else {
                throw AnnouncementSpec.fault(
                    "\(place) is a number of targets from 1, a percentage as in \"5%\", or \"rest\""
                )
            }
        }
        guard !parts.isEmpty else {
            throw AnnouncementSpec.fault("'waves' is a list, as in {1, \"5%\", \"rest\"}")
        }
        return parts
    }

    /// `"5%"` as 5.
    private static func percent(_ value: JSONValue) -> Double? {
        guard let text = value.string?.trimmed, text.hasSuffix("%") else { return nil }
        return Double(text.dropLast().trimmed)
    }

    /// A span of time: `"90s"`, `"10m"`, `"2h"`, `"1d"`, or a number of seconds.
    private static func span(_ value: JSONValue, _ field: String) throws(HostError) -> Duration {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let longest = 366.0 * 86_400
        var seconds: Double?
        if let number = value.double {
            seconds = number
        } else if let text = value.string?.trimmed, let unit = text.last.flatMap({ units[$0] }) {
            seconds = Double(text.dropLast().trimmed).map { $0 * unit }
        }
        guard let seconds, seconds.isFinite else {
            throw AnnouncementSpec.fault("'\(field)' is a span of time, as in \"90s\", \"10m\" or \"2h\"")
        }
        guard seconds >= 0, seconds <= longest else {
            let given = value.string.map { "\"\($0)\"" } ?? "\(seconds)"
            throw AnnouncementSpec.fault("'\(field)' is \(given); it may be from 0 to 366 days (\"366d\")")
        }
        return .seconds(seconds)
    }
}

/// A window as a script writes it: `{ from = "08:00", to = "18:00", zone = "Europe/Berlin", days = "Mon-Fri" }`.
extension SendWindow {
    private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    init(_ value: JSONValue) throws(HostError) {
        guard case .object = value else {
            throw AnnouncementSpec.fault("'window' is a table, as in { from = \"08:00\", to = \"18:00\" }")
        }
        let zone: TimeZone
        if let name = value["zone"] {
            guard let text = name.string, let known = TimeZone(identifier: text) else {
                throw AnnouncementSpec.fault("'window.zone' is the name of a time zone, as in \"Europe/Berlin\"")
            }
            zone = known
        } else {
            zone = .current
        }
        let opens = try Self.minutes(value["from"], "from", default: 0)
        let closes = try Self.minutes(value["to"], "to", default: 24 * 60)
        guard opens != closes, opens < 24 * 60 else {
            throw AnnouncementSpec.fault("'window' opens when it closes: 'from' and 'to' are different times of day")
        }
        self.init(opens: opens, closes: closes, days: try Self.days(value["days"]), zone: zone)
    }

    private static func minutes(_ value: JSONValue?, _ field: String, default other: Int) throws(HostError) -> Int {
        guard let value, value != .null else { return other }
        let parts = (value.string ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
            (0..<60).contains(minute), hour * 60 + minute <= 24 * 60
        else { throw AnnouncementSpec.fault("'window.\(field)' is a time of day, as in \"08:00\"") }
        return hour * 60 + minute
    }

    /// `"Mon-Fri"`, `"Sat,Sun"`, `"Mon,Wed-Thu"`, as the days' numbers from 1.
    private static func days(_ value: JSONValue?) throws(HostError) -> Set<Int> {
        guard let value, value != .null else { return Set(1...7) }
        var days: Set<Int> = []
        for part in (value.string ?? "").lowercased().split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { name in
                dayNames.firstIndex(of: name.trimmed)
            }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else {
                throw AnnouncementSpec.fault("'window.days' names days, as in \"Mon-Fri\" or \"Tue,Thu\"")
            }
            for step in 0...((last - first + 7) % 7) { days.insert((first + step) % 7 + 1) }
        }
        return days
    }
}
