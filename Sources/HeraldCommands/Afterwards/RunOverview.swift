import Announcements
import GraphModel
import Storage

/// What `herald show` tells of a run.
struct RunOverview {
    let report: RunReport
    let ledger: Ledger
    let herald: HeraldEnvironment

    /// How many findings are listed one by one; of more, the reasons are, with their numbers.
    private static let listed = 10

    func write() async throws {
        let record = report.run
        let atWork = try await ledger.runsAtWork(at: herald.now())[record.id]
        var fields = FieldList()
        fields.add("run", record.id)
        fields.add("kind", record.kind.rawValue + (record.origin.map { " of \($0)" } ?? ""))
        fields.add("script", ([record.script] + record.arguments).joined(separator: " "))
        fields.add("script hash", record.scriptHash)
        fields.add("operator", record.operatorName)
        fields.add(record.backend.hasPrefix("http") ? "backend" : "store", record.backend)
        fields.add("grants", record.grants)
        let holder = atWork.map { ", in \($0.text)" } ?? ""
        fields.add("state", record.shownState(isAtWork: atWork != nil) + (record.state == .running ? holder : ""))
        fields.add("started", GraphDate(microseconds: record.startedAt).text)
        if let endedAt = record.endedAt { fields.add("ended", GraphDate(microseconds: endedAt).text) }
        for later in try await ledger.later(than: record.id) {
            let what =
                ["retry": "sent again", "undo": "taken back", "correct": "corrected"][later.kind.rawValue] ?? "then"
            fields.add(what, later.id)
        }
        if let message = record.message { fields.add("message", message) }
        if report.writes.sent + report.writes.failed > 0 {
            fields.add("writes", "\(report.writes.sent.grouped) made, \(report.writes.failed.grouped) failed")
        }
        try fields.write(to: herald.output)
        for line in report.announcementLines { try herald.output.line(herald.output.shown(line)) }
        try await writeWaves()
        try writeFindings()
        try await writeWhatNow(isAtWork: atWork != nil)
    }

    private func writeWaves() async throws {
        for tally in report.tallies {
            let waves = try await ledger.waves(run: report.run.id, announcement: tally.name)
            guard waves.count > 1 || waves.contains(where: { $0.verdict != nil }) else { continue }
            var table = TextTable([
                .number("WAVE"), .number("TARGETS"), .number("SENT"), .number("ALREADY"), .number("FAILED"),
                .number("UNPROVEN"), .whole("STARTED"), .text("THEN", minimum: 8),
            ])
            for wave in waves {
                table.add([
                    String(wave.number), wave.targets.grouped, wave.sent.grouped, wave.already.grouped,
                    wave.failed.grouped, wave.ambiguous.grouped,
                    String(GraphDate(microseconds: wave.startedAt).text.prefix(19)),
                    wave.verdict.map { "held: \($0)" } ?? (wave.endedAt == nil ? "not ended" : ""),
                ])
            }
            try herald.output.line()
            if report.tallies.count > 1 { try herald.output.line(herald.output.shown(tally.name)) }
            try table.write(to: herald.output)
        }
    }

    private func writeFindings() throws {
        let findings = report.findings
        defer {
            let kinds = Set(findings.map(\.kind))
            for remedy in Finding.Kind.allCases.filter(kinds.contains).compactMap(report.remedy) {
                try? herald.error.line("Groups that have other content: " + remedy)
            }
        }
        if findings.count <= Self.listed {
            for finding in findings {
                let code = finding.code.map { " (\($0))" } ?? ""
                try herald.output.line(
                    herald.output.shown(
                        "  \(finding.kind.rawValue) \(report.named(finding.target))\(code): \(finding.message)"
                    )
                )
            }
            return
        }
        var reasons: [[String]: Int] = [:]
        for finding in findings {
            // What names the group is a reason of its own for each, which says no more than the code.
            let message = finding.message.replacing(finding.target, with: "…")
            reasons[[finding.kind.rawValue, finding.code ?? "", message], default: 0] += 1
        }
        var table = TextTable([
            .whole("WHAT"), .number("TARGETS"), .text("CODE", minimum: 8), .text("REASON", minimum: 20),
        ])
        for (reason, count) in reasons.sorted(by: { ($1.value, $0.key[2]) < ($0.value, $1.key[2]) }).prefix(40) {
            table.add([reason[0], count.grouped, reason[1], reason[2]])
        }
        try herald.output.line()
        try table.write(to: herald.output)
    }

    /// Says what can be done about what is left.
    private func writeWhatNow(isAtWork: Bool) async throws {
        let run = report.run
        let choice = report.choice
        guard !isAtWork, run.kind != .undo else { return }
        if run.state != .finished {
            return try herald.error.line("Go on with: " + choice.hint("resume \(run.id)"))
        }
        let counts = try await ledger.counts(try await ledger.family(of: run.id))
        if let failed = counts[.failed] {
            try herald.error.line(
                "List the \(failed.grouped) that failed with --failed; send again: "
                    + choice.hint("retry \(run.id) --failed")
            )
        }
        if let ambiguous = counts[.ambiguous] {
            try herald.error.line(
                "List the \(ambiguous.grouped) unproven with --ambiguous; look for them: "
                    + choice.hint("retry \(run.id) --ambiguous")
            )
        }
    }
}
