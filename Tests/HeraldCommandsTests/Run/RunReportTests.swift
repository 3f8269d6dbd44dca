import Announcements
import Testing

@testable import HeraldCommands

/// What a run says when it ends.
@Suite struct RunReportTests {
    private static func report(_ findings: [Finding]) -> RunReport {
        RunReport(
            run: RunRecord(
                id: "R1",
                script: "a.lua",
                scriptHash: "00",
                arguments: [],
                backend: "test",
                operatorName: "Adele Vance",
                state: .finished,
                startedAt: 0
            ),
            tallies: [],
            findings: findings,
            writes: (0, 0)
        )
    }

    private static func finding(_ kind: Finding.Kind, _ target: String, _ message: String) -> Finding {
        Finding(kind: kind, announcement: "news", target: target, message: message)
    }

    @Test func `targets with one reason share a line, which names the first of them`() {
        let report = Self.report(
            (1...2000).map { Self.finding(.changed, "g\($0)", "Other content.") }
                + [Self.finding(.failed, "lost", "It is not there.")]
        )
        #expect(
            report.lines.prefix(3) == [
                "  changed 2,000: Other content.", "    g1, g2, g3 and 1,997 more", "  failed lost: It is not there.",
            ]
        )
    }

    @Test func `many reasons are cut short, and the targets of the rest are counted`() {
        let report = Self.report((1...25).map { Self.finding(.failed, "g\($0)", "Reason \($0 % 12).") })
        #expect(report.lines.contains("  failed 3: Reason 1."))
        #expect(report.lines.contains("    g1, g13, g25"))
        #expect(report.lines.contains("  and 4 more: herald show R1"))
    }
}
