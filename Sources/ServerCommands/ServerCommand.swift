package import ArgumentParser
import EmbeddedGraph
import Foundation
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

            Requests are logged to standard error, one a line, without tokens and bodies. SIGTERM and SIGINT end the \
            server when it has answered what it accepted.

            Examples:

              herald serve
              herald serve --tls-self-signed --listen localhost:8443
              herald serve --listen unix:/run/herald/herald.sock --log-format json
              HERALD_TOKEN=$(openssl rand -hex 32) herald serve --listen 127.0.0.1:9000
              curl -H "Authorization: Bearer $HERALD_TOKEN" http://127.0.0.1:9000/v1.0/groups
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
    @OptionGroup(title: "Listening")
    var listening: ListenOptions
    @OptionGroup(title: "Logging")
    var logging: LogOptions
    @OptionGroup(title: "Simulation")
    var simulation: SimulationOptions

    package init() {}

    package func validate() throws {
        try listening.check(hasAuthentication: false)
    }

    /// Runs the server from its command line to its end.
    ///
    /// - Parameter arguments: The command line, without the program's name.
    /// - Returns: What the shell is told: 0 ended as asked, 1 it could not serve, 2 wrong usage.
    package static func run(_ arguments: [String]) async -> Int32 {
        do {
            guard let command = try parseAsRoot(arguments) as? ServerCommand else { return 2 }
            return await command.serve()
        } catch {
            let isHelp = exitCode(for: error) == .success
            write(fullMessage(for: error), to: isHelp ? .standardOutput : .standardError)
            return isHelp ? 0 : 2
        }
    }

    private func serve() async -> Int32 {
        let variables = ProcessInfo.processInfo.environment
        let folder = FileManager.default.currentDirectoryPath
        let given = variables["HERALD_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        if let given, given.utf8.count < DevelopmentToken.minimumLength {
            Self.say("HERALD_TOKEN is too short: a token has at least \(DevelopmentToken.minimumLength) characters.")
            return 2
        }
        guard let path = storePath(variables: variables, folder: folder) else {
            Self.say("Neither HERALD_HOME nor HOME is set, so there is no place for the store. Set HERALD_HOME.")
            return 2
        }
        do {
            let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
            let graph = try Self.open(path, operatorName: StateFolder.operatorName(variables: variables), now: now)
            let status = await serve(graph, token: given, now: now)
            try graph.close()
            return status
        } catch {
            Self.say("\(error)")
            return 1
        }
    }

    private func serve(
        _ graph: EmbeddedGraph,
        token given: String?,
        now: @escaping @Sendable () -> Int64
    ) async -> Int32 {
        let token = given ?? DevelopmentToken.random()
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
        let server = GraphServer(
            simulation.wrap(graph) { Self.say($0) },
            authenticator: DevelopmentToken(token, caller: graph.operatorCaller),
            address: listen.address,
            identity: identity,
            options: listening.serverOptions,
            logger: logger,
            now: now,
            onListening: { port in
                let shown = given == nil ? token : "the one in HERALD_TOKEN"
                let root =
                    switch listen.address {
                    case .tcp(let host, _): "\(scheme)://\(ListenAddress(.tcp(host: host, port: port)))/v1.0"
                    case .unix: "\(listen)"
                    }
                if case .unix = listen.address { SocketFile.didBind() }
                Self.write("herald serve: \(root)  token: \(shown)", to: .standardError)
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
        } catch {
            Self.say("\(listen): cannot listen, or stopped listening: \(error)")
            return 1
        }
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

    private func storePath(variables: [String: String], folder: String) -> String? {
        guard let store else {
            return StateFolder.path(variables: variables, folder: folder).map { $0 + "/graph.sqlite" }
        }
        return store.hasPrefix("/") ? store : folder + "/" + store
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    private static func open(
        _ path: String,
        operatorName: String,
        now: @escaping @Sendable () -> Int64
    ) throws -> EmbeddedGraph {
        try EmbeddedGraph(path: path, operatorName: operatorName, clock: now)
    }

    private static func say(_ message: String) { write("herald serve: " + message, to: .standardError) }

    private static func write(_ line: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }
}
