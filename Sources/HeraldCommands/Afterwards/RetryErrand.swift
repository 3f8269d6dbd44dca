import Announcements
import GraphModel

/// Sends again what a run could not, as it was rendered, or finds out what became of it.
struct RetryErrand: Errand {
    static let kind = RunRecord.Kind.retry

    let remainder: Ledger.Remainder

    init(_ remainder: Ledger.Remainder) {
        self.remainder = remainder
    }

    init(_ record: RunRecord, ledger: Ledger) async throws {
        guard let word = record.arguments.first, let remainder = Ledger.Remainder(rawValue: String(word.dropFirst(2)))
        else { throw Failure(.failed, "The ledger does not say what the run \(record.id) was to send again.") }
        self.remainder = remainder
    }

    var arguments: [String] { ["--\(remainder.rawValue)"] }

    func carryOut(_ site: ErrandSite) async throws -> ErrandEnding {
        let wanted = try await wanted(site)
        guard !wanted.isEmpty else {
            site.screen.say(
                remainder == .failed
                    ? "No post of the run \(site.origin.id) is refused as it stands; there is nothing to send again."
                    : "No post of the run \(site.origin.id) is unproven; there is nothing to look for."
            )
            return .done
        }
        // Asked first: what is declined stays as it was.
        if let refusal = await site.refusal(of: wanted) { return refusal }
        try await site.ledger.takeUp(remainder, of: site.origin.id, lease: site.lease)
        return try await site.deliver(wanted.map(\.tally), unproven: remainder == .ambiguous)
    }

    /// What is to be sent again, or looked for, and what this run had taken up before it was stopped.
    private func wanted(_ site: ErrandSite) async throws -> [(tally: AnnouncementTally, groups: Set<GroupID>)] {
        let own = site.lease.run
        var groups: [String: Set<GroupID>] = [:]
        var targets: [String: Int] = [:]
        let runs = try await site.ledger.family(of: site.origin.id)
        try await site.ledger.forEachPage(of: .runs(runs)) { page in
            for target in page where target.announcement != nil {
                guard target.state == remainder.state || target.run == own,
                    let name = target.announcement, let group = target.group
                else { continue }
                targets[name, default: 0] += 1
                if target.state != .sent { groups[name, default: []].insert(group) }
            }
        }
        return targets.keys.sorted().map { name in
            var tally = AnnouncementTally(name: name)
            tally.targets = targets[name] ?? 0
            return (tally, groups[name] ?? [])
        }
    }
}
