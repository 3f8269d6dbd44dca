import GraphModel
import NIOHTTP1

/// A request that is refused before anything could answer it, as far as it could be read.
struct WireRefusal: Sendable {
    /// What is wrong with it.
    var error: GraphError
    /// The method as the client wrote it; nil if the request line was not read.
    var method: String?
    /// The path without the query; nil if the request line was not read.
    var path: String?
    var clientRequestID: String?

    init(_ error: GraphError, of head: HTTPRequestHead? = nil) {
        self.error = error
        method = head?.method.rawValue
        path = head.map { String($0.uri.prefix { $0 != "?" }) }
        clientRequestID = head?.headers.first(name: "client-request-id")
    }
}
