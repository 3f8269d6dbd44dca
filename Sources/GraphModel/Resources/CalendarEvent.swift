import Foundation

/// An event as iCalendar (RFC 5545).
///
/// Times are given in UTC; how an event recurs is not carried over.
struct CalendarEvent {
    let text: String

    init(_ event: JSONValue, id: String, date: GraphDate) {
        var lines = ContentLines()
        lines.add("BEGIN", raw: "VCALENDAR")
        lines.add("VERSION", raw: "2.0")
        lines.add("PRODID", raw: "-//Herald//Embedded store//EN")
        lines.add("BEGIN", raw: "VEVENT")
        lines.add("UID", event["iCalUId"]?.string ?? event["id"]?.string ?? id)
        lines.add("DTSTAMP", raw: Self.compact(date.text))
        let isAllDay = event["isAllDay"] == .boolean(true)
        for (name, member) in [("DTSTART", "start"), ("DTEND", "end")] {
            if let time = event[member] { Self.add(name, time, isAllDay, &lines) }
        }
        lines.add("SUMMARY", event["subject"]?.string)
        if let body = event["body"], let content = body["content"]?.string {
            let isHTML = body["contentType"]?.string?.lowercased() == "html"
            lines.add("DESCRIPTION", isHTML ? HTMLText.plainText(content) : content)
        }
        lines.add("LOCATION", event["location"]?["displayName"]?.string)
        if let organizer = event.person("organizer") { Self.add("ORGANIZER", organizer, &lines) }
        for attendee in event.people("attendees") { Self.add("ATTENDEE", attendee, &lines) }
        lines.add("END", raw: "VEVENT")
        lines.add("END", raw: "VCALENDAR")
        text = lines.text
    }

    private static func add(_ name: String, _ person: EmailAddress, _ lines: inout ContentLines) {
        let parameter = person.name.map { ";CN=" + ContentLines.quoted($0) } ?? ""
        lines.add(name + parameter, raw: "mailto:" + person.address.filter { !$0.isNewline })
    }

    /// Adds a time of Graph's: `{"dateTime": "2026-01-15T08:30:00.0000000", "timeZone": "UTC"}`.
    private static func add(_ name: String, _ time: JSONValue, _ isAllDay: Bool, _ lines: inout ContentLines) {
        guard let text = time["dateTime"]?.string else { return }
        if isAllDay, GraphDate(text.prefix(10) + "T00:00:00Z") != nil {
            return lines.add(name + ";VALUE=DATE", raw: text.prefix(10).filter { $0 != "-" })
        }
        // The text may have a zone of its own; mostly the zone stands beside it.
        if let date = GraphDate(text) { return lines.add(name, raw: compact(date.text)) }
        guard let local = GraphDate(text + "Z") else { return }
        let written = time["timeZone"]?.string ?? "UTC"
        guard let zone = TimeZone(identifier: zones[written] ?? written) else {
            // In a zone that nobody knows, the event begins when a clock there shows this time.
            return lines.add(name, raw: String(compact(local.text).dropLast()))
        }
        let clock = Date(timeIntervalSince1970: Double(local.microseconds) / 1_000_000)
        // The zone's offset is that of the moment, which is an offset away from where the clock was taken for UTC.
        let near = clock.addingTimeInterval(-Double(zone.secondsFromGMT(for: clock)))
        let offset = Int64(zone.secondsFromGMT(for: near))
        lines.add(name, raw: compact(GraphDate(microseconds: local.microseconds - offset * 1_000_000).text))
    }

    /// `2026-01-15T08:30:00Z` as `20260115T083000Z`.
    private static func compact(_ date: String) -> String {
        date.filter { $0 != "-" && $0 != ":" }
    }

    /// The names of Windows for zones, which Graph uses beside those of IANA.
    private static let zones = [
        "Pacific Standard Time": "America/Los_Angeles", "Mountain Standard Time": "America/Denver",
        "Central Standard Time": "America/Chicago", "Eastern Standard Time": "America/New_York",
        "E. South America Standard Time": "America/Sao_Paulo", "GMT Standard Time": "Europe/London",
        "W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris",
        "Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
        "FLE Standard Time": "Europe/Kyiv", "GTB Standard Time": "Europe/Bucharest",
        "South Africa Standard Time": "Africa/Johannesburg", "Arabian Standard Time": "Asia/Dubai",
        "India Standard Time": "Asia/Kolkata", "China Standard Time": "Asia/Shanghai",
        "Singapore Standard Time": "Asia/Singapore", "Tokyo Standard Time": "Asia/Tokyo",
        "Korea Standard Time": "Asia/Seoul", "AUS Eastern Standard Time": "Australia/Sydney",
        "New Zealand Standard Time": "Pacific/Auckland",
    ]
}
