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
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        let tenths = Int((duration / .microseconds(100)).rounded())
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(path.prefix(300))", "status": "\(response.status)",
            "ms": "\(tenths / 10).\(tenths % 10)", "request-id": "\(response.headers["request-id"] ?? "")",
        ]
        if let retryAfter = response.headers["Retry-After"] { metadata["retry-after"] = "\(retryAfter)" }
        logger.info("request", metadata: metadata)
    }

    /// One line a request whose connection was cut on purpose.
    static func write(_ request: Request, _ cut: ConnectionCut, to logger: Logger) {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        logger.info(
            "connection cut",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path.prefix(300))",
                "carried-out": "\(cut.wasCarriedOut)",
            ]
        )
    }
}
