import Announcements
import GraphModel
import LuaRuntime
import ScriptHost

/// Sees to it that a plan may be carried out, before a run of it begins.
struct PlanInspection {
    let backend: RunBackend
    let ledger: Ledger
    let screen: RunScreen
    /// The groups that want no announcement at all.
    var suppressed: Set<GroupID> = []

    /// Looks at everything that can keep a plan from being carried out; nothing of it has been sent.
    ///
    /// - Throws: ``Failure`` that names it; ``LuaError`` if it was not granted, or declined.
    func inspect(_ plan: PlanRecord, approval: Approval) async throws {
        if let run = plan.appliedBy {
            throw try await Failure(applied: plan, by: run, in: ledger, backend.choice)
        }
        try await check(plan)
        let changes = try await ledger.changes(since: plan, reader: backend.planReader(.audience))
        guard changes.count == 0 else {
            var lines = [
                "The plan \(plan.id) does not fit any more: \(changes.count.grouped) of its targets "
                    + "\(changes.count == 1 ? "has" : "have") changed since it was made. Nothing was sent; make it anew."
            ]
            lines += changes.sentences.map { "  " + $0 }
            if changes.count > changes.sentences.count {
                lines.append("  and \((changes.count - changes.sentences.count).grouped) more")
            }
            throw Failure(.failed, lines.joined(separator: "\n"))
        }
        try await confirm(plan, approval)
    }

    /// Sees to it that a plan is what it was when it was made, and was made for the backend.
    func check(_ plan: PlanRecord) async throws {
        guard plan.backend == backend.name else {
            throw Failure(
                .failed,
                "The plan \(plan.id) was made for \(plan.backend), and this is \(backend.name). Make it anew here."
            )
        }
        guard try await ledger.planHash(plan.id) == plan.hash else {
            throw Failure(
                .failed,
                "The plan \(plan.id) was changed after it was made: its hash does not fit what it holds. Make it anew."
            )
        }
    }

    /// Sees to it that what is sent was granted, and asks where somebody is to be asked.
    private func confirm(_ plan: PlanRecord, _ approval: Approval) async throws {
        var reserved = 0
        // What was counted here is counted again when it is sent.
        defer { backend.reserve?(-reserved) }
        let counts = try await ledger.counts(ofPlan: plan.id)
        for planned in try await ledger.announcements(ofPlan: plan.id) {
            let preview = try await preview(of: planned, counts[planned.name] ?? [:], plan)
            screen.summarize(preview)
            if let refusal = await approval.answer(to: preview).refusal(of: planned.name) { throw refusal }
            backend.reserve?(preview.toSend)
            reserved += preview.toSend
        }
        guard let refusal = backend.refusal else { return }
        var last: Int64 = 0
        while true {
            let page = try await ledger.planItems(plan.id, .writes, after: last)
            guard let end = page.last?.ordinal else { return }
            last = end
            for item in page {
                let (path, query) = item.address
                let request = GraphRequest(item.method, path, query: query, caller: backend.caller)
                if let error = try await refusal(request)?.error {
                    throw Failure(.failed, "Effect \(item.ordinal) of the plan: \(error.message) Nothing was sent.")
                }
                if PlannedWrite.makesPost(item) { reserved += 1 }
            }
        }
    }

    private func preview(
        of planned: PlanAnnouncement,
        _ counts: [PlanItem.Decision: Int],
        _ plan: PlanRecord
    ) async throws -> RunMonitor.Preview {
        var tally = AnnouncementTally(name: planned.name)
        tally.targets = planned.targets
        tally.skipped = planned.skipped
        tally.excluded = planned.excluded
        tally.already = counts[.already] ?? 0
        tally.changed = counts[.changed] ?? 0
        tally.ambiguous = counts[.ambiguous] ?? 0
        tally.failed = counts[.refused] ?? 0
        let all = try await ledger.targets(ofPlan: plan.id, announcement: planned.name)
        let groups = all.subtracting(suppressed)
        tally.targets -= all.count - groups.count
        tally.excluded += all.count - groups.count
        let refused = try await ledger.planItems(plan.id, .refused(planned.name), limit: 3)
        var preview = RunMonitor.Preview(tally: tally, groups: groups)
        preview.replies = try await ledger.replies(ofPlan: plan.id, announcement: planned.name).intersection(groups)
            .count
        preview.refused = refused.map { AnnouncementDraft.Refusal($0) }
        preview.waves = try Waves(json: planned.settings)
        return preview
    }
}

extension Failure {
    /// Why a plan that was applied is not applied again.
    init(applied plan: PlanRecord, by run: String, in ledger: Ledger, _ choice: LedgerChoice) async throws {
        let state = try await ledger.runs(named: run).first?.state.rawValue ?? "gone"
        self.init(
            .failed,
            "The plan \(plan.id) was applied by the run \(run), which is \(state). See what came of it with: "
                + choice.hint("show \(run)") + ". If it did not come to its end, go on with: "
                + choice.hint("resume \(run)")
        )
    }
}

extension AnnouncementDraft.Refusal {
    /// What a plan says of a group that does not take its post.
    init(_ item: PlanItem) {
        let message = item.message ?? "The group does not take it."
        let predicate = message.hasPrefix("The group ") ? String(message.dropFirst(10)) : message
        self.init(
            group: item.targetName ?? item.target?.text ?? "",
            predicate: predicate.hasSuffix(".") ? String(predicate.dropLast()) : predicate
        )
    }
}

/// What can be told of a single write without carrying it out.
enum PlannedWrite {
    /// Whether it makes a post.
    static func makesPost(_ item: PlanItem) -> Bool {
        guard item.method == .post else { return false }
        let last = item.address.path.split(separator: "/").last?.lowercased() ?? ""
        return ["conversations", "threads", "reply", "forward"].contains(last)
    }
}
