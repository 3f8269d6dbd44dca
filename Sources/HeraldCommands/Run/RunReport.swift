import Announcements
import GraphModel

/// What a run came to, for people and for programs.
struct RunReport: Sendable {
    var run: RunRecord
    var tallies: [AnnouncementTally]
    var findings: [Finding]
    /// Single writes of the script, outside announcements.
    var writes: (sent: Int, failed: Int)
    /// What was wrong with the script, if it did not come to its end.
    var problem: String?
    /// Whether the ledger keeps it: that of a replay goes with it.
    var isKept = true
    /// How the command line chose the ledger that it is from.
    var choice = LedgerChoice()
    /// The names of targets, as far as they are known, by their ids.
    var names: [String: String] = [:]
    /// From how many groups an announcement was taken back that have nothing of it now, by its name.
    var takenBack: [String: Int] = [:]
    /// Whether people have been told of a finding while it ran.
    var isSaid: @Sendable (Finding) -> Bool = { _ in false }
    /// Of a run that says that it runs: whether a living process is at work on it.
    var isAtWork = true

    /// How many reasons the text lists.
    static let listed = 10
    /// How many of the targets that share a reason it names.
    static let named = 3

    /// Whether every target has its post; of a run that takes back, whether nothing of it is left.
    var isComplete: Bool {
        tallies.allSatisfy { $0.isComplete && (run.kind != .undo || $0.skipped == 0) }
    }

    // MARK: Text

    /// The report as lines for people.
    var lines: [String] {
        var lines = announcementLines
        lines += reasonLines
        if writes.sent + writes.failed > 0, tallies.isEmpty {
            lines.append(
                "\(writes.sent.grouped) write\(writes.sent == 1 ? "" : "s") made, "
                    + (writes.failed == 0 ? "none failed" : "\(writes.failed.grouped) failed")
            )
        }
        guard isKept else {
            return lines + ["Replay \(run.state.rawValue); nothing was sent, and nothing of it is kept"]
        }
        let time = run.span.map { " in \(Duration.microseconds($0).spoken)" } ?? ""
        lines.append("Run \(run.id) \(run.state.rawValue)\(time); look closer with: \(choice.hint("show \(run.id)"))")
        return lines
    }

    /// One line for each announcement, and one more for what was taken back of it.
    var announcementLines: [String] {
        tallies.flatMap { tally in
            let count = tally.already == 0 || run.kind == .undo ? 0 : takenBack[tally.name] ?? 0
            let line = Self.line(tally, of: run.kind, hadIt: count > 0)
            return count == 0 ? [line] : [line, Self.takenBackLine(count)]
        }
    }

    /// What there is to say of groups that had an announcement until it was taken back.
    static func takenBackLine(_ count: Int) -> String {
        "  it was taken back from \(count.grouped) group\(count == 1 ? "" : "s"), which \(count == 1 ? "counts" : "count") as "
            + "having it and \(count == 1 ? "gets" : "get") nothing; onChange = \"new\" posts there again"
    }

    /// What can be done about a kind of finding; nil where nothing need be said, or nothing can be: what cannot be taken
    /// back stays.
    func remedy(_ kind: Finding.Kind) -> String? {
        guard kind == .changed, run.kind != .undo else { return nil }
        return "say what they get instead: onChange = \"skip\", \"reply\" or \"new\""
    }

    /// A target by its name and its id.
    func named(_ target: String) -> String { names[target].map { "\($0) (\(target))" } ?? target }

    /// Why single targets have no post: one line for each reason, and who has it.
    private var reasonLines: [String] {
        struct Reason: Hashable {
            var kind: Finding.Kind
            var code: String?
            var message: String
        }
        var reasons: [Reason] = []
        var targets: [Reason: [String]] = [:]
        for finding in findings where finding.kind != .duplicate && !isSaid(finding) {
            let reason = Reason(kind: finding.kind, code: finding.code, message: finding.message)
            if targets[reason] == nil { reasons.append(reason) }
            targets[reason, default: []].append(finding.target)
        }
        var lines: [String] = []
        for reason in reasons.prefix(Self.listed) {
            let having = targets[reason] ?? []
            let who = having.count == 1 ? named(having[0]) : having.count.grouped
            let code = reason.code.map { " (\($0))" } ?? ""
            lines.append("  \(reason.kind.rawValue) \(who)\(code): \(reason.message)")
            guard having.count > 1 else { continue }
            let more = having.count > Self.named ? " and \((having.count - Self.named).grouped) more" : ""
            lines.append("    " + having.prefix(Self.named).map(named).joined(separator: ", ") + more)
        }
        let remedies = Finding.Kind.allCases.filter { kind in reasons.contains { $0.kind == kind } }
        lines += remedies.compactMap(remedy).map { "  " + $0 }
        if reasons.count > Self.listed {
            let rest = reasons.dropFirst(Self.listed).reduce(0) { $0 + (targets[$1]?.count ?? 0) }
            lines.append("  and \(rest.grouped) more: \(choice.hint("show \(run.id)"))")
        }
        return lines
    }

    /// One announcement of a run in one line.
    static func line(_ tally: AnnouncementTally, of kind: RunRecord.Kind = .run, hadIt: Bool = false) -> String {
        kind == .undo ? undoLine(tally) : sendingLine(tally, isReply: kind == .correct, hadIt: hadIt)
    }

    /// What was taken back of an announcement, or of what a script wrote outside of announcements.
    private static func undoLine(_ tally: AnnouncementTally) -> String {
        var parts = ["\(tally.sent.grouped) taken back"]
        if tally.changed > 0 { parts.append("\(tally.changed.grouped) kept, since others answered") }
        if tally.skipped > 0 { parts.append("\(tally.skipped.grouped) cannot be taken back") }
        if tally.unsent > 0 { parts.append("\(tally.unsent.grouped) not taken back yet") }
        parts.append(tally.failed == 0 ? "none failed" : "\(tally.failed.grouped) failed")
        let name = tally.name == UndoErrand.singleWrites ? "single writes" : tally.name
        return "\(name): " + parts.joined(separator: ", ")
    }

    private static func sendingLine(_ tally: AnnouncementTally, isReply: Bool, hadIt: Bool) -> String {
        var parts: [String] = []
        let done = isReply ? "corrected" : "announced"
        if tally.sent > 0 || tally.already == 0 { parts.append("\(tally.sent.grouped) \(done)") }
        if tally.already > 0 {
            parts.append(
                tally.already == tally.targets && tally.targets > 1
                    ? "all \(tally.already.grouped) \(hadIt ? "had" : "have") it already, nothing was sent"
                    : "\(tally.already.grouped) had it already"
            )
        }
        if tally.excluded > 0 { parts.append("\(tally.excluded.grouped) left out") }
        if tally.skipped > 0 { parts.append("\(tally.skipped.grouped) skipped by the script") }
        if tally.changed > 0 { parts.append("\(tally.changed.grouped) have it with other content and got nothing") }
        if tally.ambiguous > 0 { parts.append("\(tally.ambiguous.grouped) unproven and not sent again") }
        if tally.unsent > 0 { parts.append("\(tally.unsent.grouped) not sent yet") }
        parts.append(tally.failed == 0 ? "none failed" : "\(tally.failed.grouped) failed")
        if tally.duplicates > 0 {
            parts.append(
                "\(tally.duplicates.grouped) \(tally.duplicates == 1 ? "entry" : "entries") named a group twice"
            )
        }
        var line = "\(tally.name): " + parts.joined(separator: ", ")
        if tally.sent > 0, tally.deliveryTime > 0 {
            let rate = Double(tally.sent) / (Double(tally.deliveryTime) / 1_000_000)
            line += ", in \(Duration.microseconds(tally.deliveryTime).spoken) (\(Int(rate).grouped) a second)"
        }
        return line
    }

    // MARK: JSON

    /// The report as one JSON document, whose members stay as they are.
    var json: [UInt8] {
        JSONWriter.bytes(capacity: 1024) { writer in
            writer.object { writer in
                writer.member("run", run.id)
                writer.member("kind", run.kind.rawValue)
                writer.member("origin", run.origin)
                writer.member("script", run.script)
                writer.member("scriptHash", run.scriptHash)
                writer.name("arguments")
                writer.array { writer in
                    for argument in run.arguments { writer.string(argument) }
                }
                writer.member("backend", run.backend)
                writer.member("operator", run.operatorName)
                writer.member("state", run.shownState(isAtWork: isAtWork))
                writer.member("startedAt", GraphDate(microseconds: run.startedAt).text)
                writer.member("endedAt", run.endedAt.map { GraphDate(microseconds: $0).text })
                writer.member("message", problem ?? run.message)
                writer.name("writes")
                writer.object { writer in
                    writer.member("sent", writes.sent)
                    writer.member("failed", writes.failed)
                }
                writer.name("announcements")
                writer.array { writer in
                    for tally in tallies { Self.write(tally, &writer) }
                }
                writer.name("findings")
                writer.array { writer in
                    for finding in findings {
                        writer.object { writer in
                            writer.member("kind", finding.kind.rawValue)
                            writer.member("announcement", finding.announcement)
                            writer.member("target", finding.target)
                            writer.member("name", names[finding.target])
                            writer.member("code", finding.code)
                            writer.member("message", finding.message)
                        }
                    }
                }
            }
        }
    }

    private static func write(_ tally: AnnouncementTally, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", tally.name)
            writer.member("targets", tally.targets)
            writer.member("sent", tally.sent)
            writer.member("already", tally.already)
            writer.member("changed", tally.changed)
            writer.member("failed", tally.failed)
            writer.member("ambiguous", tally.ambiguous)
            writer.member("skipped", tally.skipped)
            writer.member("excluded", tally.excluded)
            writer.member("duplicates", tally.duplicates)
            writer.member("unsent", tally.unsent)
            writer.name("seconds")
            writer.number(Double(tally.deliveryTime) / 1_000_000)
        }
    }
}
