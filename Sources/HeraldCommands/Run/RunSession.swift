import Announcements
import Foundation
import GraphClient
import GraphModel
import Logging
import LuaRuntime
import ScriptHost
import Storage

/// One execution of a script from the command line: the backend, the ledger and the sandbox, put together.
struct RunSession {
    /// A script with what it is run on.
    struct Job {
        /// nil begins a new run; a record resumes it.
        var resuming: RunRecord?
        var script: LuaChunk
        /// The folder below which the script reads files.
        var folder: String
        var arguments: [String]
        var limits: ScriptLimits
        /// The plan that is carried out; nil for a script that is executed.
        var plan: PlanRecord?
    }

    /// How the report is given.
    struct Presentation {
        var json = false
        var quiet = false
    }

    let herald: HeraldEnvironment
    let backend: RunBackend
    let ledger: Ledger
    /// From how many posts of an announcement on somebody is asked; nil if nobody is.
    var asksFrom: Int?
    /// Whether every question counts as answered with yes.
    var saysYes = false
    /// Where events are written; nil for nowhere.
    var events: EventLog?
    /// How somebody is called back at the end.
    var notice = EndNotice()

    var place: RunPlace {
        RunPlace(
            backend: backend,
            ledger: ledger,
            now: now,
            // A replay's clock is set by nobody.
            uptime: backend.clock == nil ? herald.uptimeMicroseconds : nil,
            wait: herald.wait
        )
    }

    /// Gives microseconds since 1970: by the machine's clock, or by that of a replay.
    var now: @Sendable () -> Int64 {
        guard let clock = backend.clock else { return herald.now }
        return { clock.timeOfDay }
    }

    /// Executes a job, shows how it goes, and reports.
    func execute(_ job: Job, _ presentation: Presentation) async throws -> ExitStatus {
        let screen = RunScreen(
            herald,
            json: presentation.json,
            quiet: presentation.quiet,
            backend: backend,
            events: events
        )
        let start = herald.uptime()
        let approval = Approval(herald, backend: backend, threshold: asksFrom, saysYes: saysYes)
        backend.notices?.listen { [logger = screen.logger] in logger.notice("\($0)") }
        let suppressed = try SuppressionList(herald).groups()
        var (record, lease) = try await begin(job)
        events?.began(record)
        let interruption = Interruption {
            screen.say("interrupted: waiting for what is in flight; again to quit at once")
        }
        let journal = job.resuming == nil ? [] : try await ledger.journal(run: record.id)
        let context = place.context(
            of: record,
            lease: lease,
            folder: job.folder,
            suppressed: suppressed,
            repeating: journal,
            monitor: screen.monitor(approval),
            logger: screen.logger
        )
        let outcome = Outcome()
        await ledger.keepingAlive(lease, now: now) {
            await screen.showingWaits {
                await interruption.during {
                    await outcome.keep {
                        if let plan = job.plan {
                            return try await apply(plan, isResumed: job.resuming != nil, context)
                        }
                        let scriptRun = try ScriptRun(job.script, context: context, limits: job.limits)
                        defer { outcome.sources = scriptRun.sources }
                        try await scriptRun.execute()
                    }
                }
            }
        }
        let sources = outcome.sources.isEmpty ? [job.script.name: job.script.source] : outcome.sources
        let verdict = Verdict(outcome.error, interrupted: interruption.wasRequested, sources: sources)
        record.state = verdict.state
        record.end(at: now())
        record.message = verdict.problem?.summary
        var report: RunReport
        do {
            try await ledger.end(lease, record.state, message: record.message, at: now())
            report = RunReport(
                run: record,
                tallies: try await ledger.tallies(run: record.id),
                findings: try await ledger.findings(run: record.id, limit: 10_000),
                writes: try await ledger.writes(run: record.id),
                problem: verdict.problem?.summary,
                isKept: backend.clock == nil
            )
            report.choice = backend.choice
            report.names = try await ledger.names(of: report.findings)
            report.takenBack = try await ledger.takenBack(of: report.tallies)
            report.isSaid = screen.saidFindings
        } catch {
            events?.ended(record)
            throw Failure(error, endOf: record, backend.choice)
        }
        events?.ended(record)
        try show(report, verdict, presentation, screen)
        await notice.give(report, after: herald.uptime() - start, in: herald)
        if verdict.status == .done, let failure = screen.outputFailure { throw failure }
        return verdict.status == .done && !report.isComplete ? .targetsFailed : verdict.status
    }

    private func begin(_ job: Job) async throws -> (record: RunRecord, lease: Lease) {
        guard var record = job.resuming else {
            if let plan = job.plan {
                do { return try await place.begin(applying: plan) } catch let fault as PlanFault {
                    // Another process was first.
                    guard let run = fault.appliedBy else { throw fault }
                    throw try await Failure(applied: plan, by: run, in: ledger, backend.choice)
                }
            }
            return try await place.begin(job.script, folder: job.folder, arguments: job.arguments)
        }
        let resumed = try await ledger.resume(
            record.id,
            by: backend.caller.displayName,
            grants: backend.grants,
            at: now()
        )
        switch resumed {
        case .success(let lease):
            record.state = .running
            record.endedAt = nil
            return (record, lease)
        case .failure(let held):
            throw Failure(
                .failed,
                "The run \(held.run) is still at work, in \(held.holder). Wait for it to end, or stop it."
            )
        }
    }

    private func show(
        _ report: RunReport,
        _ verdict: Verdict,
        _ presentation: Presentation,
        _ screen: RunScreen
    ) throws {
        // A terminal that has gone is no reason to fail what is done.
        try? verdict.problem?.write(to: herald.error)
        if presentation.json {
            try herald.output.write(report.json + [UInt8(ascii: "\n")])
        } else if !presentation.quiet || verdict.status != .done || !report.isComplete {
            for line in report.lines { try? herald.error.line(herald.error.shown(line)) }
            guard report.isKept else { return }
            if verdict.status == .interrupted || verdict.state == .held
                || report.tallies.contains(where: { $0.unsent > 0 })
            {
                try? herald.error.line("Go on with: " + backend.choice.hint("resume \(report.run.id)"))
            }
        }
    }
}

/// How a script ended, brought out of the task that ran it.
final class Outcome: @unchecked Sendable {  // written once, by a task that is awaited before it is read
    private(set) var error: (any Error)?
    var sources: [String: [UInt8]] = [:]

    func keep(_ work: () async throws -> Void) async {
        do { try await work() } catch { self.error = error }
    }
}

/// What an ending means.
struct Verdict {
    var state: RunRecord.State
    var status: ExitStatus
    var problem: ScriptProblem?

    init(_ error: (any Error)?, interrupted: Bool, sources: [String: [UInt8]]) {
        guard let error else {
            (state, status, problem) = (.finished, .done, nil)
            return
        }
        if interrupted {
            (state, status, problem) = (.interrupted, .interrupted, nil)
            return
        }
        let found = error as? LuaError ?? LuaError(.runtime, "\(error)")
        state = .failed
        if found.code == HostError.heldCode {
            (state, status) = (.held, .targetsFailed)
            problem = ScriptProblem(found, sources: sources)
            return
        }
        let isUsage = found.code.map(Approval.usageCodes.contains) ?? false
        status = found.isLimit ? .limit : isUsage ? .usage : .failed
        problem = ScriptProblem(found, sources: sources)
    }
}
