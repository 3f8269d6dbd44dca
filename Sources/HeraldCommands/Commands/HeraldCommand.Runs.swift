import Announcements
import ArgumentParser
import GraphModel

extension HeraldCommand {
    /// `herald runs`.
    struct Runs: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "List the runs, newest first.",
            discussion: """
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
            let runs = try await ledger.runs(limit: top)
            if json {
                var writer = JSONWriter()
                var reports: [[UInt8]] = []
                for run in runs { reports.append(try await ledger.report(run, findings: 0).json) }
                writer.object { writer in
                    writer.name("value")
                    writer.array { writer in
                        for report in reports { writer.raw(report) }
                    }
                }
                try herald.output.write(writer.bytes + [UInt8(ascii: "\n")])
                return .done
            }
            if runs.isEmpty { try herald.error.line("There are no runs yet.") }
            var table = TextTable([
                .whole("RUN"), .whole("STATE"), .text("SCRIPT", minimum: 12), .text("WHAT CAME OF IT", minimum: 20),
            ])
            for run in runs {
                let tallies = try await ledger.tallies(run: run.id)
                let result = run.message ?? tallies.map { RunReport.line($0) }.joined(separator: "; ")
                table.add([run.id, run.state.rawValue, run.script, result])
            }
            if !runs.isEmpty { try table.write(to: herald.output) }
            return .done
        }
    }

    /// `herald show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a run did and what came of it.",
            discussion: """
                Example:

                  herald show last
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let report = try await ledger.report(try await ledger.only(run), findings: 100_000)
            if json {
                try herald.output.write(report.json + [UInt8(ascii: "\n")])
                return .done
            }
            let record = report.run
            var fields = FieldList()
            fields.add("run", record.id)
            fields.add("script", ([record.script] + record.arguments).joined(separator: " "))
            fields.add("script hash", record.scriptHash)
            fields.add("operator", record.operatorName)
            fields.add(record.backend.hasPrefix("http") ? "backend" : "store", record.backend)
            fields.add("state", record.state.rawValue)
            fields.add("started", GraphDate(microseconds: record.startedAt).text)
            if let endedAt = record.endedAt { fields.add("ended", GraphDate(microseconds: endedAt).text) }
            if let message = record.message { fields.add("message", message) }
            if report.writes.sent + report.writes.failed > 0 {
                fields.add("writes", "\(report.writes.sent.grouped) made, \(report.writes.failed.grouped) failed")
            }
            try fields.write(to: herald.output)
            for tally in report.tallies { try herald.output.line(herald.output.shown(RunReport.line(tally))) }
            for finding in report.findings {
                let code = finding.code.map { " (\($0))" } ?? ""
                try herald.output.line(
                    herald.output.shown("  \(finding.kind.rawValue) \(finding.target)\(code): \(finding.message)")
                )
            }
            return .done
        }
    }
}

extension Ledger {
    /// The one run that a person means.
    ///
    /// - Throws: ``Failure`` if there is none, or more than one.
    func only(_ name: String) async throws -> RunRecord {
        let found = try await runs(named: name)
        guard let first = found.first else {
            throw Failure(.failed, "There is no run '\(name)'. `herald runs` lists them.")
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

    /// What is known of a run.
    func report(_ run: RunRecord, findings: Int) async throws -> RunReport {
        RunReport(
            run: run,
            tallies: try await tallies(run: run.id),
            findings: findings > 0 ? try await self.findings(run: run.id, limit: findings) : [],
            writes: try await writes(run: run.id),
            problem: nil
        )
    }
}
