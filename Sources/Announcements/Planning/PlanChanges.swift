package import GraphModel

/// What has become of a plan's targets since it was made.
package struct PlanChanges: Sendable, Equatable {
    /// By how much an audience may have grown: a fifth.
    package static let growth = 0.2
    /// How many changes are named.
    package static let named = 20

    /// What is different, a sentence for each target, the first of them.
    package private(set) var sentences: [String] = []
    package private(set) var count = 0

    /// Notes what is different about the target of an item.
    mutating func note(_ item: PlanItem, _ facts: TargetFacts?) {
        guard let target = item.target, let facts else { return }
        let name = item.targetName.map { "\"\($0)\" (\(target))" } ?? target.text
        if facts.refusal == .missing {
            add("\(name) does not exist any more")
        } else if facts.refusal == .noMailbox {
            add("\(name) \(TargetFacts.Refusal.noMailbox.predicate)")
        } else if let before = item.targetName, let now = facts.name, before != now {
            add("\(name) is called \"\(now)\" now")
        } else if let before = item.members, let now = facts.members,
            Double(now) > Double(before) * (1 + Self.growth)
        {
            add("\(name) had \(before) member\(before == 1 ? "" : "s") and has \(now) now")
        }
    }

    private mutating func add(_ sentence: String) {
        count += 1
        if sentences.count < Self.named { sentences.append(sentence) }
    }
}

extension Ledger {
    /// Compares what a plan says of the groups to which it sends with what is so now.
    ///
    /// - Throws: ``NoAnswer`` if the backend does not answer; ``StorageError``.
    package func changes(since plan: PlanRecord, reader: any GroupDirectory) async throws -> PlanChanges {
        var changes = PlanChanges()
        var last: Int64 = 0
        while true {
            let page = try await planItems(plan.id, after: last)
            guard let end = page.last?.ordinal else { return changes }
            last = end
            // A single write to what is planned itself has no target that could be looked at.
            let items = page.filter { $0.decision == .new && $0.announcement != nil && $0.target != nil }
            let facts = try await reader.facts(of: items.compactMap(\.target))
            for item in items { changes.note(item, item.target.flatMap { facts[$0] }) }
        }
    }
}
