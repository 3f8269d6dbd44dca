import GraphModel
import Logging

/// Asks another service, and makes an answer of it when none came: a client over HTTP is always answered.
struct AnsweringService: Sendable {
    let service: any GraphService
    let logger: Logger
    let now: @Sendable () -> Int64

    /// Answers a request, whatever happens.
    ///
    /// - Throws: ``ConnectionCut`` if a simulator wants the client to get no answer.
    func respond(to request: GraphRequest) async throws(ConnectionCut) -> GraphResponse {
        do {
            return try await service.respond(to: request)
        } catch let cut as ConnectionCut {
            throw cut
        } catch let error as NoAnswer where error.lacksRoom {
            logger.error("no answer: \(error.message)")
            return refusal(
                GraphError(507, .quotaExceeded, "There is no room for this, and nothing was done."),
                to: request
            )
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

    /// Answers an item of a batch, whose connection others need too: a cut becomes an answer of its own.
    func respond(toItem request: GraphRequest) async -> GraphResponse {
        do throws(ConnectionCut) {
            return try await respond(to: request)
        } catch {
            var refused =
                error.wasCarriedOut
                ? GraphError(504, .unavailable, "No answer came in time. Look whether the request was carried out.")
                : GraphError(503, .unavailable, "The request was cut off. Nothing was done; try again.")
            if error.wasCarriedOut { refused.code = "UnknownError" }
            var response = refusal(refused, to: request)
            response.headers["Retry-After"] = "1"
            return response
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
