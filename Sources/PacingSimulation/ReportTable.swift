import Foundation

/// Reports as a table in Markdown, and what they say about a change on the way.
package struct ReportTable {
    private let reports: [Report]

    package init(_ reports: [Report]) {
        self.reports = reports
    }

    /// The table.
    package var text: String {
        let head = [
            "scenario", "mailboxes", "posts", "makespan", "lower bound", "ratio", "requests", "answered 429", "share",
            "peak in flight", "given up",
        ]
        let rows = reports.map { report in
            [
                report.scenario, Self.grouped(report.mailboxes), Self.grouped(report.posts),
                Self.seconds(report.makespan), Self.seconds(report.bound), String(format: "%.3f", report.ratio),
                Self.grouped(report.requests), Self.grouped(report.refused),
                String(format: "%.3f %%", report.refusedShare * 100), Self.grouped(report.peakInFlight),
                Self.grouped(report.givenUp),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }
            return "| \(padded.joined(separator: " | ")) |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        return ([line(head), "| \(rule.joined(separator: " | ")) |"] + rows.map(line)).joined(separator: "\n")
    }

    /// How many posts were made a second before, during and after a time in which Graph allowed less.
    ///
    /// - Returns: Nil if too little was made before or after it.
    package static func recovery(_ report: Report, from storm: Scenario.Storm) -> String? {
        // What was under way and paused at the edges belongs to neither side.
        let edge = Report.stretch
        guard let before = report.rate(from: edge, to: storm.begin),
            let during = report.rate(from: storm.begin + edge, to: storm.end),
            let after = report.rate(from: storm.end + 2 * edge, to: report.makespan - edge)
        else { return nil }
        let first = Int(storm.end / Report.stretch)
        let full = 0.9 * before * Double(Report.stretch) / 1_000_000
        let regained = report.madeInStretch[first...].firstIndex { Double($0) >= full }
        let wait = regained.map { "; nine tenths of the first again within \(($0 - first + 1) * 10) s" } ?? ""
        return String(
            format: "%@: %.0f posts a second before, %.0f while Graph allows less, %.0f after",
            report.scenario,
            before,
            during,
            after
        ) + wait
    }

    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }

    private static func seconds(_ microseconds: Int64) -> String {
        String(format: "%.1f s", Double(microseconds) / 1_000_000)
    }
}
