package import GraphModel

/// Delivers what stands in the ledger as planned by a run, as it was rendered, and records what came of it.
///
/// A group may have several posts of one announcement open: they go out one after the other. What other runs have planned,
/// or lost sight of, is left alone. What is unproven is looked for, once, and sent if it is not there.
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
    ///   - groups: Groups that get nothing, whatever is planned for them.
    ///   - watcher: Who is told.
    /// - Returns: The counts, what there is to say of single targets, and why sending stopped if it did. A target of which
    ///   nothing is known that would count counts as unsent, whether or not something is planned for it any more.
    /// - Throws: ``StorageError``.
    package func deliver(
        _ tally: AnnouncementTally,
        timing: Waves = Waves(),
        excluded: [Finding] = [],
        except groups: Set<GroupID> = [],
        watcher: WaveWatcher
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let (ledger, lease, now) = (delivery.ledger, delivery.lease, delivery.sender.now)
        let announcement = try await ledger.announcement(named: tally.name, lease: lease, at: now())
        let announced = tally
        try await ledger.audit(.announcementPlanned, lease: lease, at: now()) { writer in
            writer.member("announcement", announced.name)
            writer.member("targets", announced.targets)
        }
        var tally = tally
        // What it sent before it was stopped.
        tally.already += try await ledger.groups(announcement: tally.name, run: lease.run, in: [.sent]).effects
        var findings = excluded
        var delivery = delivery
        delivery.scope.isOwnOnly = true
        var halt: Delivery.Halt?
        while halt == nil {
            var open = try await ledger.groups(announcement: tally.name, run: lease.run, in: [.planned, .sending])
                .groups
            for target in try await targets(in: [.ambiguous], of: tally.name) {
                guard let group = target.group, !delivery.scope.tried.contains(target.effect) else { continue }
                open.insert(group)
            }
            open.subtract(groups)
            guard !open.isEmpty else { break }
            let course = WaveCourse(
                delivery: delivery,
                waves: timing,
                watcher: watcher,
                announcement: announcement,
                name: tally.name,
                part: 0
            )
            let (outcome, time) = try await course.run(to: open)
            tally.deliveryTime += time
            tally.sent += outcome.sent
            tally.already += outcome.already
            findings += outcome.findings
            halt = outcome.halt
            // What stays unproven has been looked for; once is enough.
            delivery.scope.tried.formUnion(outcome.unsettled)
            if outcome.answered == 0 { break }
        }
        findings += try await untold(except: delivery.scope.tried, leftOut: excluded, of: tally.name)
        for finding in findings {
            switch finding.kind {
            case .changed: tally.changed += 1
            case .ambiguous: tally.ambiguous += 1
            case .failed: tally.failed += 1
            case .duplicate, .doubled, .excluded: break
            }
        }
        // What was planned may have been taken back by others, and is unsent all the same.
        let known = tally.sent + tally.already + tally.changed + tally.failed + tally.ambiguous
        tally.unsent = max(
            tally.targets - known,
            try await ledger.groups(announcement: tally.name, run: lease.run, in: [.planned, .sending]).groups
                .subtracting(groups).count
        )
        if tally.sent == 0 { tally.deliveryTime = 0 }
        try await ledger.leave(announcement: announcement, lease: lease)
        try await ledger.forgetFindings(run: lease.run, announcement: tally.name)
        try await ledger.add(findings, run: lease.run)
        try await ledger.record(tally, run: lease.run)
        return (tally, findings, halt)
    }

    /// What there is to say of targets that were refused, or became unproven, before the run was stopped, and were not tried
    /// again.
    private func untold(
        except tried: Set<Int64>,
        leftOut: [Finding],
        of announcement: String
    ) async throws -> [Finding] {
        let leftOut = Set(leftOut.map(\.target))
        return try await targets(in: [.failed, .ambiguous], of: announcement).compactMap { target in
            let place = target.group?.text ?? target.path
            guard !tried.contains(target.effect), !leftOut.contains(place) else { return nil }
            guard target.state == .failed else { return .ambiguous(place, announcement, target.message) }
            return Finding(
                kind: target.code == GraphError.Code.keyReused.rawValue ? .changed : .failed,
                announcement: announcement,
                target: place,
                code: target.code,
                message: target.message ?? "It was refused."
            )
        }
    }

    /// The run's effects of an announcement that are in one of these states.
    private func targets(in states: [EffectState], of announcement: String) async throws -> [TargetRecord] {
        var found: [TargetRecord] = []
        try await delivery.ledger.forEachPage(of: .runs([delivery.lease.run]), in: states) { page in
            found += page.filter { $0.announcement == announcement }
        }
        return found
    }
}
