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
        var lines = tallies.map { Self.line($0, of: run.kind) }
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
        lines.append("Run \(run.id) \(run.state.rawValue)\(time); look closer with: herald show \(run.id)")
        return lines
    }

    /// Why single targets have no post: one line for each reason, and who has it.
    private var reasonLines: [String] {
        struct Reason: Hashable {
            var kind: Finding.Kind
            var code: String?
            var message: String
        }
        var reasons: [Reason] = []
        var targets: [Reason: [String]] = [:]
        for finding in findings where finding.kind != .duplicate {
            let reason = Reason(kind: finding.kind, code: finding.code, message: finding.message)
            if targets[reason] == nil { reasons.append(reason) }
            targets[reason, default: []].append(finding.target)
        }
        var lines: [String] = []
        for reason in reasons.prefix(Self.listed) {
            let having = targets[reason] ?? []
            let who = having.count == 1 ? having[0] : having.count.grouped
            let code = reason.code.map { " (\($0))" } ?? ""
            lines.append("  \(reason.kind.rawValue) \(who)\(code): \(reason.message)")
            guard having.count > 1 else { continue }
            let more = having.count > Self.named ? " and \((having.count - Self.named).grouped) more" : ""
            lines.append("    " + having.prefix(Self.named).joined(separator: ", ") + more)
        }
        if reasons.count > Self.listed {
            let rest = reasons.dropFirst(Self.listed).reduce(0) { $0 + (targets[$1]?.count ?? 0) }
            lines.append("  and \(rest.grouped) more: herald show \(run.id)")
        }
        return lines
    }

    /// One announcement of a run in one line.
    static func line(_ tally: AnnouncementTally, of kind: RunRecord.Kind = .run) -> String {
        kind == .undo ? undoLine(tally) : sendingLine(tally, isReply: kind == .correct)
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

    private static func sendingLine(_ tally: AnnouncementTally, isReply: Bool) -> String {
        var parts: [String] = []
        let done = isReply ? "corrected" : "announced"
        if tally.sent > 0 || tally.already == 0 { parts.append("\(tally.sent.grouped) \(done)") }
        if tally.already > 0 {
            parts.append(
                tally.already == tally.targets && tally.targets > 1
                    ? "all \(tally.already.grouped) have it already, nothing was sent"
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
                writer.member("state", run.state.rawValue)
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
