package import GraphModel
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Offers a ``GraphService`` over HTTP/1.1 as Microsoft Graph does: below `/v1.0` and `/beta`, batches too.
///
/// Runs until it is told to shut down, and then finishes what it has accepted.
package struct GraphServer: Service {
    private let host: String
    private let port: Int
    private let responder: GraphResponder
    private let onListening: @Sendable (Int) async -> Void

    /// Makes a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - authenticator: Knows whose tokens are valid.
    ///   - mode: Whether batches are taken as Graph takes them; the mode of the service.
    ///   - host: The address to listen on.
    ///   - port: The port to listen on; 0 lets the system choose one.
    ///   - logger: Gets one line a request.
    ///   - now: The time of day, in microseconds since 1970.
    ///   - onListening: Called with the port once requests are accepted.
    package init(
        _ service: any GraphService,
        authenticator: any Authenticator,
        mode: ServerMode = .lenient,
        host: String,
        port: Int,
        logger: Logger,
        now: @escaping @Sendable () -> Int64,
        onListening: @escaping @Sendable (Int) async -> Void
    ) {
        self.host = host
        self.port = port
        self.onListening = onListening
        responder = GraphResponder(
            service: AnsweringService(service: service, logger: logger, now: now),
            authenticator: authenticator,
            mode: mode,
            logger: logger
        )
    }

    /// Listens, and answers until the task is cancelled or a graceful shutdown begins.
    package func run() async throws {
        var logger = responder.logger
        // What Hummingbird reports by itself repeats what is said here.
        logger.logLevel = max(logger.logLevel, .warning)
        let onListening = onListening
        let port = port
        let application = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
        try await application.run()
    }
}
