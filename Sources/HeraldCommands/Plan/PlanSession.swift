import Announcements
import Foundation
import GraphClient
import GraphModel
import Logging
import LuaRuntime
import ScriptHost
import Synchronization

/// The making of a plan from the command line: a script is executed, and what it would send is stored.
struct PlanSession {
    let herald: HeraldEnvironment
    let backend: RunBackend
    let ledger: Ledger
    let presentation: RunSession.Presentation

    /// Executes a script, stores the plan and says what is in it.
    ///
    /// - Parameters:
    ///   - job: The script, and what it is run on.
    ///   - file: Where the plan is written besides; nil for nowhere.
    /// - Returns: What the shell is told.
    /// - Throws: Why the plan cannot be made or stored.
    func make(_ job: RunSession.Job, file: String?) async throws -> ExitStatus {
        let screen = RunScreen(herald, json: presentation.json, quiet: presentation.quiet, backend: backend)
        backend.notices?.listen { [logger = screen.logger] in logger.notice("\($0)") }
        let recorder = try await PlanRecorder(header(of: job), ledger: ledger)
        let interruption = Interruption { screen.say("interrupted: nothing has been sent; again to quit at once") }
        let previews = Mutex<[RunMonitor.Preview]>([])
        let context = try context(
            of: job,
            recorder,
            monitor(screen) { preview in previews.withLock { $0.append(preview) } },
            screen
        )
        let outcome = Outcome()
        await screen.showingWaits {
            await interruption.during {
                await outcome.keep {
                    let scriptRun = try ScriptRun(job.script, context: context, limits: job.limits)
                    defer { outcome.sources = scriptRun.sources }
                    try await scriptRun.execute()
                }
            }
        }
        let sources = outcome.sources.isEmpty ? [job.script.name: job.script.source] : outcome.sources
        let verdict = Verdict(outcome.error, interrupted: interruption.wasRequested, sources: sources)
        guard verdict.status == .done else {
            try await recorder.discard()
            try verdict.problem?.write(to: herald.error)
            return verdict.status
        }
        let plan = try await recorder.finish()
        var report = try await PlanReport(plan, ledger: ledger, previews: previews.withLock { $0 }, screen: screen)
        report.choice = backend.choice
        if let file { try await write(plan, to: file) }
        if presentation.json {
            try herald.output.write(report.json + [UInt8(ascii: "\n")])
        } else if !presentation.quiet || !report.isComplete {
            let takenBack = try await ledger.takenBack(of: previews.withLock { $0.map(\.tally) })
            for (name, count) in takenBack.sorted(by: { $0.key < $1.key }) {
                try herald.error.line(herald.error.shown("\(name):" + RunReport.takenBackLine(count).dropFirst()))
            }
            for line in report.lines { try herald.error.line(herald.error.shown(line)) }
            if let file { try herald.error.line(herald.error.shown("It is in \(file), too.")) }
        }
        if let failure = screen.outputFailure { throw failure }
        return report.isComplete ? .done : .targetsFailed
    }

    /// Writes the plan to a file besides; it stays in the ledger if that fails.
    private func write(_ plan: PlanRecord, to file: String) async throws {
        do { try await PlanFile.write(plan, of: ledger, to: herald.path(file)) } catch {
            throw Failure(
                .failed,
                "\(file): the plan cannot be written there: \(Failure(error).message.withoutFullStop). It is kept as \(plan.id); look closer "
                    + "with: \(backend.choice.hint("plan show \(plan.id)"))"
            )
        }
    }

    private var now: @Sendable () -> Int64 { herald.now }

    private func header(of job: RunSession.Job) -> PlanRecord {
        PlanRecord(
            id: RunRecord.newID(at: now()),
            script: job.script.name,
            scriptHash: SHA256.hash(job.script.source).hexadecimal,
            arguments: job.arguments,
            backend: backend.name,
            operatorName: backend.caller.displayName,
            createdAt: now()
        )
    }

    /// Grants are looked at as in a run; nobody is asked, since nothing is sent.
    private func monitor(
        _ screen: RunScreen,
        _ note: @escaping @Sendable (RunMonitor.Preview) -> Void
    ) -> RunMonitor {
        let approval = Approval(herald, backend: backend, threshold: nil)
        var monitor = screen.monitor(approval)
        monitor.confirm = { [backend] preview in
            let answer = await approval.answer(to: preview)
            guard answer == .goAhead else { return answer }
            backend.reserve?(preview.toSend)
            note(preview)
            return answer
        }
        return monitor
    }

    private func context(
        of job: RunSession.Job,
        _ recorder: PlanRecorder,
        _ monitor: RunMonitor,
        _ screen: RunScreen
    ) throws -> ScriptContext {
        let plan = recorder.plan
        let service = PlanningService(
            backend.service,
            recorder: recorder,
            tellsReplies: backend.reconciler == nil,
            grant: backend.refusal,
            targets: backend.planReader(.audience),
            now: now
        )
        var context = ScriptContext(
            service: service,
            // Nothing goes past the recorder, whatever asks for it.
            sender: Sender(service, reconciler: backend.reconciler, now: now),
            ledger: ledger,
            run: RunRecord(
                id: plan.id,
                script: plan.script,
                scriptHash: plan.scriptHash,
                arguments: plan.arguments,
                backend: plan.backend,
                operatorName: plan.operatorName,
                state: .running,
                startedAt: plan.createdAt
            ),
            lease: .none(plan.id),
            caller: backend.caller,
            files: ScriptFiles(folder: URL(fileURLWithPath: job.folder)) { path, url in
                try ScriptFiles.readFromDisk(path, url)
            },
            monitor: monitor,
            logger: screen.logger,
            width: backend.width,
            now: now,
            journal: RunJournal { _ in }
        )
        context.plan = recorder
        context.suppressed = try SuppressionList(herald).groups()
        context.targets = backend.planReader(.everything)
        return context
    }
}
