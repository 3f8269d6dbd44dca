import Announcements
import ArgumentParser
import EmbeddedGraph

/// What `run` and `resume` have in common.
struct RunOptions: ParsableArguments {
    @OptionGroup var backend: BackendOptions
    @OptionGroup var approval: ApprovalOptions
    @OptionGroup var recording: RecordingOptions
    @Flag(
        help: "Write the report as one JSON document to standard output; what the script prints goes to standard error."
    )
    var json = false
    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false
    @OptionGroup var following: FollowingOptions
    @OptionGroup var limit: LimitOptions

    var presentation: RunSession.Presentation {
        RunSession.Presentation(json: json, quiet: quiet)
    }

    /// Executes a job on the backend, with the ledger that belongs to it.
    func execute(
        in herald: HeraldEnvironment,
        _ job: (Ledger) async throws -> RunSession.Job
    ) async throws -> ExitStatus {
        try await recording.with(backend, herald) { backend, ledger in
            try await session(herald, backend, ledger).execute(try await job(ledger), presentation)
        }
    }

    /// What executes scripts as these options say.
    func session(_ herald: HeraldEnvironment, _ backend: RunBackend, _ ledger: Ledger) throws -> RunSession {
        var session = RunSession(herald: herald, backend: backend, ledger: ledger)
        session.asksFrom = approval.threshold(isEmbedded: backend.permits == nil)
        session.saysYes = approval.yes
        session.events = try following.log(in: herald)
        session.notice = EndNotice(command: following.notify)
        return session
    }
}

extension StoreOptions {
    /// Opens the ledger, which lies beside the store.
    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    func ledger(in herald: HeraldEnvironment) throws -> Ledger {
        let path = try path(in: herald)
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return try Ledger(path: folder + "ledger.sqlite")
    }
}
