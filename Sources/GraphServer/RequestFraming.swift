import GraphModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes the parts of a ``GraphRequest`` of what came over HTTP.
enum RequestFraming {
    /// The whole body; nil if it is larger than may be.
    static func body(of request: Request) async throws -> [UInt8]? {
        let limit = bodyLimit(of: request)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { return nil }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= limit else { return nil }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// The largest body after compression is undone, in bytes.
    static func bodyLimit(of request: Request) -> Int {
        GraphRequest.bodyLimit(contentEncoding: request.headers[.contentEncoding])
    }

    /// The longest key that a client may give, in bytes.
    private static let maximumKeyLength = 255

    /// The key that the client gave a write: `announcement:NAME/GROUP`, or any text.
    ///
    /// - Throws: ``GraphError`` if it is empty or too long.
    static func key(of request: GraphRequest) throws(GraphError) -> IdempotencyKey? {
        guard request.method.isWrite, let text = request.headers["Idempotency-Key"] else { return nil }
        guard (1...maximumKeyLength).contains(text.utf8.count) else {
            throw GraphError(400, .badRequest, "An Idempotency-Key has 1 to \(maximumKeyLength) characters.")
        }
        // An announcement is everybody's, so that each group is reached once whoever announces. Any other key is its
        // caller's own, and never meets another's; the operator's are those of scripts on this machine.
        if let key = IdempotencyKey(description: text), key.namespace == .announcement { return key }
        let own = text.hasPrefix("explicit:") ? String(text.dropFirst("explicit:".count)) : text
        return IdempotencyKey(.explicit, request.caller.kind == .operator ? own : "\(request.caller.id)/\(own)")
    }

    /// The fields for the service; what a field says twice is joined by commas (RFC 9110, section 5.3).
    ///
    /// The token stays behind.
    static func headers(_ fields: HTTPFields) -> GraphHeaders {
        var headers = GraphHeaders()
        for field in fields where field.name != .authorization {
            let name = field.name.rawName
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        return headers
    }

    /// What tells a write that a client library sent again from one that is meant anew (reference, section 15).
    static func repeatHint(of request: GraphRequest) -> RepeatHint? {
        guard request.method == .post, request.key == nil else { return nil }
        return RepeatHint(
            clientRequestID: request.headers["client-request-id"].map { String($0.prefix(100)) },
            isRetry: isRetry(request)
        )
    }

    /// Whether the client says that it sent a request before.
    static func isRetry(_ request: GraphRequest) -> Bool {
        (request.headers["Retry-Attempt"].flatMap { Int($0) } ?? 0) >= 1
    }

    /// What links begin with: the address that the client used, or the proxy in front says that it used.
    static func root(of request: Request, version: String, isSecure: Bool, trustsForwarded: Bool) -> String {
        var scheme = isSecure ? "https" : "http"
        var authority = request.head.authority ?? ""
        if trustsForwarded {
            // Each proxy appends what it saw: the first entry is the client's own.
            func first(_ name: HTTPField.Name) -> String? {
                request.headers[name]?.prefix { $0 != "," }.filter { $0 != " " }.lowercased()
            }
            if let proto = first(.forwardedProto), ["http", "https"].contains(proto) { scheme = proto }
            if let host = first(.forwardedHost), isPlain(host) { authority = host }
        }
        return "\(scheme)://\(isPlain(authority) ? authority : "localhost")/\(version)"
    }

    /// Whether this is a host and perhaps a port, and nothing that could break a link.
    private static func isPlain(_ authority: String) -> Bool {
        !authority.isEmpty
            && authority.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
                    UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
