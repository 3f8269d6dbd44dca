import Announcements
import GraphModel
import ScriptHost

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
        /// How many posts they get, and how many of these reply in threads.
        var posts = 0
        var replies = 0
        /// What there is to say of the groups that are left out.
        var excluded: [Finding] = []

        var preview: RunMonitor.Preview {
            var preview = RunMonitor.Preview(tally: tally, groups: groups, posts: posts)
            preview.replies = replies
            return preview
        }
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
            return .idle(parts.map(\.tally))
        }
        // Asked first: what is declined stays as it was.
        if let refusal = await site.refusal(of: wanted.map(\.preview)) { return refusal }
        try await site.ledger.takeUp(
            remainder,
            of: site.origin.id,
            except: site.suppressed,
            abandoned: try await abandoned(site),
            lease: site.lease
        )
        // Another run may have taken up, or sent, what was seen before.
        let taken = try await self.parts(site, ofOwn: true)
        let own = taken.reduce(0) { $0 + $1.tally.targets }
        let missed = wanted.reduce(0) { $0 + $1.tally.targets } - own
        if missed > 0 {
            site.screen.say(
                "Another run has taken up \(missed.grouped) post\(missed == 1 ? "" : "s") of the run \(site.origin.id) "
                    + "meanwhile; see: " + site.backend.choice.hint("show \(site.origin.id)")
            )
        }
        guard own > 0 else { return .idle(taken.map(\.tally)) }
        return try await site.deliver(
            taken.map(\.tally),
            excluded: Dictionary(uniqueKeysWithValues: taken.map { ($0.tally.name, $0.excluded) }),
            waitsGrace: true
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
    ///
    /// - Parameters:
    ///   - site: Where the errand is carried out.
    ///   - ofOwn: Whether only the latter is counted.
    /// - Returns: The parts, in the order of their announcements' names.
    /// - Throws: ``StorageError``.
    private func parts(_ site: ErrandSite, ofOwn: Bool = false) async throws -> [Part] {
        let own = site.lease.run
        var parts: [String: Part] = [:]
        let abandoned = try await abandoned(site)
        let runs = try await site.ledger.family(of: site.origin.id)
        for name in try await site.ledger.announcements(of: runs) { _ = try await site.giveUpSuppressed(of: name) }
        try await site.ledger.forEachPage(of: .runs(runs)) { page in
            for target in page {
                let isLeft = abandoned.contains(target.run) && [.planned, .sending].contains(target.state)
                let isOpen = target.state == remainder.state || isLeft
                guard isOpen || target.run == own, let name = target.announcement, let group = target.group else {
                    continue
                }
                var part = parts[name] ?? Part(tally: AnnouncementTally(name: name))
                let isGivenUp = target.state == .failed && target.code == ErrandSite.suppressedCode
                if site.suppressed.contains(group), isOpen || isGivenUp {
                    part.excluded.append(ErrandSite.leftOut(group, of: name))
                    part.tally.excluded += 1
                } else if target.run == own || !ofOwn {
                    part.tally.targets += 1
                    if target.state != .sent {
                        part.groups.insert(group)
                        part.posts += 1
                        if target.path.hasSuffix("/reply") { part.replies += 1 }
                    }
                } else {
                    continue
                }
                parts[name] = part
            }
        }
        return parts.keys.sorted().compactMap { parts[$0] }
    }
}
