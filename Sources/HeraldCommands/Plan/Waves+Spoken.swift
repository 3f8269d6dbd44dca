import Announcements
import Foundation

extension Waves {
    /// When an announcement goes out, in words: "in waves of 1, 5 %, the rest; 10 min between them; held above 2 % failures".
    ///
    /// Nil if it goes out in one part, at once and at any time.
    var spoken: String? {
        var parts: [String] = []
        if !self.parts.isEmpty, self.parts != [.rest] {
            let sizes = self.parts.map { part in
                switch part {
                case .count(let count): count.grouped
                case .percent(let percent): Self.percent(percent)
                case .rest: "the rest"
                }
            }
            parts.append("in waves of " + sizes.joined(separator: ", "))
            if pause > .zero { parts.append("\(pause.spoken) between them") }
            if confirms { parts.append("each after the first is asked for") }
        }
        if let stopAbove { parts.append("held when more than \(Self.percent(stopAbove * 100)) of a wave fail") }
        if let window { parts.append(window.spoken) }
        if grace > .zero { parts.append("\(grace.spoken) to take it back") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static func percent(_ number: Double) -> String {
        (number == number.rounded() ? "\(Int(number))" : "\(number)") + " %"
    }
}

extension SendWindow {
    /// The hours and days in words: "08:00 to 18:00, Mon, Tue (Europe/Berlin)".
    var spoken: String {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let days = days.count == 7 ? "" : ", " + days.sorted().map { names[$0 - 1] }.joined(separator: " ")
        return "\(Self.clock(opens)) to \(Self.clock(closes))\(days) (\(zone.identifier))"
    }

    private static func clock(_ minutes: Int) -> String {
        String(format: "%02d:%02d", minutes / 60, minutes % 60)
    }
}
