import Foundation
import GraphModel

/// Refusals of simulators, which look like those of the service.
enum SimulatedRefusal {
    /// The answer that tells of a refusal.
    ///
    /// - Parameters:
    ///   - error: What is refused, and why.
    ///   - retryAfter: In seconds, for the header `Retry-After`.
    ///   - request: What was asked for.
    /// - Returns: The answer.
    static func response(_ error: GraphError, retryAfter: Int?, to request: GraphRequest) -> GraphResponse {
        let id = GroupID.random().text
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        var response = GraphResponse(error, id: id, to: request, now: now)
        response.headers["request-id"] = id
        response.headers["client-request-id"] = request.headers["client-request-id"]
        response.headers["Retry-After"] = retryAfter.map(String.init)
        return response
    }
}
