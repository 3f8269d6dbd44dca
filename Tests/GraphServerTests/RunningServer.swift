import EmbeddedGraph
import Foundation
import FoundationNetworking
import GraphModel
import GraphServer
import Logging
import Testing

/// A server on a port of its own, over a fresh store with one group.
struct RunningServer {
    static let token = "0123456789abcdef-test"
    static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    static let groupPath = "/v1.0/groups/\(group)"

    let store: EmbeddedGraph
    let root: String
    let port: Int

    /// An answer as it came over the wire.
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var json: JSONValue { (try? JSONValue(body)) ?? .null }
        var code: String? { json["error"]?["code"]?.string }
    }

    /// Runs `body` against a server that is up, and stops the server afterwards.
    ///
    /// - Parameters:
    ///   - mode: Whether the store does what Graph does and no more.
    ///   - options: How the server behaves.
    ///   - logger: Gets one line a request.
    ///   - service: Wraps the store; nil leaves it as it is.
    ///   - body: Asks the server.
    /// - Throws: What body throws, or why there is no server.
    static func with(
        mode: ServerMode = .lenient,
        options: ServerOptions = ServerOptions(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        service: (@Sendable (EmbeddedGraph) throws -> any GraphService)? = nil,
        _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-server-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        let store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Adele Vance",
            mode: mode,
            clock: now
        )
        try #require(try await store.importGroups([sales(at: now())]).created == 1)
        let service = try service?(store) ?? store
        try await serve { onListening in
            GraphServer(
                service,
                authenticator: DevelopmentToken(token, caller: store.operatorCaller),
                mode: mode,
                address: .tcp(host: "127.0.0.1", port: 0),
                options: options,
                logger: logger,
                now: now,
                onListening: onListening
            )
        } _: { port in
            try await body(RunningServer(store: store, root: "http://127.0.0.1:\(port)", port: port))
        }
        try store.close()
    }

    /// The group that there is.
    static func sales(at now: Int64) throws -> Group {
        Group(
            id: try #require(GroupID(group)),
            displayName: "Sales",
            mail: "sales@contoso.example",
            mailNickname: "sales",
            groupTypes: ["Unified"],
            created: GraphDate(microseconds: now)
        )
    }

    /// Runs a server until `body` is done with the port that it listens on.
    static func serve(
        _ make: (_ onListening: @escaping @Sendable (Int) -> Void) throws -> GraphServer,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let server = try make { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            try await body(try #require(await iterator.next()))
            tasks.cancelAll()
            while let result = await tasks.nextResult() { _ = result }
        }
    }

    /// Sends a request; `token` nil sends none.
    func send(
        _ method: String,
        _ path: String,
        _ body: String = "",
        headers: [String: String] = [:],
        token: String? = RunningServer.token
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: root + path)))
        request.httpMethod = method
        if !body.isEmpty {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        let fields = http.allHeaderFields.compactMap { name, value in
            (name as? String).map { ($0.lowercased(), "\(value)") }
        }
        return Answer(
            status: http.statusCode,
            headers: Dictionary(fields) { first, _ in first },
            body: Array(data)
        )
    }

    /// The body that starts a conversation.
    static func conversation(_ topic: String) -> String {
        #"{"topic":"\#(topic)","threads":[{"posts":[{"body":{"contentType":"text","content":"Rest"}}]}]}"#
    }
}
