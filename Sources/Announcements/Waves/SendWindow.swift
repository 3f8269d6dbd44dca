package import Foundation

/// The hours and days at which posts may be made.
package struct SendWindow: Sendable, Equatable {
    /// Minutes since midnight at which it opens and closes; one that closes before it opens reaches over midnight, and
    /// belongs to the day on which it opens.
    package var opens: Int
    package var closes: Int
    /// The days on which it opens, 1 for Monday to 7 for Sunday.
    package var days: Set<Int>
    package var zone: TimeZone

    package init(opens: Int, closes: Int, days: Set<Int>, zone: TimeZone) {
        self.opens = opens
        self.closes = closes
        self.days = days
        self.zone = zone
    }

    /// When the window is open next.
    ///
    /// - Parameter time: Microseconds since 1970.
    /// - Returns: From when, which is `time` itself if it is open then, until when; nil if it never opens.
    package func next(from time: Int64) -> Range<Int64>? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let now = Date(timeIntervalSince1970: Double(time) / 1_000_000)
        // Yesterday's may reach over midnight; a week and a day always hold one that is whole.
        for offset in -1...8 {
            guard let day = calendar.date(byAdding: .day, value: offset, to: calendar.startOfDay(for: now)),
                days.contains((calendar.component(.weekday, from: day) + 5) % 7 + 1),
                let start = moment(opens, on: day, calendar),
                let end = closes > opens
                    ? moment(closes, on: day, calendar)
                    : calendar.date(byAdding: .day, value: 1, to: day).flatMap({ moment(closes, on: $0, calendar) })
            else { continue }
            let (from, to) = (Self.microseconds(start), Self.microseconds(end))
            if to > time, to > from { return max(from, time)..<to }
        }
        return nil
    }

    /// A time of day, by the clocks of the zone: where they skip it, the next that there is.
    private func moment(_ minutes: Int, on day: Date, _ calendar: Calendar) -> Date? {
        if minutes == 24 * 60 { return calendar.date(byAdding: .day, value: 1, to: day) }
        return calendar.date(bySettingHour: minutes / 60, minute: minutes % 60, second: 0, of: day)
    }

    private static func microseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970) * 1_000_000 }
}
