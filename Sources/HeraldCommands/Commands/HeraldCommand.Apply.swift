import Announcements
import ArgumentParser
import LuaRuntime
import ScriptHost

extension HeraldCommand {
    /// `herald apply`.
    struct Apply: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Send exactly what a plan holds.",
            discussion: """
                Before anything is sent the plan's targets are looked at once more. If one has vanished, goes by another name \
                or has an audience that grew by more than a fifth, nothing is sent, and each is named; nor is a plan sent that \
                was changed, was made for another backend, or was applied before. What is sent is a run like any other: \
                herald show shows it, and herald resume goes on with one that did not come to its end.

                Examples:

                  herald apply last
                  herald apply wellness.plan
                """
        )

        @Argument(help: "The plan: its name, the beginning of it, 'last', or a file made with herald plan -o.")
        var plan: String
        @OptionGroup var backend: BackendOptions
        @OptionGroup var approval: ApprovalOptions
        @Flag(help: "Write the report as one JSON document to standard output.")
        var json = false
        @Flag(help: "Say nothing but warnings and errors.")
        var quiet = false
        @OptionGroup var following: FollowingOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try await backend.with(herald) { backend, ledger in
                let plan = try await ledger.onlyPlan(plan, in: herald, by: backend.choice)
                let events = try following.log(in: herald)
                let threshold = approval.threshold(isEmbedded: backend.permits == nil)
                let inspection = PlanInspection(
                    backend: backend,
                    ledger: ledger,
                    screen: RunScreen(herald, json: json, quiet: quiet, backend: backend, events: events),
                    suppressed: try SuppressionList(herald).groups()
                )
                do {
                    try await inspection.inspect(
                        plan,
                        approval: Approval(herald, backend: backend, threshold: threshold, saysYes: approval.yes)
                    )
                } catch let refusal as LuaError {
                    let isUsage = refusal.code.map(Approval.usageCodes.contains) ?? false
                    throw Failure(isUsage ? .usage : .failed, "The plan \(plan.id): \(refusal.message).")
                }
                var session = RunSession(herald: herald, backend: backend, ledger: ledger)
                session.asksFrom = threshold
                session.saysYes = approval.yes
                session.events = events
                session.notice = EndNotice(command: following.notify)
                return try await session.execute(
                    RunSession.Job(plan),
                    RunSession.Presentation(json: json, quiet: quiet)
                )
            }
        }
    }
}

extension RunSession.Job {
    /// The carrying out of a plan; `run` is the one that is resumed.
    init(_ plan: PlanRecord, resuming run: RunRecord? = nil) {
        self.init(
            resuming: run,
            script: LuaChunk(name: plan.script, source: []),
            folder: "",
            arguments: plan.arguments,
            limits: ScriptLimits(),
            plan: plan
        )
    }

    /// The rest of a run that carries out a plan.
    ///
    /// - Throws: ``Failure`` if the plan is not as it was.
    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    static func rest(of run: RunRecord, in ledger: Ledger) async throws -> RunSession.Job {
        guard let id = run.origin, let plan = try await ledger.plan(id) else {
            throw Failure(.failed, "The ledger does not have the plan of the run \(run.id).")
        }
        guard try await ledger.planHash(id) == plan.hash else {
            throw Failure(.failed, "The plan \(id) of the run \(run.id) was changed after the run began.")
        }
        return RunSession.Job(plan, resuming: run)
    }
}
