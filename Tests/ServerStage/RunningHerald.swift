import AsyncHTTPClient
package import EmbeddedGraph
import Foundation
import GraphModel
import GraphServer
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A server with its own authority on a port of its own, over a store with Adele, Alex and some groups; and what a person
/// does with a browser.
package struct RunningHerald: Sendable {
    package static let signInCode = "sign-in-code-0123456789"
    package static let program = "9a2d3c61-08f4-4b3e-8d1f-5a4cf0f4f8d2"
    package static let secret = "a-long-secret-of-the-program"

    package let store: EmbeddedGraph
    package let root: String
    package let tenant: String
    package let clock: Clock

    /// The time of day, which goes on only when a test moves it: how busy the machine is makes no difference.
    package final class Clock: Sendable {
        private let time = Mutex(Int64(Date().timeIntervalSince1970 * 1_000_000))

        package init() {}
        /// Microseconds since 1970; no moment comes twice.
        package var now: Int64 {
            time.withLock { time in
                time += 1
                return time
            }
        }
        package func advance(by duration: Duration) { time.withLock { $0 += Int64(duration / .microseconds(1)) } }
    }

    /// Something that a test's person could not do.
    package struct Surprise: Error { package var text: String }

    /// Runs `body` against a server that is up, and stops the server afterwards.
    package static func with(
        groups: Int = 3,
        hasAuthority: Bool = true,
        _ body: @escaping @Sendable (RunningHerald) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-authority-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = Clock()
        let now: @Sendable () -> Int64 = { clock.now }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Olivia",
            clock: now
        )
        _ = try await store.importGroups(
            (0..<groups).map { number in
                Group(
                    id: GroupID.random(),
                    displayName: "Team \(number)",
                    mail: "team\(number)@contoso.example",
                    mailNickname: "team\(number)",
                    groupTypes: ["Unified"],
                    created: GraphDate(microseconds: now())
                )
            }
        )
        let people = People(store, as: store.operatorCaller)
        for name in ["Adele", "Alex"] {
            let user =
                #"{"displayName":"\#(name) Vance","userPrincipalName":"\#(name.lowercased())@contoso.example"}"#
            let made = try await store.respond(
                to: GraphRequest(.post, "/users", body: Array(user.utf8), caller: store.operatorCaller)
            )
            guard made.status == 201 else { throw Surprise(text: "user: \(made.status)") }
        }
        let registration = """
            {"id": "\(program)", "name": "Announcer", "secretHash": "\(SHA256.hash(secret.utf8).hexadecimal)", \
            "roles": ["Group.Read.All"]}
            """
        let authority = try Authority(
            .init(
                folder: folder.path,
                clients: [
                    try JSONDecoder().decode(RegisteredClient.self, from: Data(registration.utf8))
                ],
                signInCode: signInCode
            ),
            people: people,
            logger: logger,
            now: now
        )
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = GraphServer(
            PermittingService(store, now: now),
            authenticator: authority.verifier,
            authority: hasAuthority ? authority : nil,
            address: .tcp(host: "127.0.0.1", port: 0),
            logger: logger,
            now: now,
            onListening: { continuation.yield($0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw Surprise(text: "no port") }
            try await body(
                RunningHerald(
                    store: store,
                    root: "http://127.0.0.1:\(port)",
                    tenant: authority.issuer.tenant,
                    clock: clock
                )
            )
            tasks.cancelAll()
            while let result = await tasks.nextResult() { _ = result }
        }
        try store.close()
    }

    // MARK: What people do

    /// Enters a code on the page for devices.
    package func enter(_ userCode: String, decision: String = "approve", as user: String = "adele") async throws {
        let (status, _, text) = try await post(
            root + "/devicelogin",
            [
                ("user_code", userCode), ("user", user + "@contoso.example"), ("sign_in_code", Self.signInCode),
                ("decision", decision),
            ]
        )
        guard status == 200 else { throw Surprise(text: "devicelogin: \(status) \(text)") }
    }

    /// Opens the address of a sign-in, decides, and follows the redirect.
    ///
    /// - Returns: The status and the page that the program shows in the end.
    @discardableResult
    package func browse(
        _ address: String,
        decision: String = "approve",
        tampering: (String) -> String = { $0 }
    ) async throws -> (status: Int, text: String) {
        guard let parts = URLComponents(string: address) else { throw Surprise(text: "no address") }
        let page = try await HTTPClient.shared.execute(HTTPClientRequest(url: address), timeout: .seconds(20))
        guard page.status == .ok else { throw Surprise(text: "authorize: \(page.status)") }
        var fields = (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        fields += [
            ("user", "adele@contoso.example"), ("sign_in_code", Self.signInCode), ("decision", decision),
        ]
        let (status, headers, _) = try await post(root + parts.path, fields)
        guard status == 303, let location = headers["location"] else { throw Surprise(text: "sign-in: \(status)") }
        let answer = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: tampering(location)),
            timeout: .seconds(20)
        )
        let body = try await answer.body.collect(upTo: 1 << 20)
        return (Int(answer.status.code), String(buffer: body))
    }

    /// A token of a program that acts on its own.
    package func applicationToken() async throws -> String {
        let (_, _, text) = try await post(
            root + "/\(tenant)/oauth2/v2.0/token",
            [
                ("grant_type", "client_credentials"), ("client_id", Self.program), ("client_secret", Self.secret),
                ("scope", "https://graph.microsoft.com/.default"),
            ]
        )
        guard let token = try JSONValue(Array(text.utf8))["access_token"]?.string else {
            throw Surprise(text: "no token")
        }
        return token
    }

    private func post(
        _ address: String,
        _ form: [(String, String)]
    ) async throws -> (status: Int, headers: [String: String], text: String) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let text = form.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: text))
        do {
            let answer = try await client.execute(request, timeout: .seconds(20))
            let body = try await answer.body.collect(upTo: 1 << 20)
            try await client.shutdown()
            let headers = answer.headers.map { ($0.name.lowercased(), $0.value) }
            return (Int(answer.status.code), Dictionary(headers) { first, _ in first }, String(buffer: body))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
