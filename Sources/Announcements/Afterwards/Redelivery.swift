import GraphModel

/// Delivers what stands in the ledger as planned by a run, as it was rendered, and records what came of it.
///
/// A group may have several posts of one announcement open: they go out one after the other.
package struct Redelivery: Sendable {
    private let delivery: Delivery

    /// A delivery of what the run of its lease has planned.
    package init(_ delivery: Delivery) {
        self.delivery = delivery
    }

    /// Delivers an announcement.
    ///
    /// - Parameters:
    ///   - tally: What is known beforehand: the announcement's name, how many targets there are, and how many of them
    ///     have their post already, or get none.
    ///   - timing: When it may go out, and how long is waited before.
    ///   - excluded: What there is to say of the groups that were left out.
    ///   - unproven: Whether what is unproven is looked for, and sent if it is not there.
    ///   - watcher: Who is told.
    /// - Returns: The counts, what there is to say of single targets, and why sending stopped if it did.
    /// - Throws: ``StorageError``.
    package func deliver(
        _ tally: AnnouncementTally,
        timing: Waves = Waves(),
        excluded: [Finding] = [],
        unproven: Bool = false,
        watcher: WaveWatcher
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let (ledger, lease, now) = (delivery.ledger, delivery.lease, delivery.sender.now)
        let announcement = try await ledger.announcement(named: tally.name, lease: lease, at: now())
        let course = WaveCourse(
            delivery: delivery,
            waves: timing,
            watcher: watcher,
            announcement: announcement,
            name: tally.name,
            part: 0
        )
        let (start, begunAt) = (now(), delivery.sender.uptime())
        let announced = tally
        try await ledger.audit(.announcementPlanned, lease: lease, at: start) { writer in
            writer.member("announcement", announced.name)
            writer.member("targets", announced.targets)
        }
        var tally = tally
        // What it sent before it was stopped.
        tally.already += try await ledger.groups(announcement: tally.name, run: lease.run, in: [.sent]).effects
        var findings = excluded
        var states: [EffectState] = unproven ? [.planned, .sending, .ambiguous] : [.planned, .sending]
        var halt: Delivery.Halt?
        while halt == nil {
            let open = try await ledger.groups(announcement: tally.name, run: lease.run, in: states).groups
            guard !open.isEmpty else { break }
            let outcome = try await course.run(to: open)
            tally.sent += outcome.sent
            tally.already += outcome.already
            findings += outcome.findings
            halt = outcome.halt
            // What stays unproven has been looked for; once is enough.
            states = [.planned, .sending]
            if outcome.answered == 0 { break }
        }
        for finding in findings {
            switch finding.kind {
            case .changed: tally.changed += 1
            case .ambiguous: tally.ambiguous += 1
            case .failed: tally.failed += 1
            case .duplicate, .doubled, .excluded: break
            }
        }
        tally.unsent =
            try await ledger.groups(announcement: tally.name, run: lease.run, in: [.planned, .sending]).effects
        tally.deliveryTime = tally.sent > 0 ? delivery.sender.uptime() - begunAt : 0
        try await ledger.leave(announcement: announcement, lease: lease)
        try await ledger.forgetFindings(run: lease.run, announcement: tally.name)
        try await ledger.add(findings, run: lease.run)
        try await ledger.record(tally, run: lease.run)
        return (tally, findings, halt)
    }
}
