import GraphModel
import Hummingbird
import Logging

/// The door for HTTP: makes a ``GraphRequest`` of what came, and an HTTP response of the answer.
///
/// Every refusal is JSON in Graph's envelope, those of this layer too (reference, section 13).
struct GraphResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let service: AnsweringService
    let authenticator: any Authenticator
    /// Signs people and programs in, if this server does so itself.
    let authority: Authority?
    let logger: Logger
    private var batches: BatchResponder { BatchResponder(service: service) }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await answer(request)
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
        if target.version == nil, let answer = try await authorityAnswer(to: request) { return answer }
        let caller: Caller
        do throws(GraphError) {
            caller = try await authenticator.caller(bearing: BearerChallenge.token(request.headers[.authorization]))
        } catch {
            var response = refuse(error)
            if error.status == 401 {
                let hasToken = request.headers[.authorization] != nil
                response.headers["WWW-Authenticate"] = BearerChallenge.header(for: error, hasToken: hasToken)
            }
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
        return target.isBatch ? await batches.respond(to: graphRequest) : await service.respond(to: graphRequest)
    }

    /// What the authority says, if the path is one of its own.
    private func authorityAnswer(to request: Request) async throws -> GraphResponse? {
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" && $0 != "#" })
        guard let authority, Authority.endpoint(path) != nil else { return nil }
        var headers = RequestFraming.headers(request.headers)
        headers["Authorization"] = request.headers[.authorization]
        return await authority.respond(
            to: AuthorityRequest(
                method: request.method.rawValue,
                path: path,
                query: RequestTarget(target).query,
                headers: headers,
                body: try await RequestFraming.body(of: request) ?? [],
                origin: String(RequestFraming.root(of: request, version: "v1.0").dropLast("/v1.0".count))
            )
        )
    }
}
