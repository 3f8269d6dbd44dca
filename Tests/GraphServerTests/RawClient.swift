import NIOCore
import NIOPosix

/// A connection to a server over which a test sends whatever bytes it likes.
struct RawClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects to a port of this machine.
    static func connect(_ port: Int) async throws -> RawClient {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return RawClient(channel: channel)
    }

    /// Sends text, and gives everything that came back until the server closed the connection.
    static func exchange(_ port: Int, _ text: String) async throws -> String {
        try await exchange(port, bytes: Array(text.utf8))
    }

    /// Sends bytes, and gives everything that came back until the server closed the connection.
    static func exchange(_ port: Int, bytes: [UInt8]) async throws -> String {
        try await connect(port).channel.executeThenClose { inbound, outbound in
            // The server may close before it has read everything, and its answer counts all the same.
            try? await outbound.write(ByteBuffer(bytes: bytes))
            var answer = ""
            do {
                for try await bytes in inbound { answer += String(buffer: bytes) }
            } catch {
                // Cut off while there was still something to read: what came before counts.
            }
            return answer
        }
    }

    /// Sends the first piece, and each further one when what has come so far contains the text beside it.
    ///
    /// - Returns: Everything that came back until the server closed the connection.
    static func dialogue(
        _ port: Int,
        _ first: String,
        _ steps: [(seen: String, send: String)] = []
    ) async throws -> String {
        try await connect(port).channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: first))
            var answer = ""
            var steps = steps[...]
            for try await bytes in inbound {
                answer += String(buffer: bytes)
                while let step = steps.first, answer.contains(step.seen) {
                    steps = steps.dropFirst()
                    try await outbound.write(ByteBuffer(string: step.send))
                }
            }
            return answer
        }
    }
}
