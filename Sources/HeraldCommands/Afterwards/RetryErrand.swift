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

    /// What is to be sent again of an announcement.
    private struct Part {
        var tally: AnnouncementTally
        var groups: Set<GroupID> = []
        /// What there is to say of the groups that are left out.
        var excluded: [Finding] = []
    }

    func carryOut(_ site: ErrandSite) async throws -> ErrandEnding {
        let parts = try await parts(site)
        let leftOut = parts.reduce(0) { $0 + $1.excluded.count }
        if leftOut > 0 {
            site.screen.say(
                "\(leftOut.grouped) \(leftOut == 1 ? "target is" : "targets are") left out: "
                    + "\(leftOut == 1 ? "its group is" : "their groups are") on the list of `herald suppress`."
            )
        }
        let wanted = parts.filter { $0.tally.targets > 0 }
        guard !wanted.isEmpty else {
            if leftOut == 0 {
                site.screen.say(
                    remainder == .failed
                        ? "No post of the run \(site.origin.id) is refused as it stands; there is nothing to send again."
                        : "No post of the run \(site.origin.id) is unproven; there is nothing to look for."
                )
            }
            return .idle
        }
        // Asked first: what is declined stays as it was.
        if let refusal = await site.refusal(of: wanted.map { ($0.tally, $0.groups) }) { return refusal }
        try await site.ledger.takeUp(
            remainder,
            of: site.origin.id,
            except: site.suppressed,
            abandoned: try await abandoned(site),
            lease: site.lease
        )
        return try await site.deliver(
            parts.map(\.tally),
            excluded: Dictionary(uniqueKeysWithValues: parts.map { ($0.tally.name, $0.excluded) }),
            waitsGrace: true,
            unproven: remainder == .ambiguous
        )
    }

    /// The runs that were to send the same again, and died.
    private func abandoned(_ site: ErrandSite) async throws -> [String] {
        let atWork = try await site.ledger.runsAtWork(at: site.now())
        var abandoned: [String] = []
        for run in try await site.ledger.family(of: site.origin.id)
        where run != site.origin.id && run != site.lease.run && atWork[run] == nil {
            let record = try await site.ledger.only(run)
            if record.kind == .retry, record.arguments == arguments { abandoned.append(run) }
        }
        return abandoned
    }

    /// What is to be sent again, or looked for, and what this run had taken up before it was stopped.
    private func parts(_ site: ErrandSite) async throws -> [Part] {
        let own = site.lease.run
        var parts: [String: Part] = [:]
        let abandoned = try await abandoned(site)
        let runs = try await site.ledger.family(of: site.origin.id)
        for name in try await site.ledger.announcements(of: runs) { _ = try await site.giveUpSuppressed(of: name) }
        try await site.ledger.forEachPage(of: .runs(runs)) { page in
            for target in page {
                let isLeft = abandoned.contains(target.run) && [.planned, .sending].contains(target.state)
                guard target.state == remainder.state || target.run == own || isLeft, let name = target.announcement,
                    let group = target.group
                else { continue }
                var part = parts[name] ?? Part(tally: AnnouncementTally(name: name))
                let isGivenUp = target.state == .failed && target.code == ErrandSite.suppressedCode
                if site.suppressed.contains(group), target.state == remainder.state || isGivenUp || isLeft {
                    part.excluded.append(ErrandSite.leftOut(group, of: name))
                    part.tally.excluded += 1
                } else {
                    part.tally.targets += 1
                    if target.state != .sent { part.groups.insert(group) }
                }
                parts[name] = part
            }
        }
        return parts.keys.sorted().compactMap { parts[$0] }
    }
}
