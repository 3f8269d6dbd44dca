import GraphModel
import Hummingbird
import Logging
import NIOHTTP1

/// The door for HTTP: makes a ``GraphRequest`` of what came, and an HTTP response of the answer.
///
/// Every refusal is JSON in Graph's envelope, those of this layer too (reference, section 13).
struct GraphResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let service: AnsweringService
    let authenticator: any Authenticator
    let mode: ServerMode
    /// Signs people and programs in, if this server does so itself.
    let authority: Authority?
    let logger: Logger
    let options: ServerOptions
    let isSecure: Bool
    let metrics: ServerMetrics
    private var framing: ResponseFraming {
        ResponseFraming(crossOrigin: CrossOrigin(allowed: options.allowedOrigins), isSecure: isSecure)
    }
    private var batches: BatchResponder {
        BatchResponder(
            service: service,
            mode: mode,
            limits: options.batchLimits,
            keepsKeys: options.keepsKeys,
            metrics: metrics
        )
    }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        metrics.began()
        let target = RequestTarget(request.head.path ?? "/")
        var response: GraphResponse?
        // The connection has answered then, and has counted the request.
        var isRefusedBelow = false
        defer {
            let duration = ContinuousClock.now - start
            if isRefusedBelow {
                metrics.abandoned()
            } else {
                metrics.ended(
                    method: request.method.rawValue,
                    path: target.path,
                    // Nginx's number for a client that went away before it was answered.
                    status: response?.status ?? 499,
                    isReplayed: response?.isReplayed ?? false,
                    duration: duration
                )
            }
            if let response { RequestLog.write(request, response, duration, to: logger) }
        }
        do {
            var answer = try await answer(request, target)
            answer.headers[ServerMode.header] = answer.headers[ServerMode.header] ?? mode.rawValue
            if options.keepsKeys { answer.headers[IdempotencyKey.keptHeader] = "true" }
            response = answer
            return framing.http(answer, to: request)
        } catch let cut as ConnectionCut {
            RequestLog.write(request, cut, to: logger)
            return await context.cut()
        } catch let error as HTTPParserError {
            isRefusedBelow = true
            throw error
        }
    }

    /// Answers what the connection refuses, and takes note of it.
    func answer(_ refusal: WireRefusal) -> GraphResponse {
        let response = service.refusal(refusal.error, clientRequestID: refusal.clientRequestID)
        metrics.refused(
            method: refusal.method,
            path: refusal.path.map { RequestTarget($0).path },
            status: response.status
        )
        RequestLog.write(refusal, response, to: logger)
        return response
    }

    private func answer(_ request: Request, _ target: RequestTarget) async throws -> GraphResponse {
        let clientRequestID = request.headers[.clientRequestID]
        func refuse(_ error: GraphError) -> GraphResponse {
            service.refusal(error, clientRequestID: clientRequestID)
        }
        if target.version == nil, target.path == "/healthz" {
            return GraphResponse(json: Array(#"{"status":"ok"}"#.utf8))
        }
        if target.version == nil, let answer = try await authorityAnswer(to: request) { return answer }
        let isMetrics = target.version == nil && target.path == "/metrics"
        if isMetrics, options.hasOpenMetrics { return metricsResponse() }
        if request.method == .options {
            // What a browser asks carries no token.
            return GraphResponse(status: 204, headers: ["Allow": Self.allowed])
        }
        guard isMetrics || target.path.isSameIgnoringCase("/$metadata") || Accept(request.headers[.accept]).allowsJSON
        else {
            return refuse(
                GraphError(406, .badRequest, "Answers are application/json, which the Accept header excludes.")
            )
        }
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
        if isMetrics { return metricsResponse() }
        guard let version = target.version else {
            let segment = target.path.dropFirst().prefix { $0 != "/" }.prefix(80)
            return refuse(GraphError(400, .badRequest, "Invalid version: '\(segment)'. Use /v1.0 or /beta."))
        }
        guard let method = GraphRequest.Method(rawValue: request.method.rawValue) else {
            var response = refuse(
                GraphError(405, .badRequest, "The method '\(request.method.rawValue.prefix(20))' is not supported.")
            )
            response.headers["Allow"] = Self.allowed
            return response
        }
        guard let body = try await RequestFraming.body(of: request) else {
            let limit = RequestFraming.bodyLimit(of: request)
            return refuse(GraphError(413, .tooLarge, "The body of a request has at most \(limit) bytes."))
        }
        var graphRequest = GraphRequest(
            method,
            target.path,
            query: target.query,
            headers: RequestFraming.headers(request.headers),
            body: body,
            caller: caller,
            serviceRoot: root(of: request, version: version)
        )
        if options.keepsKeys {
            do throws(GraphError) {
                graphRequest.key = try RequestFraming.key(of: graphRequest)
                graphRequest.repeatHint = RequestFraming.repeatHint(of: graphRequest)
            } catch {
                return refuse(error)
            }
        }
        return target.isBatch ? await batches.respond(to: graphRequest) : try await service.respond(to: graphRequest)
    }

    /// What the authority says, if the path is one of its own.
    private func authorityAnswer(to request: Request) async throws -> GraphResponse? {
        let target = request.head.path ?? "/"
        let path = String(target.prefix { $0 != "?" && $0 != "#" })
        guard let authority, Authority.endpoint(path) != nil else { return nil }
        var headers = RequestFraming.headers(request.headers)
        headers["Authorization"] = request.headers[.authorization]
        let asked = AuthorityRequest(
            method: request.method.rawValue,
            path: path,
            query: RequestTarget(target).query,
            headers: headers,
            body: try await RequestFraming.body(of: request) ?? [],
            origin: String(root(of: request, version: "v1.0").dropLast("/v1.0".count))
        )
        // It signs, and waits for files: the other connections of this thread must not wait for that.
        return await withTaskExecutorPreference(globalConcurrentExecutor) { await authority.respond(to: asked) }
    }

    private func root(of request: Request, version: String) -> String {
        RequestFraming.root(
            of: request,
            version: version,
            isSecure: isSecure,
            trustsForwarded: options.trustsForwarded
        )
    }

    private func metricsResponse() -> GraphResponse {
        GraphResponse(
            status: 200,
            headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
            body: Array(metrics.text().utf8)
        )
    }

    private static let allowed = (GraphRequest.Method.allCases.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", ")
}
