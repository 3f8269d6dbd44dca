import Announcements
import GraphModel

/// Says what resuming a run would come to.
struct Resumption {
    let herald: HeraldEnvironment
    let ledger: Ledger
    var choice = LedgerChoice()

    /// The answer for a run that there is nothing to go on with in; nil for one that goes on.
    func answer(for record: RunRecord, json: Bool) async throws -> ExitStatus? {
        guard record.state == .finished else { return nil }
        var report = try await ledger.report(record, findings: 10_000)
        report.choice = choice
        // A script may have caught that an announcement stopped, and come to its end all the same.
        // What is unproven is looked for again.
        if report.tallies.contains(where: { $0.unsent > 0 || $0.ambiguous > 0 }) { return nil }
        if json {
            try herald.output.write(report.json + [UInt8(ascii: "\n")])
        } else {
            for line in report.lines { try herald.error.line(herald.error.shown(line)) }
        }
        try herald.error.line("The run \(record.id) has come to its end; there is nothing to go on with.")
        let counts = try await ledger.counts(try await ledger.family(of: record.id))
        if counts[.failed] != nil {
            try herald.error.line("Send to those that failed with: " + choice.hint("retry \(record.id) --failed"))
        }
        return report.isComplete ? .done : .targetsFailed
    }
}
