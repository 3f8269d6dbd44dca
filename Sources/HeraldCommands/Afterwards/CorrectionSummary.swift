import Announcements
import GraphModel

/// What the correction of an announcement is about to do: how many threads it reaches, what it does not and why, and an
/// example of what is sent.
struct CorrectionSummary {
    /// Why some of an announcement's targets get nothing, and how many there are.
    struct Gap: Sendable, Equatable {
        var count: Int
        /// What they are, for one and for many.
        var one: String
        var many: String

        var text: String { "\(count.grouped) \(count == 1 ? one : many)" }
    }

    /// A reply that is sent.
    struct Example: Sendable {
        var group: String
        /// The JSON body of the request.
        var body: [UInt8]
    }

    /// How much of an example is shown, in characters.
    private static let length = 160

    var tally: AnnouncementTally
    /// How many replies are sent, and to how many groups.
    var replies: Int
    var groups: Int
    var gaps: [Gap] = []
    var oddities = PostOddities()
    var example: Example?

    /// For people.
    var lines: [String] {
        var parts = [
            "\(replies.grouped) correction\(replies == 1 ? "" : "s") in \(groups.grouped) group\(groups == 1 ? "" : "s")"
        ]
        if tally.already > 0 {
            parts.append("\(tally.already.grouped) \(tally.already == 1 ? "has" : "have") it already")
        }
        if tally.ambiguous > 0 { parts.append("\(tally.ambiguous.grouped) unproven, and not sent again") }
        var lines = ["\(tally.name): " + parts.joined(separator: ", ")]
        let gaps = gaps.filter { $0.count > 0 }
        if !gaps.isEmpty { lines.append("  not reached: " + gaps.map(\.text).joined(separator: ", ")) }
        if let odd = oddities.spoken { lines.append("  " + odd) }
        if let example, let text = PostText(example.body) {
            let shown = HTMLText.preview(text.content, isHTML: text.isHTML)
            let cut = shown.count > Self.length ? shown.prefix(Self.length) + "…" : shown[...]
            lines.append("  for example \"\(example.group)\": \(cut)")
        }
        return lines
    }

    /// Why targets of a run have no thread in which could be replied, by the announcements.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - reached: The threads that it reached.
    ///   - ledger: What remembers it.
    /// - Returns: The reasons, the most frequent first.
    /// - Throws: ``StorageError``.
    static func gaps(of run: RunRecord, _ reached: ReachedThreads, ledger: Ledger) async throws -> [String: [Gap]] {
        var counts: [String: [String: Int]] = [:]
        let runs = try await ledger.family(of: run.id)
        let open: [EffectState] = [.planned, .sending, .failed, .ambiguous]
        try await ledger.forEachPage(of: .runs(runs), in: open) { page in
            for target in page {
                guard let name = target.announcement else { continue }
                let reason =
                    switch target.state {
                    case .failed: target.code ?? "refused"
                    case .ambiguous: "unproven"
                    default: "not sent"
                    }
                counts[name, default: [:]][reason, default: 0] += 1
            }
        }
        var gaps: [String: [Gap]] = [:]
        for name in Set(counts.keys).union(reached.takenBack.keys).union(reached.vanished.keys) {
            gaps[name] = (counts[name] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { reason, count in
                Gap(
                    count: count,
                    one: "target without the post (\(reason))",
                    many: "targets without the post (\(reason))"
                )
            }
            gaps[name]?.append(
                Gap(
                    count: reached.takenBack[name] ?? 0,
                    one: "thread that was taken back",
                    many: "threads that were taken back"
                )
            )
            gaps[name]?.append(
                Gap(
                    count: reached.vanished[name] ?? 0,
                    one: "thread that is not there any more",
                    many: "threads that are not there any more"
                )
            )
        }
        return gaps
    }
}
