import Announcements
import ArgumentParser
import AsyncHTTPClient
import Foundation
import GraphClient
import GraphModel
import Storage

/// Where a command's requests go, and what it may write there.
struct BackendOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(
        help: ArgumentHelp(
            "What answers: 'embedded', the address of a Herald server or of Microsoft Graph, or a national cloud "
                + "(global, usgov, usgov-dod, china). Sign in first: herald login.",
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
    @Option(
        help: ArgumentHelp(
            "Groups that may be written to on a backend that is not embedded: an id, or a pattern of addresses and names "
                + "with * and ?; may be given more than once.",
            valueName: "pattern"
        )
    )
    var allowGroups: [String] = []
    @Flag(help: "Every group may be written to on a backend that is not embedded.")
    var allowAllGroups = false
    @Option(
        help: ArgumentHelp(
            "How many posts a run may make on a backend that is not embedded; "
                + "\(Grants.defaultMaximumPosts) if nothing else is said.",
            valueName: "number"
        )
    )
    var maxPosts: Int?
    @OptionGroup var sending: SendingOptions

    func validate() throws {
        guard !isEmbedded else { return }
        guard store.store == nil else {
            throw ValidationError("--store names a file of the embedded store, and --backend says not to use it.")
        }
        if backend.lowercased() != "embedded" {
            do { _ = try GraphCloud(backend) } catch { throw ValidationError(error.message) }
        }
        guard maxPosts ?? 0 >= 0 else { throw ValidationError("--max-posts is a number from 0.") }
    }

    var isEmbedded: Bool { backend.lowercased() == "embedded" && profile == nil }

    /// Does something with the backend and its ledger, and ends the connections afterwards.
    ///
    /// - Parameters:
    ///   - herald: The outside world.
    ///   - tape: Says what is done with the exchanges besides, given the root of their addresses, and who makes them
    ///     if the backend cannot be asked that.
    ///   - body: What to do.
    /// - Returns: What it gave.
    /// - Throws: What it threw, or why the backend cannot be used.
    func with<Result>(
        _ herald: HeraldEnvironment,
        tape: (_ root: String, _ caller: Caller?) throws -> Tape = { _, _ in .off },
        _ body: (RunBackend, Ledger) async throws -> Result
    ) async throws -> Result {
        guard !isEmbedded else {
            let store = try store.open(in: herald)
            var backend = RunBackend(store)
            backend.choice = LedgerChoice(self)
            backend.service = TapedService(
                store,
                tape: try tape(GraphRequest.localServiceRoot, backend.caller)
            )
            return try await body(backend, try self.store.ledger(in: herald))
        }
        let place = try place(in: herald)
        let connection = RemoteBackend(
            place.cloud,
            sending: sending,
            tokens: place.tokens,
            grants: place.grants,
            variables: herald.variables,
            tape: try tape(place.cloud.root, nil)
        )
        do {
            var backend = try await connection.backend()
            backend.choice = LedgerChoice(self)
            let folder = try folder(of: place.cloud, in: herald)
            let result = try await body(backend, try ledger(in: folder))
            try await connection.close()
            return result
        } catch {
            try? await connection.close()
            throw error
        }
    }

    /// The folder of what is known of a backend: one for each, since keys and names of one mean nothing to another.
    func folder(of cloud: GraphCloud, in herald: HeraldEnvironment) throws -> String {
        let name = cloud.origin.split(separator: "://").last.map(String.init) ?? cloud.origin
        let folder = try herald.stateFolder() + "/backends/" + name.replacing(":", with: "-")
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    func ledger(in folder: String) throws -> Ledger { try Ledger(path: folder + "/ledger.sqlite") }
}
