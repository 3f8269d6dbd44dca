import Announcements
import GraphModel
import LuaRuntime
import ScriptHost

extension RunSession {
    /// Carries out a plan in a run that has begun.
    func apply(_ plan: PlanRecord, isResumed: Bool, _ context: ScriptContext) async throws {
        let largest = max(1, try await ledger.largestPart(ofPlan: plan.id))
        let course = PlanCourse(
            plan,
            ledger: ledger,
            service: context.service,
            delivery: Delivery(
                ledger: ledger,
                lease: context.lease,
                sender: context.sender,
                caller: context.caller,
                // Fewer where each is large, so that memory does not grow with them.
                width: max(2, min(context.width, (32 << 20) / largest))
            ),
            excluding: context.suppressed
        )
        try await course.run(
            PlanCourse.Watcher(
                confirm: { tally, groups, replies in
                    // The rest of what was begun is asked for once more; else the answer is there already.
                    guard isResumed else { return }
                    var preview = RunMonitor.Preview(tally: tally, groups: groups)
                    preview.replies = replies
                    if let refusal = await context.monitor.confirm(preview).refusal(of: tally.name) { throw refusal }
                },
                watch: context.monitor.watch,
                finished: { tally, findings, halt in
                    context.monitor.finished(tally, findings)
                    guard let halt else { return }
                    let error = HostError(halt, of: tally.name, tally)
                    var raised = LuaError(.runtime, error.message)
                    raised.code = error.code
                    throw raised
                }
            )
        )
    }
}

extension RunMonitor.Answer {
    /// Why an announcement is not sent, as a run ends by it; nil if it is.
    func refusal(of name: String) -> LuaError? {
        guard case .refuse(let code, let reason) = self else { return nil }
        var error = LuaError(.runtime, "'\(name)': \(reason); nothing was sent")
        error.code = code
        return error
    }
}
