import GraphModel
import GraphServer
import Logging
import Synchronization
import Testing

/// What is refused by the connection is found in the log and among the counts, once.
struct RefusalNoteTests {
    private static let host = "Host: localhost\r\n"
    private static let token = "Authorization: Bearer \(RunningServer.token)\r\n"
    private static let path = RunningServer.groupPath + "/conversations"
    private static let route = "/groups/{id}/conversations"

    /// The lines of a log.
    private final class Lines: Sendable {
        private let lines = Mutex<[(message: String, metadata: Logger.Metadata)]>([])

        func add(_ event: LogEvent) { lines.withLock { $0.append(("\(event.message)", event.metadata ?? [:])) } }

        var refusals: [Logger.Metadata] {
            lines.withLock { $0 }.filter { $0.message == "request refused" }.map(\.metadata)
        }
        var text: String { lines.withLock { "\($0)" } }
    }

    private struct Handler: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        let lines: Lines

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add(event) }
    }

    /// A request that is refused, and what is noted of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var request: String
        var status: Int
        var method: String?
        var path: String?
        var route = "other"
        var change: @Sendable (inout ConnectionLimits) -> Void = { _ in }

        var testDescription: String { "\(status): \(request.prefix(60))" }
    }

    private static let post = "POST \(path)?secret=word HTTP/1.1\r\n\(host)\(token)"

    static let cases: [Case] = [
        Case(request: "GET /v1.0/me HTTP/1.1\r\nHost: local", status: 408) { $0.headTimeout = .milliseconds(20) },
        Case(request: post + "Content-Length: 10\r\n\r\n{", status: 408, method: "POST", path: path, route: route) {
            $0.bodyPause = .milliseconds(20)
        },
        Case(
            request: post + "Content-Length: \(1 << 30)\r\n\r\n",
            status: 413,
            method: "POST",
            path: path,
            route: route
        ),
        Case(
            request: post + "Transfer-Encoding: chunked\r\n\r\n800\r\n" + String(repeating: "x", count: 2048)
                + "\r\n0\r\n\r\n",
            status: 413,
            method: "POST",
            path: path,
            route: route
        ) { $0.decompressedBodySize = 1024 },
        Case(request: "GET /v1.0/\(String(repeating: "x", count: 100 << 10)) HTTP/1.1\r\n\(host)\r\n", status: 414),
        Case(
            request: post + "X: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n",
            status: 431
        ),
        Case(request: post + "Content-Encoding: br\r\n\r\n", status: 415, method: "POST", path: path, route: route),
        Case(request: "secret nonsense\r\n\r\n", status: 400),
    ]

    @Test(arguments: cases)
    func `what the connection refuses is logged and counted once`(_ refused: Case) async throws {
        let lines = Lines()
        var options = ServerOptions()
        refused.change(&options.limits)
        try await RunningServer.with(
            options: options,
            logger: Logger(label: "test") { _ in Handler(lines: lines) }
        ) { server in
            let answer = try await RawClient.exchange(server.port, refused.request)
            #expect(answer.hasPrefix("HTTP/1.1 \(refused.status) "))
            let line = try #require(lines.refusals.first)
            #expect(lines.refusals.count == 1)
            #expect(line["status"] == "\(refused.status)")
            #expect(line["method"] == refused.method.map { "\($0)" } && line["path"] == refused.path.map { "\($0)" })
            #expect(line["request-id"].map { answer.contains("\($0)") } == true)
            #expect(line["reason"] != nil)
            for secret in [RunningServer.token, "secret"] { #expect(!lines.text.contains(secret)) }
            let counts = try await Self.counts(server)
            let name =
                #"{method="\#(refused.method ?? "other")",route="\#(refused.route)",status="\#(refused.status)"}"#
            #expect(counts == ["herald_requests_total\(name) 1"])
        }
    }

    @Test func `one connection too many is logged`() async throws {
        let lines = Lines()
        var options = ServerOptions()
        options.limits.connections = 0
        try await RunningServer.with(
            options: options,
            logger: Logger(label: "test") { _ in Handler(lines: lines) }
        ) { server in
            let answer = try await RawClient.exchange(server.port, "")
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(lines.refusals.map { $0["status"] } == ["503"])
        }
    }

    /// The counted requests, those for the counts themselves left out.
    private static func counts(_ server: RunningServer) async throws -> [String] {
        let answer = try await server.send("GET", "/metrics", token: nil)
        return String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("herald_requests_total{") && !$0.contains("/metrics") }
    }
}
