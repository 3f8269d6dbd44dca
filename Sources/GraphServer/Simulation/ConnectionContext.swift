import Hummingbird
import NIOCore

/// A request's context that knows the connection over which it came.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Closes the connection without a byte of an answer.
    ///
    /// - Returns: A response for Hummingbird, which finds that it has nowhere to write it to.
    func cut() async -> Response {
        // It may have been closed by the client already, which is as good.
        try? await channel.close(mode: .all)
        return Response(status: .serviceUnavailable)
    }
}
