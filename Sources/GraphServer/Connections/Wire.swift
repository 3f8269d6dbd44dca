import NIOCore

/// The bytes of one connection: counts them, tells when the first of a request come, and says the last word when the
/// connection is given up.
///
/// The last word goes out here, below HTTP's encoder, because it may answer what never became a request.
final class Wire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// Called when bytes have come.
    var onBytes: ((ByteBuffer) -> Void)?

    private let count: ConnectionCount
    private let lingerTimeout: TimeAmount
    private var context: ChannelHandlerContext?
    private var isLingering = false

    init(count: ConnectionCount, lingerTimeout: TimeAmount) {
        self.count = count
        self.lingerTimeout = lingerTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        onBytes = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        count.didRead(bytes.readableBytes)
        guard !isLingering else { return }
        onBytes?(bytes)
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isLingering { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isLingering, case ChannelEvent.inputClosed = event { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isLingering else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        count.didWrite(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }

    /// Sends bytes past everything that encodes.
    func send(_ bytes: [UInt8]) {
        guard let context, !isLingering else { return }
        count.didWrite(bytes.count)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
    }

    /// Sends the last bytes, and closes the connection when the client has had the time to read them.
    ///
    /// Closing at once while the client still sends would reset the connection, and the client could lose the answer.
    func end(with bytes: [UInt8]) {
        guard let context, !isLingering else { return }
        send(bytes)
        isLingering = true
        // The other side's end, or this: whichever comes first.
        context.close(mode: .output, promise: nil)
        context.read()
        context.eventLoop.assumeIsolated().scheduleTask(in: lingerTimeout) { [weak self] in
            self?.context?.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension Wire: Sendable {}
