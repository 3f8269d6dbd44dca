import EmbeddedGraph
import Foundation
import FoundationNetworking
import GraphModel
import Logging
import Synchronization
import Testing

@testable import GraphServer

/// A server with its own authority, over a store with Adele and Alex, and a clock that a test moves.
struct RunningAuthority: Sendable {
    static let code = "sign-in-code-0123456789"
    static let client = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
    static let program = "9a2d3c61-08f4-4b3e-8d1f-5a4cf0f4f8d2"
    static let secret = "a-long-secret-of-the-program"
    static let redirect = "http://localhost:8400/"
    /// RFC 7636, appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    let root: String
    let tenant: String
    let folder: String
    let clock: Clock
    let adele: String

    final class Clock: Sendable {
        private let microseconds = Mutex(Int64(TestTokens.now) * 1_000_000)
        var now: Int64 { microseconds.withLock { $0 } }
        func advance(seconds: Int64) { microseconds.withLock { $0 += seconds * 1_000_000 } }
    }

    /// An answer as it came over the wire; redirects are not followed.
    struct Answer {
        var status: Int
        var headers: [String: String]
        var text: String
        var json: JSONValue { (try? JSONValue(Array(text.utf8))) ?? .null }
        var error: String? { json["error"]?.string }
        var numbers: [JSONValue]? { json["error_codes"]?.elements }
        subscript(name: String) -> String? { json[name]?.string }

        /// The parameters that a redirect hands back.
        var redirected: [String: String] {
            let items = headers["location"].flatMap { URLComponents(string: $0)?.queryItems } ?? []
            return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
        }
    }

    /// Runs `body` against a server that is up; what `folder` holds is there at the next start too.
    ///
    /// - Parameters:
    ///   - given: The folder; nil makes one for this time.
    ///   - atWork: Called in the midst of the authority's work, and that of what checks its tokens.
    ///   - body: Asks the server.
    /// - Throws: What body throws, or why there is no server.
    static func with(
        folder given: URL? = nil,
        atWork: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable (RunningAuthority) async throws -> Void
    ) async throws {
        let folder = given ?? FileManager.default.temporaryDirectory.appending(path: "herald-authority-\(UUID())")
        defer { if given == nil { try? FileManager.default.removeItem(at: folder) } }
        let clock = Clock()
        let now: @Sendable () -> Int64 = { clock.now }
        let logger = TestTokens.silent
        let store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Olivia",
            clock: now
        )
        _ = try await store.importGroups([RunningServer.sales(at: now())])
        let people = People(store, as: store.operatorCaller)
        for name in ["adele", "alex"] where try await people.find("\(name)@contoso.example") == nil {
            let made = try await store.respond(
                to: GraphRequest(
                    .post,
                    "/users",
                    body: Array(#"{"displayName":"\#(name)","userPrincipalName":"\#(name)@contoso.example"}"#.utf8),
                    caller: store.operatorCaller
                )
            )
            try #require(made.status == 201)
        }
        let adele = try #require(try await people.find("adele@contoso.example")).id
        let authority = try Authority(
            .init(
                folder: folder.path,
                clients: [
                    RegisteredClient(
                        id: program,
                        name: "Announcer",
                        secretHash: SecretHash.of(secret).hexadecimal,
                        roles: ["Group.Read.All"],
                        redirectURIs: ["https://app.contoso.example/back"]
                    )
                ],
                signInCode: code
            ),
            people: people,
            logger: logger,
            now: {
                atWork()
                return clock.now
            }
        )
        try await RunningServer.serve { onListening in
            GraphServer(
                PermittingService(store, now: now),
                authenticator: authority.verifier,
                authority: authority,
                address: .tcp(host: "127.0.0.1", port: 0),
                logger: logger,
                now: now,
                onListening: onListening
            )
        } _: { port in
            try await body(
                RunningAuthority(
                    root: "http://127.0.0.1:\(port)",
                    tenant: authority.issuer.tenant,
                    folder: folder.path,
                    clock: clock,
                    adele: adele
                )
            )
        }
        try store.close()
    }

    private final class StayingPut: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession,
            task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }

    private static let session = URLSession(configuration: .ephemeral, delegate: StayingPut(), delegateQueue: nil)

    func send(
        _ method: String,
        _ path: String,
        body: String = "",
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: root + path)))
        request.httpMethod = method
        if !body.isEmpty { request.httpBody = Data(body.utf8) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await Self.session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        let fields = http.allHeaderFields.compactMap { name, value in
            (name as? String).map { ($0.lowercased(), "\(value)") }
        }
        return Answer(
            status: http.statusCode,
            headers: Dictionary(fields) { first, _ in first },
            text: String(decoding: data, as: UTF8.self)
        )
    }

    static func encode(_ form: [String: String]) -> String {
        form.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }

    func post(_ path: String, _ form: [String: String], headers: [String: String] = [:]) async throws -> Answer {
        try await send(
            "POST",
            path,
            body: Self.encode(form),
            headers: ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 }
        )
    }

    func token(_ form: [String: String]) async throws -> Answer {
        try await post("/\(tenant)/oauth2/v2.0/token", ["client_id": Self.client].merging(form) { $1 })
    }

    func get(_ path: String, bearing token: String) async throws -> Answer {
        try await send("GET", path, headers: ["Authorization": "Bearer \(token)"])
    }

    /// What a client asks for at the authorization endpoint.
    static let authorization = [
        "client_id": client, "redirect_uri": redirect, "response_type": "code", "scope": "Group.Read.All User.Read",
        "state": "xyz", "code_challenge": challenge, "code_challenge_method": "S256",
    ]

    /// Lets Adele approve at the authorization endpoint.
    func approve(_ changes: [String: String] = [:]) async throws -> Answer {
        let form = Self.authorization.merging([
            "user": "adele@contoso.example", "sign_in_code": Self.code, "decision": "approve",
        ]) { $1 }
        return try await post("/\(tenant)/oauth2/v2.0/authorize", form.merging(changes) { $1 })
    }

    /// Redeems a code as the client that it was given to.
    func redeem(_ code: String, _ changes: [String: String] = [:]) async throws -> Answer {
        try await token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirect,
                "code_verifier": Self.verifier,
            ].merging(changes) { $1 }
        )
    }
}
