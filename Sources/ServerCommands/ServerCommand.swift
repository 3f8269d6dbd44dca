package import ArgumentParser
import EmbeddedGraph
import Foundation
import GraphModel
import GraphServer
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

/// The server: `herald-server`, which `herald serve` starts.
package struct ServerCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "herald serve",
        abstract: "Offer the embedded store over HTTP, as Microsoft Graph does.",
        discussion: """
            The store is at http://HOST:PORT/v1.0 and /beta; POST /v1.0/$batch takes up to 20 requests. Each request \
            carries a bearer token: the one that is printed at start, or what HERALD_TOKEN holds. A write with the \
            header Idempotency-Key happens once, however often it is sent; so does a POST that a client repeats with the \
            same client-request-id. GET /healthz needs no token, nor does GET /metrics (Prometheus) on this machine.

            Other machines reach it through a proxy that speaks TLS and knows who asks; --trust-forwarded lets links \
            name the proxy. docs/server.md has a systemd unit, an example for nginx, and how to back up the store.

            With --auth local the server signs people and programs in itself, as Microsoft's identity platform does, \
            at http://HOST:PORT/TENANT: by device code, by authorization code with PKCE, by refresh tokens, and by \
            client credentials for the programs that --clients lists. A person needs the sign-in code that is printed \
            at start, or what HERALD_SIGN_IN_CODE holds; `herald token` mints a token without asking. With --auth \
            jwks another provider does, and its tokens are checked. Either way each caller may do what the \
            permissions in the token allow: Group-Conversation.ReadWrite.All to post, and so on.

            Where Graph's documents are silent or Graph stops short, the store offers more: it filters, sorts, searches \
            and pages through posts, tells the ids of new posts, and passes over members of a body that it does not \
            know. With --strict it does what Graph does, so that a program that works here works there: $filter of \
            threads and posts is refused with 501, $orderby is passed over, $search and a second level of $expand are \
            refused; at most 100 posts are listed, without a link to the rest; there are no changes (delta) of \
            conversations and posts, no joinedGroups, and no ids of the caller's choice; a new conversation needs a \
            thread, its answer has ids alone, and that of a reply has none; unknown members of a body are refused; \
            advanced queries of the directory need 'ConsistencyLevel: eventual'; applications do not read attachments; \
            requests of a batch wait only for earlier ones; HTML is given within <html><body><div>, its ids beginning \
            with x_. Each answer says in x-server-mode which mode it comes from.

            Requests are logged to standard error, one a line, without tokens and bodies. SIGTERM and SIGINT end the \
            server when it has answered what it accepted.

            Examples:

              herald serve
              herald serve --tls-self-signed --listen localhost:8443
              herald serve --listen unix:/run/herald/herald.sock --log-format json
              HERALD_TOKEN=$(openssl rand -hex 32) herald serve --listen 127.0.0.1:9000
              curl -H "Authorization: Bearer $HERALD_TOKEN" http://127.0.0.1:9000/v1.0/groups
              herald serve --auth local
              herald serve --auth jwks --jwks https://login.microsoftonline.com/common/discovery/v2.0/keys \\
                --issuer 'https://sts.windows.net/{tenantid}/' --tenant 3c1b9f0e-6a55-4f0c-9d43-1d2a5d5f8b10
            """
    )

    @Option(
        help: ArgumentHelp(
            "The embedded store's file; by default graph.sqlite in the state folder.",
            valueName: "path"
        ),
        completion: .file()
    )
    var store: String?
    @Flag(help: "Do what Microsoft Graph does, no more: its refusals and limits, too.")
    var strict = false
    @OptionGroup(title: "Listening")
    var listening: ListenOptions
    @OptionGroup(title: "Who may use it")
    var auth: AuthOptions
    @OptionGroup(title: "Logging")
    var logging: LogOptions
    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    package init() {}

    package func validate() throws {
        try listening.check(hasAuthentication: auth.kind != nil)
    }

    /// Runs the server from its command line to its end.
    ///
    /// - Parameter arguments: The command line, without the program's name.
    /// - Returns: What the shell is told: 0 ended as asked, 1 it could not serve, 2 wrong usage.
    package static func run(_ arguments: [String]) async -> Int32 {
        do {
            if arguments.first == "token" {
                guard let command = try command(TokenCommand.self, Array(arguments.dropFirst())) else { return 0 }
                return await command.run(
                    variables: ProcessInfo.processInfo.environment,
                    folder: FileManager.default.currentDirectoryPath
                )
            }
            return try await command(ServerCommand.self, arguments)?.serve() ?? 0
        } catch {
            let isToken = arguments.first == "token"
            let isHelp = exitCode(for: error) == .success
            write(
                isToken ? TokenCommand.fullMessage(for: error) : fullMessage(for: error),
                to: isHelp ? .standardOutput : .standardError
            )
            return isHelp ? 0 : 2
        }
    }

    /// The command that the arguments make; the parser's own, which show help, end by throwing it.
    private static func command<Command: ParsableCommand>(
        _ type: Command.Type,
        _ arguments: [String]
    ) throws -> Command? {
        var command = try type.parseAsRoot(arguments)
        if let command = command as? Command { return command }
        try command.run()
        return nil
    }

    private func serve() async -> Int32 {
        let variables = ProcessInfo.processInfo.environment
        let folder = FileManager.default.currentDirectoryPath
        guard let path = storePath(variables: variables, folder: folder) else {
            Self.say("Neither HERALD_HOME nor HOME is set, so there is no place for the store. Set HERALD_HOME.")
            return 2
        }
        do {
            let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
            let graph = try Self.open(
                path,
                operatorName: StateFolder.operatorName(variables: variables),
                mode: mode,
                applicationsMayPost: auth.allowAppOnlyPosting,
                now: now
            )
            let place = AuthOptions.Place(
                variables: variables,
                folder: folder,
                state: StateFolder.path(variables: variables, folder: folder)
            )
            let status = await serve(graph, in: place, now: now)
            try graph.close()
            return status
        } catch {
            Self.say("\(error)")
            return 1
        }
    }

    private func serve(
        _ graph: EmbeddedGraph,
        in place: AuthOptions.Place,
        now: @escaping @Sendable () -> Int64
    ) async -> Int32 {
        let logger = logging.logger()
        let listen = listening.listen
        let scheme = listening.hasTLS ? "https" : "http"
        let identity: ServerIdentity?
        do {
            identity = try self.identity()
            if case .unix(let path) = listen.address { try SocketFile.prepare(path) }
        } catch {
            Self.say("\(error)")
            return 1
        }
        let access: AuthOptions.Access
        do {
            access = try await auth.access(to: graph, in: place, logger: logger, now: now)
        } catch {
            Self.say("\(error)")
            return 2
        }
        let policy = PermittingService.Policy(
            appOnlyPosting: auth.allowAppOnlyPosting,
            appOnlyAttachments: mode == .lenient
        )
        let permitting = PermittingService(graph, policy: policy, now: now)
        let server = GraphServer(
            simulation.wrap(permitting) { Self.say($0) },
            authenticator: access.authenticator,
            mode: mode,
            authority: access.authority,
            address: listen.address,
            identity: identity,
            options: serverOptions,
            logger: logger,
            now: now,
            onListening: { port in
                let root =
                    switch listen.address {
                    case .tcp(let host, _): "\(scheme)://\(ListenAddress(.tcp(host: host, port: port)))/v1.0"
                    case .unix: "\(listen)"
                    }
                if case .unix = listen.address { SocketFile.didBind() }
                Self.write("herald serve: \(root)  \(access.notice)", to: .standardError)
            }
        )
        var quiet = logger
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: server)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: quiet
            )
        )
        do {
            try await group.run()
            return 0
        } catch let failure as ListenFailure {
            Self.say("\(listen) cannot be listened on: \(failure). Choose another address with --listen HOST:PORT.")
            return 1
        } catch {
            Self.say("\(listen): stopped listening: \(error)")
            return 1
        }
    }

    private var serverOptions: ServerOptions {
        var options = listening.serverOptions
        options.keepsKeys = !simulation.noKeys
        return options
    }

    /// What the server shows under TLS; nil without TLS.
    private func identity() throws -> ServerIdentity? {
        if let certificate = listening.tlsCert, let key = listening.tlsKey {
            return try ServerIdentity(certificates: certificate, key: key)
        }
        guard listening.tlsSelfSigned else { return nil }
        let variables = ProcessInfo.processInfo.environment
        let here = FileManager.default.currentDirectoryPath
        guard let folder = StateFolder.path(variables: variables, folder: here) else {
            throw ValidationError("--tls-self-signed keeps its certificate in the state folder: set HERALD_HOME.")
        }
        let authority = LocalAuthority(folder: folder + "/tls")
        if try authority.makeIfMissing() {
            Self.say("made a certificate authority for this machine: \(authority.authorityPath)")
        }
        Self.say(
            "clients trust it by: curl --cacert \(authority.authorityPath), or SSL_CERT_FILE=\(authority.authorityPath)"
        )
        return try ServerIdentity(certificates: authority.certificatePath, key: authority.keyPath)
    }

    private var mode: ServerMode { strict ? .strict : .lenient }

    private func storePath(variables: [String: String], folder: String) -> String? {
        guard let store else {
            return StateFolder.path(variables: variables, folder: folder).map { $0 + "/graph.sqlite" }
        }
        return store.hasPrefix("/") ? store : folder + "/" + store
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    static func open(
        _ path: String,
        operatorName: String,
        mode: ServerMode,
        applicationsMayPost: Bool = false,
        now: @escaping @Sendable () -> Int64
    ) throws -> EmbeddedGraph {
        try EmbeddedGraph(
            path: path,
            operatorName: operatorName,
            mode: mode,
            applicationsMayPost: applicationsMayPost,
            clock: now
        )
    }

    private static func say(_ message: String) { write("herald serve: " + message, to: .standardError) }

    static func write(_ line: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }
}
