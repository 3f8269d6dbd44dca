import Announcements
import ArgumentParser
import GraphModel

extension HeraldCommand {
    /// `herald runs`.
    struct Runs: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "runs",
            abstract: "List the runs, newest first.",
            discussion: """
                A run is 'running' while its process lives, 'broken off' if that died without a word, 'interrupted' if \
                somebody stopped it, 'held' if an announcement waits for somebody's word between two waves, 'failed' if \
                the script did, and 'finished' if it came to its end, whatever became of its targets. All but the last \
                go on with: herald resume.

                Example:

                  herald runs --top 5
                """
        )

        @Option(help: ArgumentHelp("Show only the newest so many.", valueName: "number"))
        var top = 20
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            if top < 1 { throw ValidationError("--top takes a number from 1, not \(top).") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let atWork = try await ledger.runsAtWork(at: herald.now())
            var reports: [RunReport] = []
            for run in try await ledger.runs(limit: top) {
                var report = try await ledger.report(run, findings: 0)
                report.isAtWork = atWork[run.id] != nil
                reports.append(report)
            }
            if json {
                var writer = JSONWriter()
                writer.object { writer in
                    writer.name("value")
                    writer.array { writer in
                        for report in reports { writer.raw(report.json) }
                    }
                }
                try herald.output.write(writer.bytes + [UInt8(ascii: "\n")])
                return .done
            }
            if reports.isEmpty { try herald.error.line("There are no runs yet.") }
            var table = TextTable([
                .whole("RUN"), .whole("KIND"), .whole("STATE"), .text("SCRIPT", minimum: 8),
                .text("WHAT CAME OF IT", minimum: 16),
            ])
            for report in reports {
                let run = report.run
                table.add([
                    run.id, run.kind.rawValue, run.shownState(isAtWork: report.isAtWork), run.script, report.inShort,
                ])
            }
            if !reports.isEmpty { try table.write(to: herald.output) }
            return .done
        }
    }
}

extension RunRecord {
    /// The state as people are told it: of a run that says that it runs, whether anybody does.
    func shownState(isAtWork: Bool) -> String {
        state == .running && !isAtWork ? "broken off" : state.rawValue
    }
}

extension RunReport {
    /// What came of the run, in a line.
    fileprivate var inShort: String {
        if let message = run.message { return message.split(whereSeparator: \.isNewline).joined(separator: " ") }
        if !tallies.isEmpty { return tallies.map { Self.line($0, of: run.kind) }.joined(separator: "; ") }
        guard writes.sent + writes.failed > 0 else { return "" }
        return "\(writes.sent.grouped) written, "
            + (writes.failed == 0 ? "none failed" : "\(writes.failed.grouped) failed")
    }
}

extension Ledger {
    /// The one run that a person means.
    ///
    /// - Throws: ``Failure`` if there is none, or more than one.
    func only(_ name: String, by choice: LedgerChoice = LedgerChoice()) async throws -> RunRecord {
        let found = try await runs(named: name)
        guard let first = found.first else {
            throw Failure(.failed, "There is no run '\(name)'. `\(choice.hint("runs"))` lists them.")
        }
        if let exact = found.first(where: { $0.id == name }) { return exact }
        guard found.count == 1 else {
            throw Failure(
                .failed,
                "'\(name)' may be any of \(found.count) runs, \(first.id) among them; give more of its name."
            )
        }
        return first
    }

    /// From how many groups announcements were taken back, of those that groups had already.
    func takenBack(of tallies: [AnnouncementTally]) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for tally in tallies where tally.already > 0 {
            let count = try await takenBack(tally.name)
            if count > 0 { counts[tally.name] = count }
        }
        return counts
    }

    /// What is known of a run.
    func report(_ run: RunRecord, findings: Int) async throws -> RunReport {
        let found = findings > 0 ? try await self.findings(run: run.id, limit: findings) : []
        var report = RunReport(
            run: run,
            tallies: try await tallies(run: run.id)
                + (run.state == .finished ? [] : try await unendedTallies(of: run)),
            findings: found,
            writes: try await writes(run: run.id),
            problem: nil
        )
        report.names = try await names(of: found)
        return report
    }
}
