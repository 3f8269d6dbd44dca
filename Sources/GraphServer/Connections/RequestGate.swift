import GraphModel
import NIOCore
import NIOHTTP1
import NIOHTTPCompression

/// Lets through only whole, well-formed and timely requests of one connection, and answers the others itself.
///
/// What comes after a request that cannot be read is not looked at: the connection is closed with the answer.
final class RequestGate: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionLimits
    private let wire: Wire
    private let refusal: @Sendable (WireRefusal) -> GraphResponse

    /// Requests whose answers have not been written to their end.
    private var open = 0
    private var isReading = false
    /// The request that is being read, once its headers have come.
    private var head: HTTPRequestHead?
    private var hasAnswered = false
    private var bodyBytes = 0
    /// How many more bytes of a compressed body of unknown length may come; nil for other bodies, which are counted as
    /// they are read.
    private var compressedBytesLeft: Int?
    private var bodyDeadline = NIODeadline.distantFuture
    /// Whether the connection ends with the answers that are still open.
    private var isLast = false
    private var lastWord: WireRefusal?
    private var isDone = false
    /// What happens when the time is up, unless something else is waited for by then.
    private var awaited: (until: NIODeadline, act: (RequestGate) -> Void)?
    /// Goes off no later than what is waited for; it is set anew then, not with each request.
    private var timer: (due: NIODeadline, task: Scheduled<Void>)?
    private var writeTimer: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - limits: What a connection may cost.
    ///   - wire: The bytes below.
    ///   - refusal: Makes an answer of what is wrong with a request, and takes note of it.
    init(limits: ConnectionLimits, wire: Wire, refusal: @escaping @Sendable (WireRefusal) -> GraphResponse) {
        self.limits = limits
        self.wire = wire
        self.refusal = refusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire.onBytes = { [weak self] in self?.came($0) }
        wait(TimeAmount(limits.idleTimeout)) { $0.giveUp() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopWaiting()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopWaiting()
        context.fireChannelInactive()
    }

    // MARK: Requests

    private var isWaitingForHead = false
    /// The length of the request line as far as it has come, and whether its end has.
    private var line = (length: 0, isWhole: false)

    private func came(_ bytes: ByteBuffer) {
        if isReading, let left = compressedBytesLeft {
            compressedBytesLeft = left - bytes.readableBytes
            if left < bytes.readableBytes { return refuse(tooLarge(limits.bodySize)) }
        }
        guard open == 0, !isReading, !isDone else { return }
        if !isWaitingForHead {
            isWaitingForHead = true
            line = (0, false)
            wait(TimeAmount(limits.headTimeout)) {
                $0.refuse(GraphError(408, .badRequest, "The headers of the request did not come in time."))
            }
        }
        if !line.isWhole {
            let view = bytes.readableBytesView
            let end = view.firstIndex(of: UInt8(ascii: "\n"))
            line.length += (end ?? view.endIndex) - view.startIndex
            line.isWhole = end != nil
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone, lastWord == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): read(head, data)
        case .body(let bytes):
            guard isReading else { return }
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= limits.decompressedBodySize else { return refuse(tooLarge(limits.decompressedBodySize)) }
            waitForBody()
            context.fireChannelRead(data)
        case .end:
            guard isReading else { return }
            isReading = false
            head = nil
            awaited = nil
            context.fireChannelRead(data)
            if open == 0 { waitForRequest() }
        }
    }

    private func read(_ head: HTTPRequestHead, _ data: NIOAny) {
        isWaitingForHead = false
        awaited = nil
        guard !isLast else { return }
        self.head = head
        if let error = fault(of: head) { return refuse(error) }
        open += 1
        isReading = true
        hasAnswered = false
        bodyBytes = 0
        let isCompressed = !["identity", nil].contains(head.headers.first(name: ContentCodingNames.field))
        compressedBytesLeft = isCompressed && !head.headers.contains(name: "content-length") ? limits.bodySize : nil
        bodyDeadline = .now() + TimeAmount(limits.bodyTimeout)
        if !head.isKeepAlive { isLast = true }
        if let expectation = head.headers.first(name: "expect") {
            guard expectation.lowercased() == "100-continue" else {
                return refuse(GraphError(417, .badRequest, "The only expectation that is met is 100-continue."))
            }
            // With answers still open before it, the client sends its body unasked after a moment.
            if open == 1 { wire.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
        }
        waitForBody()
        context?.fireChannelRead(data)
    }

    private func fault(of head: HTTPRequestHead) -> GraphError? {
        guard head.version.major == 1 else {
            return GraphError(505, .badRequest, "The version of HTTP must be 1.1 or 1.0.")
        }
        guard head.uri.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return GraphError(400, .badRequest, "The request line holds a character that must be percent-encoded.")
        }
        let hosts = head.headers["host"]
        guard hosts.count == 1 || (hosts.isEmpty && head.version.minor == 0) else {
            return GraphError(400, .badRequest, "A request has one Host header (RFC 9112, section 3.2).")
        }
        let encodings = head.headers[canonicalForm: ContentCodingNames.field]
        guard encodings.count <= 1, ["gzip", "deflate", "identity"].contains(encodings.first ?? "identity") else {
            return GraphError(415, .badRequest, "The content encoding must be gzip, or none.")
        }
        if let length = head.headers.first(name: "content-length") {
            // More digits than an integer has is more than fits.
            guard let length = Int(length), length <= limits.bodySize else { return tooLarge(limits.bodySize) }
        }
        return nil
    }

    private func tooLarge(_ size: Int) -> GraphError {
        GraphError(413, .tooLarge, "The body of a request has at most \(size) bytes.")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What follows the last request of a connection is not looked at.
        if isLast, !isReading { return }
        switch error {
        case HTTPParserError.headerOverflow where isReading:
            refuse(GraphError(400, .badRequest, "The trailers of the request are too large."))
        case HTTPParserError.headerOverflow where line.length > limits.headerFieldSize:
            refuse(
                GraphError(414, .badRequest, "The request line has at most \(limits.headerFieldSize) bytes.")
            )
        case HTTPParserError.headerOverflow:
            refuse(
                GraphError(
                    431,
                    .badRequest,
                    "The headers are too large: a field has at most \(limits.headerFieldSize) bytes, all fields "
                        + "\(limits.headerSize), and there are at most \(limits.headerFields)."
                )
            )
        case HTTPParserError.invalidEOFState: giveUp()
        case is HTTPParserError: refuse(GraphError(400, .badRequest, "The request is not well-formed HTTP/1.1."))
        case NIOHTTPDecompression.DecompressionError.limit: refuse(tooLarge(limits.decompressedBodySize))
        case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
            refuse(GraphError(400, .badRequest, "The compressed body of the request cannot be read."))
        default:
            // The connection itself failed, or TLS did: there is nobody to tell.
            giveUp()
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isDone, open > 0 else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            hasAnswered = true
            if isLast, open == 1 { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            open -= 1
            answered()
        }
    }

    private func answered() {
        guard open == 0 else { return }
        if let lastWord { return finish(lastWord) }
        if isLast {
            isDone = true
            awaited = nil
            return wire.end(with: [])
        }
        if !isReading { waitForRequest() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeTimer?.cancel()
        writeTimer = nil
        if !context.channel.isWritable {
            writeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.writeTimeout)) {
                [weak self] in
                if let self { self.context?.close(promise: nil) }
            }
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Ends

    /// Answers what cannot be read, after the answers that are still to come.
    private func refuse(_ error: GraphError) {
        guard !isDone, lastWord == nil else { return }
        awaited = nil
        // The request that is being read has no answer yet, so this is its answer.
        let isOwnAnswer = isReading && open == 1 && !hasAnswered
        if open == 0 || isOwnAnswer {
            finish(WireRefusal(error, of: head))
        } else {
            lastWord = WireRefusal(error, of: head)
        }
        context?.fireErrorCaught(HTTPParserError.unknown)
    }

    private func finish(_ word: WireRefusal) {
        guard !isDone else { return }
        isDone = true
        awaited = nil
        wire.end(with: ResponseFraming.bytes(refusal(word)))
    }

    /// Closes without a word: to an idle client there is nothing to say.
    private func giveUp() {
        isDone = true
        context?.close(promise: nil)
    }

    // MARK: Time

    private func waitForRequest() {
        isWaitingForHead = false
        wait(TimeAmount(limits.idleTimeout)) { $0.giveUp() }
    }

    private func waitForBody() {
        let remaining = max(.nanoseconds(0), bodyDeadline - .now())
        wait(min(TimeAmount(limits.bodyPause), remaining)) {
            $0.refuse(GraphError(408, .badRequest, "The body of the request did not come in time."))
        }
    }

    private func wait(_ time: TimeAmount, then act: @escaping (RequestGate) -> Void) {
        let end = NIODeadline.now() + time
        awaited = (end, act)
        if let timer, timer.due <= end { return }
        setTimer(to: end)
    }

    private func stopWaiting() {
        awaited = nil
        timer?.task.cancel()
        timer = nil
        writeTimer?.cancel()
    }

    private func setTimer(to due: NIODeadline) {
        timer?.task.cancel()
        timer = nil
        guard let context else { return }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            if let self { timerWentOff() }
        }
        timer = (due, task)
    }

    private func timerWentOff() {
        timer = nil
        guard let awaited else { return }
        if awaited.until > .now() { return setTimer(to: awaited.until) }
        self.awaited = nil
        awaited.act(self)
    }
}

@available(*, unavailable)
extension RequestGate: Sendable {}
