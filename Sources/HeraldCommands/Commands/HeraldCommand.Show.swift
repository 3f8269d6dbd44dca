import Announcements
import ArgumentParser
import GraphModel

extension HeraldCommand {
    /// `herald show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what a run did and what came of it.",
            discussion: """
                With --failed, --ambiguous or --unsent the targets are listed that are in this state now: what has been sent \
                since, by herald retry or by a later run, is not among them.

                Examples:

                  herald show last
                  herald show 20261121T0930 --failed
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "List the targets that were refused.")
        var failed = false
        @Flag(help: "List the targets of which nobody knows whether they have it.")
        var ambiguous = false
        @Flag(help: "List the targets that have not been sent to yet.")
        var unsent = false
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            guard [failed, ambiguous, unsent].count(where: { $0 }) <= 1 else {
                throw ValidationError("Give one of --failed, --ambiguous and --unsent.")
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let record = try await ledger.only(run, by: source.choice)
            if let list { return try await show(list, of: record, ledger, herald) }
            var report = try await ledger.report(record, findings: 100_000)
            report.isAtWork = try await ledger.runsAtWork(at: herald.now())[record.id] != nil
            report.choice = source.choice
            report.takenBack = try await ledger.takenBack(of: report.tallies)
            if json {
                try herald.output.write(report.json + [UInt8(ascii: "\n")])
                return .done
            }
            try await RunOverview(report: report, ledger: ledger, herald: herald).write()
            return .done
        }

        /// Which targets are listed; nil if none are.
        private var list: TargetList? {
            failed ? .failed : ambiguous ? .ambiguous : unsent ? .unsent : nil
        }

        private func show(
            _ list: TargetList,
            of record: RunRecord,
            _ ledger: Ledger,
            _ herald: HeraldEnvironment
        ) async throws -> ExitStatus {
            var targets: [TargetRecord] = []
            let runs = try await ledger.family(of: record.id)
            try await ledger.forEachPage(of: .runs(runs), in: list.states) { page in
                targets += page.filter { $0.announcement != nil }
            }
            if json {
                let bytes = JSONWriter.bytes(capacity: 200 * targets.count) { writer in
                    writer.object { writer in
                        writer.member("run", record.id)
                        writer.name("value")
                        writer.array { writer in
                            for target in targets { writer.target(target) }
                        }
                    }
                }
                try herald.output.write(bytes + [UInt8(ascii: "\n")])
                return .done
            }
            guard !targets.isEmpty else {
                try herald.error.line("\(list.none) in the run \(record.id).")
                return .done
            }
            try list.table(of: targets).write(to: herald.output)
            if let advice = list.advice(for: record, source.choice) { try herald.error.line(advice) }
            return .done
        }
    }
}

/// Which targets of a run are listed.
enum TargetList {
    case failed, ambiguous, unsent

    /// The states that they are in.
    var states: [EffectState] {
        switch self {
        case .failed: [.failed]
        case .ambiguous: [.ambiguous]
        case .unsent: [.planned, .sending]
        }
    }

    /// What is said if there are none.
    var none: String {
        switch self {
        case .failed: "No target is refused"
        case .ambiguous: "No target is unproven"
        case .unsent: "Nothing is left to be sent"
        }
    }

    /// What can be done about them.
    func advice(for run: RunRecord, _ choice: LedgerChoice) -> String? {
        switch self {
        case .failed: "Send to them again with: " + choice.hint("retry \(run.id) --failed")
        case .ambiguous:
            "Look for them, and send what is not there, with: " + choice.hint("retry \(run.id) --ambiguous")
        case .unsent: run.state == .finished ? nil : "Go on with: " + choice.hint("resume \(run.id)")
        }
    }

    /// The targets as a table; columns in which nothing would stand are left out.
    func table(of targets: [TargetRecord]) -> TextTable {
        let hasNames = targets.contains { $0.groupName != nil }
        let hasCodes = targets.contains { $0.code != nil }
        var columns: [TextTable.Column] = [.whole("GROUP")]
        if hasNames { columns.append(.text("NAME", minimum: 8)) }
        columns.append(.text("ANNOUNCEMENT", minimum: 8))
        if hasCodes { columns.append(.text("CODE", minimum: 6)) }
        columns.append(.text("REASON", minimum: 12))
        var table = TextTable(columns)
        for target in targets {
            var cells = [target.group?.text ?? target.path]
            if hasNames { cells.append(target.groupName ?? "") }
            cells.append(target.announcement ?? "")
            if hasCodes { cells.append(target.code ?? "") }
            cells.append(target.reason)
            table.add(cells)
        }
        return table
    }
}

extension TargetRecord {
    /// Why it is as it is.
    var reason: String {
        if let message { return message }
        switch state {
        case .planned: return "not sent yet"
        case .sending: return "an attempt was cut off; it is looked for before it is sent again"
        case .ambiguous: return "an answer was lost"
        case .sent, .failed, .skipped, .undone: return ""
        }
    }

    /// The state as it is written for programs.
    var stateName: String {
        switch state {
        case .planned: "planned"
        case .sending: "sending"
        case .sent: "sent"
        case .failed: "failed"
        case .ambiguous: "ambiguous"
        case .skipped: "skipped"
        case .undone: "undone"
        }
    }
}

extension JSONWriter {
    /// Writes a target with its state, whose members stay as they are.
    mutating func target(_ target: TargetRecord) {
        object { writer in
            writer.member("group", target.group?.text)
            writer.member("name", target.groupName)
            writer.member("announcement", target.announcement)
            writer.member("state", target.stateName)
            writer.member("status", target.status)
            writer.member("code", target.code)
            writer.member("message", target.message)
            writer.member("conversation", target.made?.conversation)
            writer.member("thread", target.made?.thread)
            writer.member("post", target.made?.post)
            writer.member("attemptedAt", target.attemptedAt.map { GraphDate(microseconds: $0).text })
            writer.member("settledAt", target.settledAt.map { GraphDate(microseconds: $0).text })
            writer.member("run", target.run)
            writer.member("method", target.method)
            writer.member("path", target.path)
        }
    }

    private mutating func member(_ name: StaticString, _ value: Int?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }
}
