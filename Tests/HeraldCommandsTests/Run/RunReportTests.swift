import Announcements
import ArgumentParser
import Storage
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
        #expect(report.lines[3] == "  say what they get instead: onChange = \"skip\", \"reply\" or \"new\"")
    }

    @Test func `many reasons are cut short, and the targets of the rest are counted`() {
        let report = Self.report((1...25).map { Self.finding(.failed, "g\($0)", "Reason \($0 % 12).") })
        #expect(report.lines.contains("  failed 3: Reason 1."))
        #expect(report.lines.contains("    g1, g13, g25"))
        #expect(report.lines.contains("  and 4 more: herald show R1"))
    }

    @Test func `targets are called by their names, and what was said while it ran is not said again`() {
        var report = Self.report([
            Self.finding(.failed, "g1", "It is locked."), Self.finding(.failed, "g2", "It is full."),
            Self.finding(.failed, "g3", "It is full."),
        ])
        report.names = ["g1": "Sales", "g3": "Board"]
        #expect(
            report.lines.prefix(3) == [
                "  failed Sales (g1): It is locked.", "  failed 2: It is full.", "    g2, Board (g3)",
            ]
        )
        report.isSaid = { $0.message == "It is full." }
        #expect(report.lines.prefix(2).map { $0.prefix(10) } == ["  failed S", "Run R1 fin"])
    }

    @Test func `what was taken back is not had`() {
        var report = Self.report([])
        var tally = AnnouncementTally(name: "news")
        tally.targets = 10
        tally.already = 10
        report.tallies = [tally]
        #expect(report.lines[0] == "news: all 10 have it already, nothing was sent, none failed")
        report.takenBack = ["news": 10]
        #expect(report.lines[0] == "news: all 10 had it already, nothing was sent, none failed")
        #expect(report.lines[1].contains("taken back from 10 groups") && report.lines[1].contains("onChange = \"new\""))
    }

    @Test func `hints name the ledger as it was chosen`() throws {
        var options = try BackendOptions.parse(["--store", "my stores/graph.sqlite"])
        #expect(LedgerChoice(options).hint("show R1") == "herald show R1 --store 'my stores/graph.sqlite'")
        options = try BackendOptions.parse(["--backend", "http://127.0.0.1:8080", "--profile", "o'neil"])
        #expect(
            LedgerChoice(options).hint("resume R1")
                == #"herald resume R1 --backend http://127.0.0.1:8080 --profile 'o'\''neil'"#
        )
        #expect(LedgerChoice(try BackendOptions.parse([])).hint("runs") == "herald runs")
        let superseded = Failure(
            StorageError(.superseded, "Another process has gone on"),
            endOf: Self.report([]).run,
            LedgerChoice(options)
        )
        #expect(superseded.message.contains("look at it with: herald show R1 --"), "\(superseded.message)")
        var report = Self.report((1...25).map { Self.finding(.failed, "g\($0)", "Reason \($0).") })
        report.choice = LedgerChoice(options)
        #expect(report.lines.suffix(2).allSatisfy { $0.contains("--backend http://127.0.0.1:8080") })
    }
}
