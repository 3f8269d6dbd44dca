import Announcements
import GraphModel

/// How two plans differ.
struct PlanDifference {
    /// A content that was changed in the same way for some groups.
    private struct Change {
        var targets: [String] = []
        var count = 0
        var lines: [String]
    }

    /// How many of a kind are named.
    private static let named = 100

    private var removed: [String] = []
    private var added: [String] = []
    private var counts = (removed: 0, added: 0, changed: 0)
    private var changes: [[String]: Change] = [:]
    private var order: [[String]] = []
    /// The announcements that go out at other times, or in other parts.
    private var schedules: [String] = []

    /// Compares two plans, a part of them at a time.
    init(from old: PlanRecord, to new: PlanRecord, in ledger: Ledger) async throws {
        let before = try await ledger.announcements(ofPlan: old.id)
        for planned in try await ledger.announcements(ofPlan: new.id) {
            guard let known = before.first(where: { $0.name == planned.name }), known.settings != planned.settings
            else {
                continue
            }
            schedules += [
                "other times for '\(planned.name)':", "  - " + Self.schedule(known), "  + " + Self.schedule(planned),
            ]
        }
        try await compare(old, new, ledger) { item, other in
            guard let item else { return }
            guard let other else {
                counts.removed += 1
                if removed.count < Self.named { removed.append(Self.name(item)) }
                return
            }
            note(item, other)
        }
        try await compare(new, old, ledger) { item, other in
            guard let item, other == nil else { return }
            counts.added += 1
            if added.count < Self.named { added.append(Self.name(item)) }
        }
    }

    /// Whether both send the same to the same.
    var isEmpty: Bool { counts.removed + counts.added + counts.changed == 0 && schedules.isEmpty }

    /// For people.
    var lines: [String] {
        if isEmpty { return ["Both plans send the same."] }
        var lines = schedules
        if counts.removed > 0 { lines += Self.list("only in the old plan", removed, counts.removed, "- ") }
        if counts.added > 0 { lines += Self.list("only in the new plan", added, counts.added, "+ ") }
        for key in order {
            guard let change = changes[key] else { continue }
            let more = change.count - change.targets.count
            lines.append(
                "other content for \(change.count.grouped): " + change.targets.joined(separator: ", ")
                    + (more > 0 ? ", and \(more.grouped) more" : "")
            )
            lines += change.lines.map { "  " + $0 }
        }
        return lines
    }

    private static func schedule(_ planned: PlanAnnouncement) -> String {
        (try? Waves(json: planned.settings))?.spoken ?? "all at once, at any time"
    }

    private static func list(_ title: String, _ names: [String], _ count: Int, _ sign: String) -> [String] {
        ["\(title): \(count.grouped)"] + names.map { "  " + sign + $0 }
            + (count > names.count ? ["  and \((count - names.count).grouped) more"] : [])
    }

    private mutating func note(_ item: PlanItem, _ other: PlanItem) {
        var lines: [String] = []
        if item.decision != other.decision {
            lines.append("- \(item.decision.rawValue)")
            lines.append("+ \(other.decision.rawValue)")
        }
        if item.method != other.method || item.path != other.path || item.wholeBody != other.wholeBody {
            let (before, after) = (PlannedPost(item).comparable, PlannedPost(other).comparable)
            let different = LineDiff.lines(from: before, to: after)
            lines += different.isEmpty ? ["~ what is sent differs, and reads the same"] : different
        }
        guard !lines.isEmpty else { return }
        counts.changed += 1
        if changes[lines] == nil {
            changes[lines] = Change(lines: lines)
            order.append(lines)
        }
        changes[lines]?.count += 1
        if changes[lines]?.targets.count ?? 0 < 3 { changes[lines]?.targets.append(Self.name(item)) }
    }

    private static func name(_ item: PlanItem) -> String {
        guard item.announcement != nil else { return PlannedPost(item).headline }
        let group = item.targetName.map { "\"\($0)\"" } ?? ""
        return [group, item.target?.text ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
            + " (\(item.announcement ?? ""))"
    }

    /// Gives each item of a plan with its counterpart in another: the post of the same announcement to the same group, or
    /// the single write that is the same, or stands in the same place among those of its target.
    private func compare(
        _ plan: PlanRecord,
        _ other: PlanRecord,
        _ ledger: Ledger,
        _ body: (PlanItem?, PlanItem?) -> Void
    ) async throws {
        var last: Int64 = 0
        var writes: [PlanItem] = []
        while true {
            let page = try await ledger.planItems(plan.id, after: last)
            guard let end = page.last?.ordinal else { break }
            last = end
            let posts = page.filter { $0.announcement != nil }
            writes += page.filter { $0.announcement == nil }
            let counterparts = try await ledger.counterparts(of: posts, in: other.id)
            for post in posts { body(post, counterparts[post.ordinal]) }
        }
        var others: [PlanItem] = []
        last = 0
        while true {
            let page = try await ledger.planItems(other.id, .writes, after: last)
            guard let end = page.last?.ordinal else { break }
            last = end
            others += page
        }
        for write in writes {
            let place = others.firstIndex { $0.method == write.method && $0.path == write.path }
            body(write, place.map { others.remove(at: $0) })
        }
    }
}
