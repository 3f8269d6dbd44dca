import GraphModel
import Hummingbird
import Logging

/// The door for HTTP: makes a ``GraphRequest`` of what came, and an HTTP response of the answer.
///
/// Every refusal is JSON in Graph's envelope, those of this layer too (reference, section 13).
struct GraphResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let service: AnsweringService
    let authenticator: any Authenticator
    let logger: Logger
    private var batches: BatchResponder { BatchResponder(service: service) }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let response: GraphResponse
        do {
            response = try await answer(request)
        } catch let cut as ConnectionCut {
            RequestLog.write(request, cut, to: logger)
            return await context.cut()
        }
        RequestLog.write(request, response, ContinuousClock.now - start, to: logger)
        return ResponseFraming.http(response, isHead: request.method == .head)
    }

    private func answer(_ request: Request) async throws -> GraphResponse {
        let clientRequestID = request.headers[.clientRequestID]
        func refuse(_ error: GraphError) -> GraphResponse {
            service.refusal(error, clientRequestID: clientRequestID)
        }
        let target = RequestTarget(request.head.path ?? "/")
        if target.version == nil, target.path == "/healthz" {
            return GraphResponse(json: Array(#"{"status":"ok"}"#.utf8))
        }
        guard let caller = await caller(of: request) else {
            var response = refuse(
                GraphError(
                    401,
                    .invalidAuthenticationToken,
                    request.headers[.authorization] == nil
                        ? "Access token is empty. Send the header 'Authorization: Bearer TOKEN'."
                        : "The access token is not valid here."
                )
            )
            response.headers["WWW-Authenticate"] = #"Bearer realm="herald""#
            return response
        }
        guard let version = target.version else {
            let segment = target.path.dropFirst().prefix { $0 != "/" }.prefix(80)
            return refuse(GraphError(400, .badRequest, "Invalid version: '\(segment)'. Use /v1.0 or /beta."))
        }
        guard let method = GraphRequest.Method(rawValue: request.method.rawValue) else {
            var response = refuse(
                GraphError(405, .badRequest, "The method '\(request.method.rawValue.prefix(20))' is not supported.")
            )
            response.headers["Allow"] = GraphRequest.Method.allCases.map(\.rawValue).joined(separator: ", ")
            return response
        }
        guard let body = try await RequestFraming.body(of: request) else {
            let limit = GraphRequest.maximumBodySize
            return refuse(GraphError(413, .tooLarge, "The body of a request has at most \(limit) bytes."))
        }
        var graphRequest = GraphRequest(
            method,
            target.path,
            query: target.query,
            headers: RequestFraming.headers(request.headers),
            body: body,
            caller: caller,
            serviceRoot: RequestFraming.root(of: request, version: version)
        )
        do throws(GraphError) {
            graphRequest.key = try RequestFraming.key(of: graphRequest)
        } catch {
            return refuse(error)
        }
        return target.isBatch ? await batches.respond(to: graphRequest) : try await service.respond(to: graphRequest)
    }

    private func caller(of request: Request) async -> Caller? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return await authenticator.caller(bearing: String(parts[1]))
    }
}
