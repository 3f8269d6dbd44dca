import Foundation
import GraphModel
import Testing

@Suite struct GraphDateTests {
    @Test(
        arguments: [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05Z"),
            ("2025-12-31T23:59:59-00:01", "2026-01-01T00:00:59Z"),
            ("2024-02-29T12:00:00z", "2024-02-29T12:00:00Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ]
    )
    func `reads every form of RFC 3339 and writes UTC without a fraction`(text: String, written: String) {
        #expect(GraphDate(text)?.text == written)
    }

    @Test(
        arguments: [
            "", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z",
            "1900-02-29T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z", "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05+5:30", "2026-01-02T03:04:05+05:60", "2026-01-02T03:04:05ZZ", "26-01-02T03:04:05Z",
            "2026-01-00T03:04:05Z", "7/12/2022 9:15:37 AM", "2026-01-02T03:04:05Z ",
        ]
    )
    func `refuses what is no moment`(text: String) {
        #expect(GraphDate(text) == nil)
    }

    @Test func `agrees with Foundation about moments of ten millennia`() {
        let formatter = ISO8601DateFormatter()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &generator)
            // Foundation counts years before 1582 by the Julian calendar.
            guard seconds > -12_219_292_800 else { continue }
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(GraphDate(microseconds: seconds * 1_000_000).text == text)
            #expect(GraphDate(text)?.microseconds == seconds * 1_000_000)
        }
    }

    @Test func `keeps microseconds`() {
        #expect(GraphDate("1970-01-01T00:00:00.0000019Z")?.microseconds == 1)
        #expect(GraphDate("1970-01-01T00:00:01.5Z")?.microseconds == 1_500_000)
    }
}
