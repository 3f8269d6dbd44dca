/// A moment as Graph writes it (Edm.DateTimeOffset), kept in microseconds since 1970-01-01 UTC.
package struct GraphDate: Sendable, Hashable, Comparable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads a date and time of RFC 3339 with any offset and up to 7 digits of a fraction; nil if the text is none.
    package init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        func number(_ digits: Int) -> Int64? {
            guard bytes.count >= digits else { return nil }
            var value: Int64 = 0
            for byte in bytes.prefix(digits) {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            bytes = bytes.dropFirst(digits)
            return value
        }
        func skip(_ expected: Character...) -> Bool {
            guard let byte = bytes.first, expected.contains(Character(Unicode.Scalar(byte))) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
            skip("T", "t", " "),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
            (1...12).contains(month), day >= 1, day <= Self.days(in: month, year), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var scale: Int64 = 100_000
            var digits = 0
            while let digit = number(1) {
                fraction += digit * scale
                scale /= 10
                digits += 1
            }
            guard digits > 0, digits <= 9 else { return nil }
        }
        var offset: Int64 = 0
        if !skip("Z", "z") {
            let isWest = bytes.first == UInt8(ascii: "-")
            guard skip("+", "-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
        }
        guard bytes.isEmpty else { return nil }
        let days = Self.daysSince1970(year, month, day)
        microseconds = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000_000 + fraction
    }

    /// `2026-01-15T08:30:00Z`: in UTC, without a fraction.
    package var text: String {
        let seconds = microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let time = seconds - days * 86_400
        let (year, month, day) = Self.date(daysSince1970: days)
        return unsafe String(unsafeUninitializedCapacity: 20) { buffer in
            func put(_ value: Int64, _ digits: Int, at start: Int) {
                var value = value
                for position in stride(from: start + digits - 1, through: start, by: -1) {
                    unsafe buffer[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
                    value /= 10
                }
            }
            put(year, 4, at: 0)
            put(month, 2, at: 5)
            put(day, 2, at: 8)
            put(time / 3600, 2, at: 11)
            put(time / 60 % 60, 2, at: 14)
            put(time % 60, 2, at: 17)
            for (position, mark) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "Z")]
                as [(Int, Unicode.Scalar)]
            {
                unsafe buffer[position] = UInt8(ascii: mark)
            }
            return 20
        }
    }

    package static func < (a: GraphDate, b: GraphDate) -> Bool { a.microseconds < b.microseconds }

    // The proleptic Gregorian calendar in eras of 400 years, each of 146,097 days, the year beginning in March.

    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(in month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
