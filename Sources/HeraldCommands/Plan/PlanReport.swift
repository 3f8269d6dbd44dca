import Announcements
import GraphModel
import ScriptHost

/// What is in a plan, for people and for programs.
struct PlanReport {
    let plan: PlanRecord
    /// How the command line chose the ledger that it is in.
    var choice = LedgerChoice()
    private let announcements: [PlanAnnouncement]
    private let counts: [String: [PlanItem.Decision: Int]]
    /// How many posts of each announcement reply in the thread of an earlier one.
    private let replies: [String: Int]
    /// What is known besides of a plan that was made just now.
    private let previews: [String: [RunMonitor.Preview]]
    private let screen: RunScreen?

    /// - Parameters:
    ///   - plan: The plan.
    ///   - ledger: Where it stands.
    ///   - previews: What its announcements were about to do, if it was made just now.
    ///   - screen: What knows how long they take.
    /// - Throws: ``StorageError``.
    init(
        _ plan: PlanRecord,
        ledger: Ledger,
        previews: [RunMonitor.Preview] = [],
        screen: RunScreen? = nil
    ) async throws {
        self.plan = plan
        announcements = try await ledger.announcements(ofPlan: plan.id)
        counts = try await ledger.counts(ofPlan: plan.id)
        var replies: [String: Int] = [:]
        for planned in announcements {
            replies[planned.name] = try await ledger.replies(ofPlan: plan.id, announcement: planned.name).count
        }
        self.replies = replies
        self.previews = Dictionary(grouping: previews) { $0.tally.name }
        self.screen = screen
    }

    /// How many single writes it has.
    var writes: Int { counts[""]?.values.reduce(0, +) ?? 0 }

    /// Whether every target gets its post, or has it.
    var isComplete: Bool {
        counts.values.allSatisfy { ($0[.refused] ?? 0) + ($0[.changed] ?? 0) + ($0[.ambiguous] ?? 0) == 0 }
    }

    /// How many items are sent when it is applied.
    var toSend: Int { counts.values.reduce(0) { $0 + ($1[.new] ?? 0) } }

    /// One line for each announcement, the single writes and each note, without what was known at its making only.
    var summary: [String] {
        var lines: [String] = []
        for planned in announcements {
            let (name, targets) = (planned.name, planned.targets)
            let replies = replies[name] ?? 0
            var parts = PlanItem.Decision.allCases.compactMap { decision in
                let count = (counts[name]?[decision] ?? 0) - (decision == .new ? replies : 0)
                return count > 0 ? "\(count.grouped) \(decision.rawValue)" : nil
            }
            if replies > 0 {
                parts.insert(AnnouncementSummary.replies(replies), at: counts[name]?[.new] == replies ? 0 : 1)
            }
            if planned.skipped > 0 { parts.append("\(planned.skipped.grouped) skipped") }
            if planned.excluded > 0 { parts.append("\(planned.excluded.grouped) left out") }
            lines.append(
                "\(name): \(targets.grouped) announcement\(targets == 1 ? "" : "s")"
                    + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", "))
            )
            if let schedule = (try? Waves(json: planned.settings))?.spoken { lines.append("  " + schedule) }
        }
        lines += writesLine
        return lines
    }

    private var writesLine: [String] {
        writes == 0 ? [] : ["\(writes.grouped) single write\(writes == 1 ? "" : "s")"]
    }

    /// What was just made, for people.
    var lines: [String] {
        var lines: [String] = []
        for planned in announcements {
            guard let screen else { continue }
            for preview in previews[planned.name] ?? [] {
                let summary = screen.summary(of: preview)
                lines += summary.lines
                if let extremes = summary.extremes { lines.append("  " + extremes) }
            }
            if let schedule = (try? Waves(json: planned.settings))?.spoken { lines.append("  " + schedule) }
        }
        lines += writesLine
        if announcements.isEmpty, writes == 0 { lines.append("The script sends nothing.") }
        lines += plan.notes.map { "note: " + $0 }
        lines.append("Plan \(plan.id); look closer with: \(choice.hint("plan show \(plan.id)"))")
        if toSend > 0 { lines.append("Carry it out with: " + choice.hint("apply \(plan.id)")) }
        return lines
    }

    /// The plan as one JSON document, without its items.
    var json: [UInt8] { JSONWriter.bytes(capacity: 1024) { writer in writer.object { write(&$0) } } }

    /// Writes the members of the plan's JSON.
    func write(_ writer: inout JSONWriter) {
        writer.member("plan", plan.id)
        writer.member("script", plan.script)
        writer.member("scriptHash", plan.scriptHash)
        writer.name("arguments")
        writer.array { writer in for argument in plan.arguments { writer.string(argument) } }
        writer.member("backend", plan.backend)
        writer.member("operator", plan.operatorName)
        writer.member("createdAt", GraphDate(microseconds: plan.createdAt).text)
        writer.member("hash", plan.hash?.hexadecimal)
        writer.member("appliedBy", plan.appliedBy)
        writer.member("writes", writes)
        writer.name("announcements")
        writer.array { writer in
            for planned in announcements { writer.object { write(planned, &$0) } }
        }
        writer.name("notes")
        writer.array { writer in for note in plan.notes { writer.string(note) } }
    }

    private func write(_ planned: PlanAnnouncement, _ writer: inout JSONWriter) {
        writer.member("name", planned.name)
        writer.member("targets", planned.targets)
        for decision in PlanItem.Decision.allCases {
            writer.name(decision.rawValue)
            writer.integer(counts[planned.name]?[decision] ?? 0)
        }
        writer.member("skipped", planned.skipped)
        writer.member("excluded", planned.excluded)
        writer.member("duplicates", planned.duplicates)
        writer.name("schedule")
        writer.raw(Array(planned.settings.utf8))
        // Of several lists under one name the last speaks for what is odd.
        guard let preview = previews[planned.name]?.last else { return }
        writer.name("odd")
        writer.object { writer in
            for (kind, oddity) in preview.oddities.found.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                writer.name(kind.rawValue)
                writer.object { writer in
                    writer.member("count", oddity.count)
                    writer.name("examples")
                    writer.array { writer in for name in oddity.examples { writer.string(name) } }
                }
            }
            write("shortest", preview.oddities.shortest, &writer)
            write("longest", preview.oddities.longest, &writer)
        }
    }

    private func write(_ name: String, _ extreme: PostOddities.Extreme?, _ writer: inout JSONWriter) {
        guard let extreme else { return }
        writer.name(name)
        writer.object { writer in
            writer.member("group", extreme.group)
            writer.member("bytes", extreme.length)
        }
    }
}
