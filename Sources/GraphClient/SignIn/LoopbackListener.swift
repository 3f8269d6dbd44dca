import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Waits at a port of this machine for the browser that comes back from a sign-in (RFC 8252, section 7.3).
final class LoopbackListener: Sendable {
    /// How long a person has, in seconds.
    private static let patience = 600

    private let channels: [any Channel]
    let port: Int
    private let current: Mutex<AuthorizationAttempt?>
    private let answers: AsyncStream<AuthorizationAttempt.Redirect>
    private let continuation: AsyncStream<AuthorizationAttempt.Redirect>.Continuation

    /// Listens at a port that the system chooses while `body` runs.
    ///
    /// - Throws: ``SignInFault`` if there is no port, or what `body` throws.
    static func with<Result>(_ body: (LoopbackListener) async throws -> Result) async throws -> Result {
        let listener = try await LoopbackListener()
        do {
            let result = try await body(listener)
            await listener.close()
            return result
        } catch {
            await listener.close()
            throw error
        }
    }

    private init() async throws {
        (answers, continuation) = AsyncStream.makeStream()
        let relay = Relay()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(RedirectHandler(relay))
                }
            }
        let first: any Channel
        do {
            first = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        } catch {
            throw SignInFault(
                "No port of this machine can be opened for the browser to come back to. Leave --browser out."
            )
        }
        port = first.localAddress?.port ?? 0
        // "localhost" may mean either; a machine without IPv6 does without.
        let second = try? await bootstrap.bind(host: "::1", port: port).get()
        channels = [first] + (second.map { [$0] } ?? [])
        current = Mutex(nil)
        relay.take = { [weak self] query in self?.take(query) ?? .foreign }
    }

    /// Says which attempt is awaited.
    func attempt(_ attempt: AuthorizationAttempt) {
        current.withLock { $0 = attempt }
    }

    /// Waits for the answer to the attempt.
    ///
    /// - Throws: ``SignInFault`` if nobody comes in time.
    func redirect() async throws -> AuthorizationAttempt.Redirect {
        let timer = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .seconds(Int64(Self.patience))) {
            [continuation] in continuation.finish()
        }
        defer { timer.cancel() }
        for await answer in answers { return answer }
        try Task.checkCancellation()
        throw SignInFault("Nobody signed in within \(Self.patience / 60) minutes. Begin again: herald login --browser")
    }

    private func take(_ query: String) -> AuthorizationAttempt.Redirect {
        let redirect = current.withLock { $0 }?.read(query: query) ?? .foreign
        if redirect != .foreign { continuation.yield(redirect) }
        return redirect
    }

    private func close() async {
        continuation.finish()
        for channel in channels { try? await channel.close() }
    }
}

/// Hands queries on once somebody takes them.
private final class Relay: Sendable {
    typealias Taker = @Sendable (String) -> AuthorizationAttempt.Redirect

    private let taker = Mutex<Taker?>(nil)

    var take: Taker? {
        get { taker.withLock { $0 } }
        set { taker.withLock { $0 = newValue } }
    }
}

/// Answers every request with a small page, and closes the connection.
private final class RedirectHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let relay: Relay

    init(_ relay: Relay) { self.relay = relay }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        let isRoot = head.method == .GET && (parts.first == "/" || parts.isEmpty)
        let redirect = isRoot ? relay.take?(parts.count > 1 ? String(parts[1]) : "") ?? .foreign : .foreign
        let (status, text): (HTTPResponseStatus, String) =
            switch redirect {
            case .code: (.ok, "You are signed in. You can close this page and go back to the terminal.")
            case .refused: (.ok, "Nobody was signed in. The terminal says why; you can close this page.")
            case .foreign: (.badRequest, "This is not the answer to the sign-in that is awaited here.")
            }
        let page = """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Herald</title>\
            <body style="font-family:sans-serif;margin:4em"><p>\(text)</p></body></html>
            """
        let headers: HTTPHeaders = [
            "Content-Type": "text/html; charset=utf-8", "Content-Length": "\(page.utf8.count)", "Connection": "close",
            "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        ]
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
            promise: nil
        )
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: page)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
