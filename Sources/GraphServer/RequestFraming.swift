import GraphModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes the parts of a ``GraphRequest`` of what came over HTTP.
enum RequestFraming {
    /// The whole body; nil if it is larger than may be.
    static func body(of request: Request) async throws -> [UInt8]? {
        let limit = GraphRequest.maximumBodySize
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { return nil }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= limit else { return nil }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    /// The longest key that a client may give, in bytes.
    private static let maximumKeyLength = 255

    /// The key that the client gave a write.
    ///
    /// - Throws: ``GraphError`` if it is empty or too long.
    static func key(of request: GraphRequest) throws(GraphError) -> IdempotencyKey? {
        guard request.method.isWrite, let text = request.headers["Idempotency-Key"] else { return nil }
        guard (1...maximumKeyLength).contains(text.utf8.count) else {
            throw GraphError(400, .badRequest, "An Idempotency-Key has 1 to \(maximumKeyLength) characters.")
        }
        return IdempotencyKey(.explicit, text)
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

    /// What links begin with: the address that the client used.
    static func root(of request: Request, version: String) -> String {
        let authority = request.head.authority ?? ""
        let isPlain =
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
        return "http://\(isPlain ? authority : "localhost")/\(version)"
    }
}

extension HTTPField.Name {
    static let clientRequestID = known("client-request-id")
    static let odataVersion = known("OData-Version")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header field") }
        return name
    }
}
