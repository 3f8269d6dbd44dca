package import GraphModel
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Offers a ``GraphService`` over HTTP/1.1 as Microsoft Graph does: below `/v1.0` and `/beta`, batches too.
///
/// Runs until it is told to shut down, and then finishes what it has accepted.
package struct GraphServer: Service {
    private let address: ServerAddress
    private let identity: ServerIdentity?
    private let connections: ConnectionCount
    private let responder: GraphResponder
    private let onListening: @Sendable (Int) async -> Void

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - authenticator: Knows whose tokens are valid.
    ///   - mode: Whether batches are taken as Graph takes them; the mode of the service.
    ///   - authority: Answers at the server's root, for signing in; nil if somebody else does that.
    ///   - address: Where to listen.
    ///   - identity: What the server shows under TLS; nil to speak without.
    ///   - options: How it behaves towards clients.
    ///   - logger: Gets one line a request.
    ///   - now: The time of day, in microseconds since 1970.
    ///   - onListening: Called with the port, 0 for a socket file, once requests are accepted.
    package init(
        _ service: any GraphService,
        authenticator: any Authenticator,
        mode: ServerMode = .lenient,
        authority: Authority? = nil,
        address: ServerAddress,
        identity: ServerIdentity? = nil,
        options: ServerOptions = ServerOptions(),
        logger: Logger,
        now: @escaping @Sendable () -> Int64,
        onListening: @escaping @Sendable (Int) async -> Void
    ) {
        self.address = address
        self.identity = identity
        self.onListening = onListening
        connections = ConnectionCount()
        responder = GraphResponder(
            service: AnsweringService(service: service, logger: logger, now: now),
            authenticator: authenticator,
            mode: mode,
            authority: authority,
            logger: logger,
            options: options,
            isSecure: identity != nil,
            metrics: ServerMetrics(connections: connections)
        )
    }

    /// Listens, and answers until the task is cancelled or a graceful shutdown begins.
    ///
    /// - Throws: ``ListenFailure`` if it cannot listen there.
    package func run() async throws {
        var logger = responder.logger
        // What Hummingbird reports by itself repeats what is said here.
        logger.logLevel = max(logger.logLevel, .warning)
        let onListening = onListening
        let identity = identity
        let connections = connections
        let responder = responder
        let limits = responder.options.limits
        let isListening = Mutex(false)
        let application = Application(
            responder: responder,
            server: HTTPServerBuilder { respond in
                let channel = GraphChannel(responder: respond, limits: limits, count: connections) {
                    responder.answer($0)
                }
                guard let identity else { return channel }
                return try TLSChannel(channel, tlsConfiguration: identity.configuration)
            },
            configuration: ApplicationConfiguration(address: bindAddress),
            onServerRunning: { channel in
                isListening.withLock { $0 = true }
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        do { try await application.run() } catch {
            if !isListening.withLock({ $0 }), let failure = ListenFailure(error) { throw failure }
            throw error
        }
    }

    private var bindAddress: BindAddress {
        switch address {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: path)
        }
    }
}
