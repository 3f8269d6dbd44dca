import NIOCore
import NIOHTTP1

/// Writes the names of content codings as what undoes them knows them: letter case does not matter, and `x-gzip` is
/// gzip (RFC 9110, sections 8.4.1 and 8.4.1.3).
final class ContentCodingNames: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    static let field = "content-encoding"

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: Self.field) else {
            return context.fireChannelRead(data)
        }
        let names = head.headers[canonicalForm: Self.field].map { name in
            let name = name.lowercased()
            return name == "x-gzip" ? "gzip" : name
        }
        head.headers.replaceOrAdd(name: Self.field, value: names.joined(separator: ", "))
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

@available(*, unavailable)
extension ContentCodingNames: Sendable {}
