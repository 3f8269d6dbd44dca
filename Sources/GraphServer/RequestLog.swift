import GraphModel
import Hummingbird
import Logging

/// What the log says of requests, without tokens and bodies.
enum RequestLog {
    /// One line a request; values of queries may hold addresses or names, and stay out.
    static func write(
        _ request: Request,
        _ response: GraphResponse,
        _ duration: Duration,
        to logger: Logger
    ) {
        let tenths = Int((duration / .microseconds(100)).rounded())
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(path(of: request))", "status": "\(response.status)",
            "ms": "\(tenths / 10).\(tenths % 10)", "request-id": "\(response.headers["request-id"] ?? "")",
        ]
        if let retryAfter = response.headers["Retry-After"] { metadata["retry-after"] = "\(retryAfter)" }
        logger.info("request", metadata: metadata)
    }

    /// One line a request that the connection refused; what could not be read of it is left out.
    static func write(_ refusal: WireRefusal, _ response: GraphResponse, to logger: Logger) {
        var metadata: Logger.Metadata = [
            "status": "\(response.status)", "reason": "\(refusal.error.message)",
            "request-id": "\(response.headers["request-id"] ?? "")",
        ]
        if let method = refusal.method { metadata["method"] = "\(method.prefix(20))" }
        if let path = refusal.path { metadata["path"] = "\(path.prefix(300))" }
        logger.info("request refused", metadata: metadata)
    }

    /// One line a request whose connection was cut on purpose.
    static func write(_ request: Request, _ cut: ConnectionCut, to logger: Logger) {
        logger.info(
            "connection cut",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path(of: request))",
                "carried-out": "\(cut.wasCarriedOut)",
            ]
        )
    }

    /// The path without its query, as far as it is worth a line.
    private static func path(of request: Request) -> Substring {
        let path = request.head.path ?? "/"
        let bytes = path.utf8.prefix(300)
        return path[..<(bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex)]
    }
}
