import GraphModel
import Logging

/// Asks another service, and makes an answer of it when none came: a client over HTTP is always answered.
struct AnsweringService: Sendable {
    let service: any GraphService
    let logger: Logger
    let now: @Sendable () -> Int64

    /// Answers a request, whatever happens.
    func respond(to request: GraphRequest) async -> GraphResponse {
        do {
            return try await service.respond(to: request)
        } catch let error as NoAnswer where error.outcome == .notDone {
            logger.error("no answer: \(error.message)")
            var response = refusal(
                GraphError(
                    503,
                    .unavailable,
                    "The service could not take up the request. Nothing was done; try again."
                ),
                to: request
            )
            response.headers["Retry-After"] = "1"
            return response
        } catch {
            logger.error("no answer: \(error)")
            return refusal(
                GraphError(500, .internalError, "The service failed. Look whether the request was carried out."),
                to: request
            )
        }
    }

    /// The answer that describes a refusal, with the ids by which it can be found in the log.
    func refusal(_ error: GraphError, to request: GraphRequest) -> GraphResponse {
        refusal(error, clientRequestID: request.headers["client-request-id"])
    }

    /// The answer that describes a refusal of something that became no request.
    func refusal(_ error: GraphError, clientRequestID: String?) -> GraphResponse {
        let id = GroupID.random().text
        var response = GraphResponse(error, id: id, clientRequestID: clientRequestID, now: now())
        response.headers["request-id"] = id
        response.headers["client-request-id"] = clientRequestID
        return response
    }
}
