import GraphModel
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection that speaks HTTP/1.1 and expects the worst of its client.
struct GraphChannel: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// Bodies that are smaller are not worth compressing.
    private static let leastCompressed = 1024

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let count: ConnectionCount
    /// Makes an answer of what is wrong with a request, and takes note of it.
    let refusal: @Sendable (WireRefusal) -> GraphResponse

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let count = count
            let isOver = count.opened() > limits.connections
            channel.closeFuture.whenComplete { _ in count.closed() }
            let pipeline = channel.pipeline.syncOperations
            let wire = Wire(count: count, lingerTimeout: TimeAmount(limits.lingerTimeout))
            try pipeline.addHandler(wire)
            if isOver {
                wire.end(with: ResponseFraming.bytes(refusal(WireRefusal(Self.full))))
            }
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = limits.headerFieldSize
            decoderLimits.maxHeaderListSize = limits.headerSize
            decoderLimits.maxHeaderFieldCount = limits.headerFields
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false,  // the asynchronous channel takes one request after the other
                withErrorHandling: false,  // the gate answers
                withOutboundHeaderValidation: false,  // HTTPTypes has done it
                withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: decoderLimits
            )
            try pipeline.addHandler(
                HTTPResponseCompressor { head, _ in
                    let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
                    return length > Self.leastCompressed ? .compressIfPossible : .doNotCompress
                }
            )
            try pipeline.addHandler(ContentCodingNames())
            try pipeline.addHandler(NIOHTTPRequestDecompressor(limit: .size(limits.decompressedBodySize)))
            try pipeline.addHandler(RequestGate(limits: limits, wire: wire, refusal: refusal))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }

    private static let full = GraphError(503, .unavailable, "The server has as many connections as it may. Try again.")
}
