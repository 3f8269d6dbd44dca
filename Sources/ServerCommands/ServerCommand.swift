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
            header Idempotency-Key happens once, however often it is sent. GET /healthz needs no token.

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
    @Option(
        help: ArgumentHelp(
            "An address of this machine alone, and a port; port 0 chooses one and prints it.",
            valueName: "host:port"
        )
    )
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)
    @Flag(help: "Do what Microsoft Graph does, no more: its refusals and limits, too.")
    var strict = false

    package init() {}

    package func validate() throws {
        guard listen.isLoopback else {
            throw ValidationError(
                "\(listen) can be reached by other machines, for which TLS and authentication are needed; this server "
                    + "has neither yet. Listen on 127.0.0.1, and put a proxy that has both in front."
            )
        }
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
            let graph = try Self.open(
                path,
                operatorName: StateFolder.operatorName(variables: variables),
                mode: mode,
                now: now
            )
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
        let logger = Logger(label: "herald.server") { StreamLogHandler.standardError(label: $0) }
        let listen = listen
        let server = GraphServer(
            graph,
            authenticator: DevelopmentToken(token, caller: graph.operatorCaller),
            mode: mode,
            host: listen.host,
            port: listen.port,
            logger: logger,
            now: now,
            onListening: { port in
                let address = ListenAddress(host: listen.host, port: port)
                let shown = given == nil ? token : "the one in HERALD_TOKEN"
                Self.write("herald serve: http://\(address)/v1.0  token: \(shown)", to: .standardError)
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

    private var mode: ServerMode { strict ? .strict : .lenient }

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
        mode: ServerMode,
        now: @escaping @Sendable () -> Int64
    ) throws -> EmbeddedGraph {
        try EmbeddedGraph(path: path, operatorName: operatorName, mode: mode, clock: now)
    }

    private static func say(_ message: String) { write("herald serve: " + message, to: .standardError) }

    private static func write(_ line: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }
}
