import Announcements
import ScriptHost

/// What an announcement is about to do: a line, and one more if there is something to look at.
struct AnnouncementSummary {
    /// How many groups that cannot get it are named.
    private static let named = 3

    private let preview: RunMonitor.Preview
    private let leastTime: Duration?

    /// - Parameters:
    ///   - preview: What it is about to do.
    ///   - leastTime: How long the posts take at least; nil if they are made as fast as can be.
    init(_ preview: RunMonitor.Preview, leastTime: Duration?) {
        self.preview = preview
        let pauses = preview.waves.leastTime(for: preview.toSend)
        self.leastTime = leastTime.map { $0 + pauses } ?? (pauses > .zero ? pauses : nil)
    }

    /// For people: the counts, and what is odd if anything is.
    var lines: [String] { [text] + (preview.oddities.spoken.map { ["  " + $0] } ?? []) }

    /// `wellness-2026: 2,000 announcements: 1,996 new, 3 already have it, 1 cannot: "Board" is locked to its members;
    /// takes 40 s or more`.
    var text: String {
        let tally = preview.tally
        var text = "\(tally.name): \(tally.targets.grouped) announcement\(tally.targets == 1 ? "" : "s")"
        var parts: [String] = []
        let new = preview.toSend - preview.replies
        let isAllNew = new == tally.targets && tally.targets > 1
        if isAllNew {
            text += ", all new"
        } else if preview.toSend == 0 {
            text += ", none new"
        } else if new > 0 {
            parts.append("\(new.grouped) new")
        }
        if preview.replies > 0 { parts.append(Self.replies(preview.replies)) }
        if tally.already > 0 {
            parts.append("\(tally.already.grouped) already \(tally.already == 1 ? "has" : "have") it")
        }
        if tally.changed > 0 {
            parts.append("\(tally.changed.grouped) \(tally.changed == 1 ? "has" : "have") it with other content")
        }
        if tally.ambiguous > 0 { parts.append("\(tally.ambiguous.grouped) unproven") }
        if tally.skipped > 0 { parts.append("\(tally.skipped.grouped) skipped by the script") }
        if tally.excluded > 0 { parts.append("\(tally.excluded.grouped) left out") }
        if tally.failed > 0 { parts.append("\(tally.failed.grouped) cannot: " + refused) }
        if !parts.isEmpty { text += (isAllNew ? ", " : ": ") + parts.joined(separator: ", ") }
        if let leastTime, leastTime >= .seconds(1) { text += "; takes \(leastTime.spoken) or more" }
        return text
    }

    /// `4 replies to those who have the first`.
    static func replies(_ count: Int) -> String {
        "\(count.grouped) \(count == 1 ? "reply" : "replies") to those who have the first"
    }

    /// `"Board" is locked to its members, "Sales" does not exist, and 3 more`.
    private var refused: String {
        let shown = preview.refused.prefix(Self.named)
        let rest = preview.tally.failed - shown.count
        return shown.map { "\"\($0.group)\" \($0.predicate)" }.joined(separator: ", ")
            + (rest > 0 ? ", and \(rest.grouped) more" : "")
    }

    /// `shortest 120 bytes ("Board"), longest 4,812 bytes ("Sales")`; nil if all are of one length.
    var extremes: String? {
        guard let shortest = preview.oddities.shortest, let longest = preview.oddities.longest,
            shortest.length != longest.length
        else { return nil }
        return "shortest \(shortest.length.grouped) bytes (\"\(shortest.group)\"), "
            + "longest \(longest.length.grouped) bytes (\"\(longest.group)\")"
    }
}

extension PostOddities {
    /// `look at: 2 are empty ("Board", "Sales"), 1 has {{ in it ("Marketing")`; nil if nothing is odd.
    var spoken: String? {
        let parts = Kind.allCases.compactMap { kind in
            found[kind].map { oddity in
                let names = oddity.examples.map { "\"\($0)\"" }.joined(separator: ", ")
                return "\(oddity.count.grouped) \(Self.predicate(kind, oddity.count)) (\(names)"
                    + (oddity.count > oddity.examples.count ? ", …)" : ")")
            }
        }
        return parts.isEmpty ? nil : "look at: " + parts.joined(separator: ", ")
    }

    private static func predicate(_ kind: Kind, _ count: Int) -> String {
        switch kind {
        case .empty: count == 1 ? "is empty" : "are empty"
        case .unexpanded: count == 1 ? "has {{ in it" : "have {{ in them"
        case .badLink: count == 1 ? "has a link that leads nowhere" : "have links that lead nowhere"
        case .unchanged: count == 1 ? "says what the post says" : "say what the posts say"
        }
    }
}
