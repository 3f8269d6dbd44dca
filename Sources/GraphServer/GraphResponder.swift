import GraphModel
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The door for HTTP: makes a ``GraphRequest`` of what came, and an HTTP response of the answer.
///
/// Every refusal is JSON in Graph's envelope, those of this layer too (reference, section 13).
struct GraphResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let service: AnsweringService
    let authenticator: any Authenticator
    let mode: ServerMode
    let logger: Logger

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await answer(request)
        response.headers[ServerMode.header] = response.headers[ServerMode.header] ?? mode.rawValue
        log(request, response, ContinuousClock.now - start)
        return Self.http(response, isHead: request.method == .head)
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
        guard let body = try await body(of: request) else {
            let limit = GraphRequest.maximumBodySize
            return refuse(GraphError(413, .tooLarge, "The body of a request has at most \(limit) bytes."))
        }
        var graphRequest = GraphRequest(
            method,
            target.path,
            query: target.query,
            headers: Self.headers(request.headers),
            body: body,
            caller: caller,
            serviceRoot: Self.root(of: request, version: version)
        )
        do throws(GraphError) {
            graphRequest.key = try Self.key(of: graphRequest)
        } catch {
            return refuse(error)
        }
        return target.isBatch ? await batch(graphRequest) : await service.respond(to: graphRequest)
    }

    private func caller(of request: Request) async -> Caller? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return await authenticator.caller(bearing: String(parts[1]))
    }

    /// The whole body; nil if it is larger than may be.
    private func body(of request: Request) async throws -> [UInt8]? {
        let limit = GraphRequest.maximumBodySize
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { return nil }
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= limit else { return nil }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }

    // MARK: Batches

    private func batch(_ outer: GraphRequest) async -> GraphResponse {
        guard outer.method == .post else {
            var response = service.refusal(GraphError(405, .badRequest, "A batch is sent by POST."), to: outer)
            response.headers["Allow"] = "POST"
            return response
        }
        let batch: Batch
        do throws(GraphError) {
            batch = try Batch(outer.body, mode: mode)
        } catch {
            return service.refusal(error, to: outer)
        }
        var response = GraphResponse(json: await batch.run { item in await answer(item, of: outer) })
        response.headers["request-id"] = GroupID.random().text
        response.headers["client-request-id"] = outer.headers["client-request-id"]
        return response
    }

    private func answer(_ item: BatchItem, of outer: GraphRequest) async -> GraphResponse {
        let origin = outer.serviceRoot.dropLast(outer.serviceRoot.reversed().prefix { $0 != "/" }.count + 1)
        let url = item.url.hasPrefix(origin + "/") ? String(item.url.dropFirst(origin.count)) : item.url
        let target = RequestTarget(url.replacing(" ", with: "%20"))
        var request = GraphRequest(
            item.method,
            target.path,
            query: target.query,
            headers: item.headers,
            body: item.body,
            caller: outer.caller,
            serviceRoot: target.version.map { "\(origin)/\($0)" } ?? outer.serviceRoot
        )
        // An item acts with the token of the batch.
        request.headers["Authorization"] = nil
        guard !target.isBatch else {
            return service.refusal(GraphError(400, .badRequest, "A batch cannot hold a batch."), to: request)
        }
        do throws(GraphError) {
            request.key = try Self.key(of: request)
        } catch {
            return service.refusal(error, to: request)
        }
        return await service.respond(to: request)
    }

    // MARK: Parts of requests

    /// The longest key that a client may give, in bytes.
    private static let maximumKeyLength = 255

    private static func key(of request: GraphRequest) throws(GraphError) -> IdempotencyKey? {
        guard request.method.isWrite, let text = request.headers["Idempotency-Key"] else { return nil }
        guard (1...maximumKeyLength).contains(text.utf8.count) else {
            throw GraphError(400, .badRequest, "An Idempotency-Key has 1 to \(maximumKeyLength) characters.")
        }
        return IdempotencyKey(.explicit, text)
    }

    /// The fields for the service; what a field says twice is joined by commas (RFC 9110, section 5.3).
    ///
    /// The token stays behind.
    private static func headers(_ fields: HTTPFields) -> GraphHeaders {
        var headers = GraphHeaders()
        for field in fields where field.name != .authorization {
            let name = field.name.rawName
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        return headers
    }

    /// What links begin with: the address that the client used.
    private static func root(of request: Request, version: String) -> String {
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

    // MARK: Responses

    private static func http(_ response: GraphResponse, isHead: Bool) -> Response {
        var fields = HTTPFields()
        for (name, value) in response.headers.fields {
            guard let name = HTTPField.Name(name), !(name == .contentType && response.body.isEmpty) else { continue }
            fields[name] = value
        }
        fields[.cacheControl] = "private"
        fields[.odataVersion] = "4.0"
        let status = HTTPResponse.Status(code: response.status)
        if response.body.isEmpty || isHead { return Response(status: status, headers: fields) }
        return Response(
            status: status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        )
    }

    /// One line a request; values of queries may hold addresses or names, and stay out.
    private func log(_ request: Request, _ response: GraphResponse, _ duration: Duration) {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        let milliseconds = Double(duration / .microseconds(1)) / 1000
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path.prefix(300))", "status": "\(response.status)",
                "ms": "\(milliseconds)", "request-id": "\(response.headers["request-id"] ?? "")",
            ]
        )
    }
}

extension HTTPField.Name {
    fileprivate static let clientRequestID = known("client-request-id")
    fileprivate static let odataVersion = known("OData-Version")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header field") }
        return name
    }
}
