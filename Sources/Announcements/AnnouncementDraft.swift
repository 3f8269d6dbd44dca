package import GraphModel

/// An announcement while its posts are rendered: nothing has been sent, and a fault sends nothing at all.
///
/// Posts are stored in the ledger as they come, so that memory does not grow with their number beyond two ids of 16 bytes a target.
package actor AnnouncementDraft {
    /// A fault of the script or of its data.
    ///
    /// It names the place.
    package struct Fault: Sendable, Equatable {
        /// What is wrong, where, and what to do about it.
        package var message: String
        /// How many targets have it.
        package var count: Int
    }

    /// The announcement's name.
    package nonisolated let name: String
    /// The right to write for the run that makes it.
    package nonisolated let lease: Lease
    /// How many different faults are kept; the rest is counted only.
    package static let faultLimit = 20

    let ledger: Ledger
    private let now: @Sendable () -> Int64
    let announcement: Int64
    /// What becomes of groups that have other content.
    var changes: (rule: ChangeRule, threads: FirstThread)?
    /// The groups that are left out.
    var excluded: Set<GroupID> = []
    private var seen: Set<GroupID> = []
    private var waiting: [RenderedPost] = []
    private var tally: AnnouncementTally
    private var findings: [Finding] = []
    private var planned: Set<GroupID> = []
    private var faults: [Fault] = []
    private var faultIndex: [String: Int] = [:]
    private var unlistedFaults = 0

    /// How many posts are stored in one transaction.
    private static let batch = 1000

    /// Begins an announcement.
    ///
    /// - Parameters:
    ///   - name: Its name; each group gets one post under it, ever.
    ///   - lease: The right to write for the run that makes it.
    ///   - ledger: Where it is remembered.
    ///   - now: Gives microseconds since 1970.
    /// - Throws: ``StorageError``.
    package init(name: String, lease: Lease, ledger: Ledger, now: @escaping @Sendable () -> Int64) async throws {
        self.name = name
        self.lease = lease
        self.ledger = ledger
        self.now = now
        tally = AnnouncementTally(name: name)
        announcement = try await ledger.announcement(named: name, lease: lease, at: now())
    }

    /// How many targets the list has so far, each group counted once.
    package var targets: Int { tally.targets }

    /// Takes a group into the list; false if it is there already or is left out, and then its post must not be added.
    package func admit(_ group: GroupID) -> Bool {
        guard seen.insert(group).inserted else {
            tally.duplicates += 1
            findings.append(
                Finding(
                    kind: .duplicate,
                    announcement: name,
                    target: group.text,
                    message: "The group stands in the list more than once; it gets one post."
                )
            )
            return false
        }
        if excluded.contains(group) {
            tally.excluded += 1
            return false
        }
        tally.targets += 1
        return true
    }

    /// Adds the rendered post of an admitted group.
    package func add(_ post: RenderedPost) async throws {
        guard faults.isEmpty else { return }
        waiting.append(post)
        if waiting.count == Self.batch { try await store() }
    }

    /// Notes that the script gave no body for an admitted group.
    package func skip(_ group: GroupID) {
        tally.skipped += 1
    }

    /// Notes a fault; the same fault of many targets is kept once, with their number.
    ///
    /// - Parameters:
    ///   - kind: What makes two faults the same.
    ///   - message: What is wrong with the first target that has it.
    package func fault(_ kind: String, _ message: String) {
        if let index = faultIndex[kind] {
            faults[index].count += 1
        } else if faults.count < Self.faultLimit {
            faultIndex[kind] = faults.count
            faults.append(Fault(message: message, count: 1))
        } else {
            unlistedFaults += 1
        }
    }

    /// Ends the rendering.
    ///
    /// - Returns: The faults found, and how many more there are that are not listed. If there are any, what was planned
    ///   has been taken back.
    package func finish() async throws -> (faults: [Fault], unlisted: Int) {
        if faults.isEmpty {
            try await store()
        } else {
            waiting = []
            try await ledger.discardPlan(announcement: announcement, lease: lease)
        }
        return (faults, unlistedFaults)
    }

    /// What the plan comes to: to which groups a post will be sent, and how many have it already or have other content.
    package var summary: (groups: Set<GroupID>, tally: AnnouncementTally) { (planned, tally) }

    /// Takes back what is planned: it is not to be sent.
    package func discard() async throws {
        planned = []
        try await ledger.discardPlan(announcement: announcement, lease: lease)
    }

    /// Sends what is planned, wave by wave, and records what came of it.
    ///
    /// - Parameters:
    ///   - delivery: How to send.
    ///   - waves: In which parts.
    ///   - watcher: Who is told, and asked.
    /// - Returns: The counts, what there is to say of single targets, and why sending stopped if it did.
    /// - Throws: ``StorageError``.
    package func deliver(
        by delivery: Delivery,
        in waves: Waves = Waves(),
        watcher: WaveWatcher
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let start = now()
        let (posts, parts, announced) = (planned.count, waves.sizes(of: planned.count).count, tally)
        try await ledger.audit(.announcementPlanned, lease: lease, at: start) { writer in
            writer.member("announcement", announced.name)
            writer.member("targets", announced.targets)
            writer.member("posts", posts)
            writer.member("waves", parts)
        }
        let course = WaveCourse(
            delivery: delivery,
            waves: waves,
            watcher: watcher,
            announcement: announcement,
            name: name
        )
        let outcome = try await course.run(to: planned)
        tally.deliveryTime = planned.isEmpty ? 0 : now() - start
        tally.sent = outcome.sent
        tally.already += outcome.already
        for finding in outcome.findings {
            switch finding.kind {
            case .changed: tally.changed += 1
            case .ambiguous: tally.ambiguous += 1
            case .failed: tally.failed += 1
            case .duplicate, .doubled: break
            }
        }
        tally.unsent = planned.count - outcome.answered
        findings += outcome.findings
        if outcome.halt == .withdrawn { try await discard() }
        try await ledger.leave(announcement: announcement, lease: lease)
        try await ledger.forgetFindings(run: lease.run, announcement: name)
        try await ledger.add(findings, run: lease.run)
        try await ledger.record(tally, run: lease.run)
        return (tally, findings, outcome.halt)
    }

    private func store() async throws {
        guard !waiting.isEmpty else { return }
        let posts = waiting
        waiting = []
        let (decisions, reasons) = try await decide(posts)
        for (post, decision) in zip(posts, decisions) {
            switch decision {
            case .planned, .unsettled: planned.insert(post.group)
            case .already: tally.already += 1
            case .changed where changes?.rule == .skip: tally.skipped += 1
            case .changed:
                tally.changed += 1
                findings.append(
                    Finding(
                        kind: .changed,
                        announcement: name,
                        target: post.group.text,
                        message: reasons[post.group]
                            ?? "The group has a post of this announcement with other content; nothing was sent."
                    )
                )
            case .busy:
                tally.changed += 1
                findings.append(
                    Finding(
                        kind: .changed,
                        announcement: name,
                        target: post.group.text,
                        message: "Another run is sending other content under this name just now; nothing was sent."
                    )
                )
            case .ambiguous:
                tally.ambiguous += 1
                findings.append(
                    Finding(
                        kind: .ambiguous,
                        announcement: name,
                        target: post.group.text,
                        message: "It cannot be proved whether the group has the post; nothing was sent."
                    )
                )
            }
        }
    }
}
