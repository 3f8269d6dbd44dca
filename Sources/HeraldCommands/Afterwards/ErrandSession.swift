import Announcements
import ArgumentParser
import GraphModel
import Logging
import ScriptHost
import Storage
import Synchronization

/// Options of the commands that go on with what a run has done.
struct ErrandOptions: ParsableArguments {
    @OptionGroup var backend: BackendOptions
    @OptionGroup var approval: ApprovalOptions
    @Flag(help: "Write the report as one JSON document to standard output.")
    var json = false
    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false
    @OptionGroup var following: FollowingOptions
    @OptionGroup var limit: LimitOptions

    /// Begins an errand about a run.
    ///
    /// - Parameters:
    ///   - herald: The outside world.
    ///   - run: The run that a person means.
    ///   - errand: What is to be done about it.
    /// - Returns: What the shell is told.
    /// - Throws: Why it could not be begun, or carried out.
    func execute(
        in herald: HeraldEnvironment,
        about run: String,
        _ errand: (RunRecord, Ledger) async throws -> some Errand
    ) async throws -> ExitStatus {
        try await backend.with(herald) { backend, ledger in
            let origin = try await ledger.only(run, by: backend.choice)
            if let holder = try await ledger.runsAtWork(at: herald.now())[origin.id] {
                throw Failure(
                    .failed,
                    "The run \(origin.id) is still at work, in \(holder.text). Wait for it to end, or stop it."
                )
            }
            let session = ErrandSession(
                herald: herald,
                backend: backend,
                ledger: ledger,
                asksFrom: approval.threshold(isEmbedded: backend.permits == nil),
                saysYes: approval.yes,
                events: try following.log(in: herald),
                notice: EndNotice(command: following.notify),
                limits: limit
            )
            return try await session.begin(try await errand(origin, ledger), about: origin, presentation)
        }
    }

    private var presentation: RunSession.Presentation { RunSession.Presentation(json: json, quiet: quiet) }
}

/// One run that executes an errand, from its record in the ledger to its report.
struct ErrandSession {
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
    var limits: LimitOptions

    /// The errand of each kind of run that executes one.
    private static func errand(of kind: RunRecord.Kind) -> (any Errand.Type)? {
        switch kind {
        case .retry: RetryErrand.self
        case .undo: UndoErrand.self
        case .correct: CorrectErrand.self
        case .run, .apply: nil
        }
    }

    /// Whether runs of a kind execute an errand.
    static func executes(_ kind: RunRecord.Kind) -> Bool { errand(of: kind) != nil }

    /// Begins an errand as a new run.
    func begin(
        _ errand: some Errand,
        about origin: RunRecord,
        _ presentation: RunSession.Presentation
    ) async throws -> ExitStatus {
        // Nothing is begun while it is unknown who is to be left out.
        let suppressed = try SuppressionList(herald).groups()
        let source = errand.files[RunPlace.scriptPath]
        let record = RunRecord(
            id: RunRecord.newID(at: herald.now()),
            kind: type(of: errand).kind,
            origin: origin.id,
            script: errand.script ?? origin.script,
            scriptHash: source.map { SHA256.hash($0).hexadecimal } ?? origin.scriptHash,
            arguments: errand.arguments,
            backend: backend.name,
            operatorName: backend.caller.displayName,
            grants: backend.grants,
            state: .running,
            startedAt: herald.now()
        )
        let lease = try await ledger.begin(record, keeping: errand.files)
        return try await execute(errand, record, lease, about: origin, excluding: suppressed, presentation)
    }

    /// Goes on with the errand of a run.
    func resume(_ record: RunRecord, _ presentation: RunSession.Presentation) async throws -> ExitStatus {
        guard let kind = Self.errand(of: record.kind), let name = record.origin else {
            throw Failure(.failed, "The run \(record.id) executes no errand.")
        }
        let origin = try await ledger.only(name)
        let errand = try await kind.init(record, ledger: ledger)
        let suppressed = try SuppressionList(herald).groups()
        var record = record
        let resumed = try await ledger.resume(
            record.id,
            by: backend.caller.displayName,
            grants: backend.grants,
            at: herald.now()
        )
        switch resumed {
        case .failure(let held):
            throw Failure(
                .failed,
                "The run \(held.run) is still at work, in \(held.holder). Wait for it to end, or stop it."
            )
        case .success(let lease):
            record.state = .running
            record.endedAt = nil
            record.message = nil
            return try await execute(errand, record, lease, about: origin, excluding: suppressed, presentation)
        }
    }

    private func execute(
        _ errand: any Errand,
        _ record: RunRecord,
        _ lease: Lease,
        about origin: RunRecord,
        excluding suppressed: Set<GroupID>,
        _ presentation: RunSession.Presentation
    ) async throws -> ExitStatus {
        let screen = RunScreen(
            herald,
            json: presentation.json,
            quiet: presentation.quiet,
            backend: backend,
            events: events
        )
        let start = herald.uptime()
        backend.notices?.listen { [logger = screen.logger] in logger.notice("\($0)") }
        let site = ErrandSite(
            herald: herald,
            backend: backend,
            ledger: ledger,
            lease: lease,
            record: record,
            origin: origin,
            screen: screen,
            approval: Approval(herald, backend: backend, threshold: asksFrom, saysYes: saysYes),
            saysYes: saysYes,
            isQuiet: presentation.quiet,
            suppressed: suppressed,
            limits: limits,
            now: herald.now
        )
        let interruption = Interruption {
            screen.say("interrupted: waiting for what is in flight; again to quit at once")
        }
        events?.began(record)
        let result = ErrandResult()
        await ledger.keepingAlive(lease, now: herald.now) {
            await screen.showingWaits {
                await interruption.during { await result.keep { try await errand.carryOut(site) } }
            }
        }
        let ending = interruption.wasRequested ? .interrupted : result.ending
        var ended = record
        ended.state = ending?.state ?? .failed
        ended.end(at: herald.now())
        ended.message = ending.map(\.message) ?? result.error.map { Failure($0).message }
        // Where nothing was done there is nothing to remember, and 'last' still means the run before.
        if let ending, ending.isWithoutEffect, try await ledger.forget(lease, at: herald.now()) {
            events?.ended(ended)
            if let message = ending.message {
                try herald.error.line(herald.error.styled("error", .red) + ": " + herald.error.shown(message))
                if presentation.json { try herald.output.write(Failure(.failed, message).json + [UInt8(ascii: "\n")]) }
            } else if case .idle(let tallies) = ending, presentation.json {
                let report = try await idleReport(of: ended, about: origin, tallies)
                try herald.output.write(report.json + [UInt8(ascii: "\n")])
            }
            return ending.status
        }
        defer { events?.ended(ended) }
        do { try await ledger.end(lease, ended.state, message: ended.message, at: herald.now()) } catch {
            throw Failure(error, endOf: ended, backend.choice)
        }
        if let error = result.error, ending == nil { throw error }
        var report = try await ledger.report(ended, findings: 10_000)
        report.choice = backend.choice
        report.isSaid = screen.saidFindings
        let status = try show(report, ending ?? .interrupted, screen, presentation)
        await notice.give(report, after: herald.uptime() - start, in: herald)
        if status == .done, let failure = screen.outputFailure { throw failure }
        return status
    }

    /// What a run that had nothing to do tells programs: all of the announcements that it could have been about.
    private func idleReport(
        of run: RunRecord,
        about origin: RunRecord,
        _ tallies: [AnnouncementTally]
    ) async throws -> RunReport {
        let named = Set(tallies.map(\.name))
        let others = try await ledger.announcements(of: try await ledger.family(of: origin.id))
            .filter { !named.contains($0) }.map { AnnouncementTally(name: $0) }
        return RunReport(
            run: run,
            tallies: (tallies + others).sorted { $0.name < $1.name },
            findings: [],
            writes: (0, 0)
        )
    }

    private func show(
        _ report: RunReport,
        _ ending: ErrandEnding,
        _ screen: RunScreen,
        _ presentation: RunSession.Presentation
    ) throws -> ExitStatus {
        if let message = ending.message {
            try herald.error.line(herald.error.styled("error", .red) + ": " + herald.error.shown(message))
        }
        if presentation.json {
            try herald.output.write(report.json + [UInt8(ascii: "\n")])
        } else if !presentation.quiet || ending != .done || !report.isComplete {
            for line in report.lines { try? herald.error.line(herald.error.shown(line)) }
            switch ending {
            case .interrupted, .stopped:
                try? herald.error.line("Go on with: " + backend.choice.hint("resume \(report.run.id)"))
            case .done, .idle, .refused: break
            }
        }
        return ending.status == .done && !report.isComplete ? .targetsFailed : ending.status
    }
}

/// How an errand ended, brought out of the task that did it.
private final class ErrandResult: Sendable {
    private let result = Mutex<Result<ErrandEnding, any Error>?>(nil)

    var ending: ErrandEnding? {
        result.withLock { if case .success(let ending) = $0 { ending } else { nil } }
    }

    var error: (any Error)? {
        result.withLock { if case .failure(let error) = $0 { error } else { nil } }
    }

    func keep(_ work: () async throws -> ErrandEnding) async {
        let new: Result<ErrandEnding, any Error>
        do { new = .success(try await work()) } catch { new = .failure(error) }
        result.withLock { $0 = new }
    }
}
