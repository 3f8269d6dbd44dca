package import AsyncHTTPClient
import Foundation
package import GraphModel
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix

/// Graph over HTTP: one exchange a request, without pacing and without repeats but one after a refused token.
///
/// Bodies pass as they are, both ways. What a refusal looks like is read where it is needed
/// (``GraphModel/GraphResponse/error``), whatever the spelling; a body that is no JSON is no error here.
package struct HTTPGraph: GraphService {
    /// How long to wait before an exchange counts as failed.
    package struct Timeouts: Sendable {
        package var connect = Duration.seconds(10)
        package var whole = Duration.seconds(100)

        package init() {}
    }

    /// The most that an answer may hold, in bytes.
    package static let maximumAnswer = 64 << 20

    private let root: String
    private let tokens: any TokenSource
    private let client: HTTPClient
    private let timeouts: Timeouts
    private let userAgent: String

    /// A client of one service.
    ///
    /// - Parameters:
    ///   - root: Scheme, authority and version, without a final "/": `https://graph.microsoft.com/v1.0`.
    ///   - tokens: Where tokens come from.
    ///   - client: Makes the connections; its owner ends it.
    ///   - timeouts: How long to wait.
    ///   - userAgent: Names this program to the service.
    package init(
        root: String,
        tokens: any TokenSource,
        client: HTTPClient,
        timeouts: Timeouts = Timeouts(),
        userAgent: String = "herald"
    ) {
        self.root = root
        self.tokens = tokens
        self.client = client
        self.timeouts = timeouts
        self.userAgent = userAgent
    }

    /// One thread serves all connections: it has time for as many as there are, and to wake one of several for each answer
    /// took a sixth of the processor time of an announcement.
    private static let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Makes the connections to one service.
    ///
    /// - Parameters:
    ///   - concurrency: How many requests are under way at once, at most.
    ///   - timeouts: How long to wait.
    ///   - proxy: Between here and the service; nil if there is none.
    /// - Returns: A client to be shut down; it follows no redirects, since a token must not go elsewhere.
    package static func client(
        concurrency: Int,
        timeouts: Timeouts = Timeouts(),
        proxy: HTTPProxy?
    ) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeouts.connect)),
            decompression: .enabled(limit: .size(maximumAnswer))
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, concurrency)
        // Whether to connect again is the pacer's business, which a hidden repeat would keep from it.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Nobody traces, and a tracer that does nothing would be asked about each request.
        configuration.tracing.tracer = nil
        if let proxy {
            configuration.proxy =
                proxy.authorization.map { basic in
                    .server(host: proxy.host, port: proxy.port, authorization: .basic(credentials: basic))
                } ?? .server(host: proxy.host, port: proxy.port)
        }
        return HTTPClient(eventLoopGroupProvider: .shared(eventLoops), configuration: configuration)
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let token = try await token(insteadOf: nil, claims: nil)
        let response = try await exchange(request, token: token)
        guard response.status == 401 else { return response }
        // A token may end before its time; one that is newer is worth one more try. What was refused was not done.
        let newer = try await self.token(insteadOf: token, claims: Self.claims(in: response))
        return newer == token ? response : try await exchange(request, token: newer)
    }

    private func token(insteadOf refused: String?, claims: String?) async throws -> String {
        do {
            return try await tokens.token(insteadOf: refused, claims: claims)
        } catch {
            var reason = NoAnswer(.notDone, "\(error)")
            reason.isFinal = error is SignInRequired
            throw reason
        }
    }

    private func exchange(_ request: GraphRequest, token: String) async throws(NoAnswer) -> GraphResponse {
        var http = HTTPClientRequest(url: root + request.path + (request.query.isEmpty ? "" : "?" + request.query))
        http.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers.fields { http.headers.replaceOrAdd(name: name, value: value) }
        http.headers.replaceOrAdd(name: "Authorization", value: "Bearer " + token)
        http.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        if request.headers["Accept"] == nil { http.headers.add(name: "Accept", value: "application/json") }
        if let key = request.key { http.headers.replaceOrAdd(name: "Idempotency-Key", value: key.headerValue) }
        if !request.body.isEmpty {
            if request.headers["Content-Type"] == nil {
                http.headers.add(name: "Content-Type", value: "application/json")
            }
            http.body = .bytes(ByteBuffer(bytes: request.body))
        } else if request.method == .post {
            http.headers.add(name: "Content-Length", value: "0")
        }
        do { try await SendPermit.current?.check() } catch {
            var reason = NoAnswer(.notDone, "\(error)")
            reason.isFinal = true
            throw reason
        }
        do {
            let answer = try await client.execute(http, timeout: TimeAmount(timeouts.whole))
            let body = try await answer.body.collect(upTo: Self.maximumAnswer)
            var response = GraphResponse(status: Int(answer.status.code), body: Array(body.readableBytesView))
            for (name, value) in answer.headers {
                response.headers[name] = response.headers[name].map { "\($0), \(value)" } ?? value
            }
            return response
        } catch {
            throw Self.noAnswer(error, to: request, at: root)
        }
    }

    /// What a failed exchange means for the write that was asked for.
    private static func noAnswer(_ error: any Error, to request: GraphRequest, at root: String) -> NoAnswer {
        let host = URL(string: root)?.host ?? root
        // A refusal comes from connecting alone; by the address of a machine it has no NIOConnectionError around it.
        if error is NIOConnectionError || (error as? IOError)?.errnoCode == ECONNREFUSED {
            return NoAnswer(.notDone, "\(host) cannot be reached: no connection could be made. Is the address right?")
        }
        switch error as? HTTPClientError {
        case .connectTimeout?, .getConnectionFromPoolTimeout?, .tlsHandshakeTimeout?, .httpProxyHandshakeTimeout?:
            return NoAnswer(.notDone, "\(host) cannot be reached: no connection in time.")
        case .proxyAuthenticationRequired?, .invalidProxyResponse?:
            return NoAnswer(.notDone, "The proxy refuses to connect to \(host).")
        case .invalidURL?, .emptyHost?, .emptyScheme?:
            return NoAnswer(.notDone, "'\(request.path.prefix(200))' makes no address at \(host).")
        case .deadlineExceeded?, .readTimeout?, .writeTimeout?:
            return NoAnswer(.unknown, "\(host) did not answer in time.")
        case .remoteConnectionClosed?, .uncleanShutdown?:
            return NoAnswer(.unknown, "\(host) closed the connection before it answered.")
        default:
            // A handshake that fails names itself by a type of the TLS library's; nothing was sent then.
            let kind = String(describing: type(of: error))
            let isHandshake = kind.contains("SSL")
            return NoAnswer(
                isHandshake ? .notDone : .unknown,
                isHandshake
                    ? "\(host) cannot be trusted: the TLS handshake failed."
                    : "The exchange with \(host) broke off (\(kind))."
            )
        }
    }

    /// The claims that a refusal asks for (reference, section 13.2), decoded.
    static func claims(in response: GraphResponse) -> String? {
        guard let field = response.headers["WWW-Authenticate"], let start = field.range(of: "claims=\"") else {
            return nil
        }
        let encoded = field[start.upperBound...].prefix { $0 != "\"" }
        // Some write it without padding, or in the alphabet for addresses.
        return Base64.decode(String(encoded)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        self = .microseconds(Int64(duration / .microseconds(1)))
    }
}
