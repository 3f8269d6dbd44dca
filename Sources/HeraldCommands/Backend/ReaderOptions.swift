import Announcements
import ArgumentParser
import GraphClient

/// Where a command reads from: as ``BackendOptions``, but for what only writing needs.
struct ReaderOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(
        help: ArgumentHelp(
            "What answers: 'embedded', the address of a Herald server or of Microsoft Graph, or a national cloud "
                + "(global, usgov, usgov-dod, china).",
            valueName: "address"
        )
    )
    var backend = "embedded"
    @Option(
        help: ArgumentHelp(
            "Whose sign-in is used, by the name that herald login gave it; it implies the backend.",
            valueName: "name"
        )
    )
    var profile: String?
    @Option(
        help: ArgumentHelp(
            "A program that prints an access token; it is run by the shell, and again when the token is refused.",
            valueName: "command"
        )
    )
    var tokenCommand: String?

    func validate() throws { try options.validate() }

    /// The options of a command that writes, and was granted nothing.
    var options: BackendOptions {
        var sending = SendingOptions()
        sending.readLag = SendingOptions.defaultReadLag
        sending.verifyExisting = false
        sending.concurrency = SendingOptions.defaultConcurrency
        var options = BackendOptions()
        options.store = store
        options.backend = backend
        options.profile = profile
        options.tokenCommand = tokenCommand
        options.allowGroups = []
        options.allowAllGroups = false
        options.maxPosts = 0
        options.sending = sending
        return options
    }

    /// How it chooses the ledger.
    var choice: LedgerChoice { LedgerChoice(options) }

    /// Reads from the backend.
    func read<Result>(
        in herald: HeraldEnvironment,
        _ body: (GraphReader) async throws -> Result
    ) async throws -> Result {
        let options = options
        guard !options.isEmbedded else { return try await body(try store.reader(in: herald)) }
        return try await options.with(herald) { backend, _ in
            try await body(
                GraphReader(service: backend.service, caller: backend.caller, root: backend.serviceRoot)
            )
        }
    }

    /// Opens the ledger of what was done to the backend, which is not asked itself.
    func ledger(in herald: HeraldEnvironment) throws -> Ledger {
        let options = options
        guard !options.isEmbedded else { return try store.ledger(in: herald) }
        return try options.ledger(in: try options.folder(of: try options.cloud(in: herald), in: herald))
    }
}
