import Announcements
import EmbeddedGraph
import Foundation
import GraphModel
import LuaRuntime
import ScriptHost
import Storage

/// One execution of a script from the command line: the store, the ledger and the sandbox, put together.
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
    }

    /// How the report is given.
    struct Presentation {
        var json = false
        var quiet = false
    }

    /// How many requests an announcement keeps under way on the embedded store: enough for its commits to be shared.
    private static let width = 256
    /// Under this path, which no file of a script's can have, the ledger keeps the script itself.
    static let scriptPath = "/script"
    /// Under this path, which no file of a script's can have, the ledger keeps the folder that its files were read from.
    static let folderPath = "/folder"

    let herald: HeraldEnvironment
    let store: EmbeddedGraph
    let ledger: Ledger

    /// Executes a job, shows how it goes, and reports.
    func execute(_ job: Job, _ presentation: Presentation) async throws -> ExitStatus {
        let screen = RunScreen(herald, json: presentation.json, quiet: presentation.quiet)
        var record = try await begin(job)
        let interruption = Interruption {
            screen.say("interrupted: waiting for what is in flight; again to quit at once")
        }
        let journal = job.resuming == nil ? [] : try await ledger.journal(run: record.id)
        let context = context(job, record, screen, journal)
        let outcome = Outcome()
        await interruption.during {
            await outcome.keep {
                let scriptRun = try ScriptRun(job.script, context: context, limits: job.limits)
                defer { outcome.sources = scriptRun.sources }
                try await scriptRun.execute()
            }
        }
        let sources = outcome.sources.isEmpty ? [job.script.name: job.script.source] : outcome.sources
        let verdict = Verdict(outcome.error, interrupted: interruption.wasRequested, sources: sources)
        record.state = verdict.state
        record.endedAt = herald.now()
        record.message = verdict.problem?.summary
        try await ledger.end(record.id, record.state, message: record.message, at: herald.now())
        let report = RunReport(
            run: record,
            tallies: try await ledger.tallies(run: record.id),
            findings: try await ledger.findings(run: record.id, limit: 10_000),
            writes: try await ledger.writes(run: record.id),
            problem: verdict.problem?.summary
        )
        try show(report, verdict, presentation, screen)
        if verdict.status == .done, let failure = screen.outputFailure { throw failure }
        return verdict.status == .done && !report.isComplete ? .targetsFailed : verdict.status
    }

    private func begin(_ job: Job) async throws -> RunRecord {
        if var record = job.resuming {
            try await ledger.resume(record.id)
            record.state = .running
            record.endedAt = nil
            return record
        }
        let record = RunRecord(
            id: RunRecord.newID(at: herald.now()),
            script: job.script.name,
            scriptHash: SHA256.hash(job.script.source).hexadecimal,
            arguments: job.arguments,
            backend: store.path,
            operatorName: store.operatorCaller.displayName,
            state: .running,
            startedAt: herald.now()
        )
        // In one transaction: a run that is in the ledger can be resumed, whenever it dies.
        try await ledger.begin(
            record,
            keeping: [Self.scriptPath: job.script.source, Self.folderPath: Array(job.folder.utf8)]
        )
        return record
    }

    private func context(
        _ job: Job,
        _ record: RunRecord,
        _ screen: RunScreen,
        _ journal: [JournalEntry]
    ) -> ScriptContext {
        let ledger = ledger
        let run = record.id
        let files = ScriptFiles(folder: URL(fileURLWithPath: job.folder)) { path, url in
            // A resumed run sees the files as it saw them first.
            if let kept = try await ledger.kept(path, run: run) { return kept }
            let bytes = try ScriptFiles.readFromDisk(path, url)
            try await ledger.keep(bytes, path: path, run: run)
            return bytes
        }
        return ScriptContext(
            service: LedgerService(store, ledger: ledger, run: run, now: herald.now),
            backend: store,
            ledger: ledger,
            run: record,
            caller: store.operatorCaller,
            files: files,
            monitor: screen.monitor,
            logger: screen.logger,
            width: Self.width,
            now: herald.now,
            journal: RunJournal(repeating: journal) { entries in try await ledger.append(entries, run: run) }
        )
    }

    private func show(
        _ report: RunReport,
        _ verdict: Verdict,
        _ presentation: Presentation,
        _ screen: RunScreen
    ) throws {
        if let problem = verdict.problem {
            let summary = herald.error.shown(problem.summary)
            try herald.error.line(herald.error.styled("error", .red) + ": " + summary)
            for line in problem.details { try herald.error.line(herald.error.shown(line)) }
        }
        if presentation.json {
            try herald.output.write(report.json + [UInt8(ascii: "\n")])
        } else if !presentation.quiet || verdict.status != .done || !report.isComplete {
            for line in report.lines { try herald.error.line(herald.error.shown(line)) }
            if verdict.status == .interrupted || report.tallies.contains(where: { $0.unsent > 0 }) {
                try herald.error.line("Go on with: herald resume \(report.run.id)")
            }
        }
    }
}

/// How a script ended, brought out of the task that ran it.
private final class Outcome: @unchecked Sendable {  // written once, by a task that is awaited before it is read
    private(set) var error: (any Error)?
    var sources: [String: [UInt8]] = [:]

    func keep(_ work: () async throws -> Void) async {
        do { try await work() } catch { self.error = error }
    }
}

/// What an ending means.
private struct Verdict {
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
        status = found.isLimit ? .limit : .failed
        problem = ScriptProblem(found, sources: sources)
    }
}

extension RunRecord {
    /// A new run's name: when it started, and four random characters.
    static func newID(at time: Int64) -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let moment = GraphDate(microseconds: time).text.filter { $0.isNumber || $0 == "T" }
        return moment + "-" + String((0..<4).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
