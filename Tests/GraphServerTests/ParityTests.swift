import AsyncHTTPClient
import EmbeddedGraph
import Foundation
import GraphClient
import GraphModel
import Synchronization
import Testing

/// One story of requests told to the store in process, over HTTP, inside batches and through Herald's own client, each
/// over a store of its own, with equal answers.
@Suite struct ParityTests {
    /// What of an answer has to be the same.
    private struct Seen: Equatable {
        var status: Int
        var headers: [String: String]
        var body: JSONValue
    }

    /// The header fields that a service gives, and that must not get lost on the way.
    private static let fields = ["allow", "etag", "location", "preference-applied", "x-ignored-members", "x-post-id"]

    /// A way to ask.
    private typealias Way = @Sendable (ParityStep, RunningServer) async throws -> (Int, [String: String], JSONValue)

    @Test func `HTTP gives the answers that the store gives in process`() async throws {
        try await expect(Self.http, asMuchAs: Self.inProcess)
    }

    @Test func `a batch gives the answers that the store gives in process`() async throws {
        try await expect(Self.batch, asMuchAs: Self.inProcess)
    }

    @Test func `Herald's client gives the answers that the store gives in process`() async throws {
        try await expect(Self.client, asMuchAs: Self.inProcess)
    }

    @Test func `Herald's client with its reading in front gives the answers that the store gives in process`()
        async throws
    {
        let clients = Clients()
        try await expect({ try await Self.ask(clients, $0, $1) }, asMuchAs: Self.inProcess)
    }

    private func expect(_ way: @escaping Way, asMuchAs known: @escaping Way) async throws {
        let expected = try await Self.tell(known)
        let found = try await Self.tell(way)
        #expect(expected.count == ParityStory.steps.count)
        for ((step, a), b) in zip(zip(ParityStory.steps, expected), found) {
            #expect(a == b, "\(step.method.rawValue) \(step.path)?\(step.query)")
        }
        // A story of nothing but refusals would prove little.
        #expect(expected.count { $0.status < 300 } > ParityStory.steps.count / 2)
    }

    private static func tell(_ way: @escaping Way) async throws -> [Seen] {
        let (answers, continuation) = AsyncStream.makeStream(of: Seen.self)
        try await RunningServer.with { server in
            var known: [String: String] = [:]
            for step in ParityStory.steps {
                var step = step
                for (name, value) in known {
                    step.path = step.path.replacing("{\(name)}", with: value)
                    step.body = step.body.replacing("{\(name)}", with: value)
                }
                let (status, headers, value) = try await way(step, server)
                for (name, place) in step.keeps {
                    known[name] = try #require(Self.member(place, of: value)?.string, "\(step.path): \(value)")
                }
                continuation.yield(
                    Seen(
                        status: status,
                        headers: headers.mapValues { Self.normal($0, server) },
                        body: Self.normal(value, server)
                    )
                )
            }
            continuation.finish()
        }
        return await answers.reduce(into: []) { $0.append($1) }
    }

    private static func member(_ place: [String], of value: JSONValue) -> JSONValue? {
        place.reduce(value) { value, part in Int(part).map { value?.elements?[$0] } ?? value?[part] }
    }

    // MARK: Ways

    private static let inProcess: Way = { step, server in
        var request = GraphRequest(
            step.method,
            step.path,
            query: encoded(step.query),
            body: Array(step.body.utf8),
            caller: server.store.operatorCaller,
            serviceRoot: server.root + "/v1.0"
        )
        if !step.body.isEmpty { request.headers["Content-Type"] = "application/json" }
        for (name, value) in step.headers { request.headers[name] = value }
        let response = try await server.store.respond(to: request)
        return (response.status, known(response.headers.fields.map { ($0.name, $0.value) }), value(response.body))
    }

    private static let http: Way = { step, server in
        let answer = try await server.send(
            step.method.rawValue,
            "/v1.0" + step.path + (step.query.isEmpty ? "" : "?" + encoded(step.query)),
            step.body,
            headers: step.headers
        )
        return (answer.status, known(answer.headers.map { ($0.key, $0.value) }), value(answer.body))
    }

    private static let client: Way = { step, server in
        var request = GraphRequest(
            step.method,
            step.path,
            query: encoded(step.query),
            body: Array(step.body.utf8),
            caller: server.store.operatorCaller
        )
        for (name, value) in step.headers { request.headers[name] = value }
        let graph = HTTPGraph(
            root: server.root + "/v1.0",
            tokens: GivenToken(RunningServer.token),
            client: HTTPClient.shared
        )
        let response = try await graph.respond(to: request)
        return (response.status, known(response.headers.fields.map { ($0.name, $0.value) }), value(response.body))
    }

    /// The client of each server, as a run has it: what it has made it remembers.
    private final class Clients: Sendable {
        private let known = Mutex<[String: any GraphService]>([:])

        func client(of server: RunningServer) -> any GraphService {
            known.withLock { known in
                if let client = known[server.root] { return client }
                let http = HTTPGraph(
                    root: server.root + "/v1.0",
                    tokens: GivenToken(RunningServer.token),
                    client: HTTPClient.shared
                )
                let paced = PacedService(BatchingService(http), limits: .server(concurrency: 8), keepsKeys: true)
                let client = ReadingService(
                    FreshIDService(paced),
                    root: server.root + "/v1.0",
                    queries: .whenRefused
                )
                known[server.root] = client
                return client
            }
        }
    }

    private static func ask(
        _ clients: Clients,
        _ step: ParityStep,
        _ server: RunningServer
    ) async throws -> (Int, [String: String], JSONValue) {
        var request = GraphRequest(
            step.method,
            step.path,
            query: encoded(step.query),
            body: Array(step.body.utf8),
            caller: server.store.operatorCaller
        )
        for (name, value) in step.headers { request.headers[name] = value }
        let response = try await clients.client(of: server).respond(to: request)
        return (response.status, known(response.headers.fields.map { ($0.name, $0.value) }), value(response.body))
    }

    private static let batch: Way = { step, server in
        var headers = step.headers
        if !step.body.isEmpty { headers["Content-Type"] = "application/json" }
        let url = step.path + (step.query.isEmpty ? "" : "?" + encoded(step.query))
        let text = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("requests")
                writer.array { writer in
                    writer.object { writer in
                        writer.member("id", "1")
                        writer.member("method", step.method.rawValue)
                        writer.member("url", url)
                        writer.name("headers")
                        writer.object { writer in
                            for (name, value) in headers {
                                writer.name(name)
                                writer.string(value)
                            }
                        }
                        if !step.body.isEmpty {
                            writer.name("body")
                            writer.raw(Array(step.body.utf8))
                        }
                    }
                }
            }
        }
        let answer = try await server.send("POST", "/v1.0/$batch", String(decoding: text, as: UTF8.self))
        let response = try #require(answer.json["responses"]?.elements?.first, "\(answer.json)")
        guard case .integer(let status)? = response["status"] else { return (0, [:], answer.json) }
        var fields: [(String, String)] = []
        if case .object(let members)? = response["headers"] {
            fields = members.compactMap { name, value in value.string.map { (name, $0) } }
        }
        var body = response["body"] ?? .null
        // What is no JSON stands in base64 (reference, section 12).
        let type = fields.first { $0.0 == "Content-Type" }?.1 ?? ""
        if !type.hasPrefix("application/json"), let encoded = body.string, let bytes = Data(base64Encoded: encoded) {
            body = value(Array(bytes))
        }
        return (Int(status), known(fields), body)
    }

    private static func value(_ body: [UInt8]) -> JSONValue {
        body.isEmpty ? .null : (try? JSONValue(body)) ?? .string(String(decoding: body, as: UTF8.self))
    }

    private static func known(_ headers: [(String, String)]) -> [String: String] {
        Dictionary(headers.map { ($0.0.lowercased(), $0.1) }) { first, _ in first }.filter { fields.contains($0.key) }
    }

    private static func encoded(_ query: String) -> String {
        query.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? query
    }

    // MARK: Comparing

    /// The value with everything that is new each time, ids and times, made equal.
    private static func normal(_ value: JSONValue, _ server: RunningServer, member name: String = "") -> JSONValue {
        let isNew =
            ["date", "changeKey", "@odata.etag", "mail"].contains(name) || name.lowercased().hasSuffix("id")
            || name.hasSuffix("DateTime")
        return switch value {
        case .object(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0, normal($1, server, member: $0)) }))
        case .array(let elements): .array(elements.map { normal($0, server, member: name) })
        case .string(let text): .string(isNew ? name : normal(text, server))
        default: value
        }
    }

    /// The text without ids and tags, and without the port, which links hold.
    private static func normal(_ text: String, _ server: RunningServer) -> String {
        text.replacing(server.root, with: "ROOT")
            // Where the client has put the root that it was asked with.
            .replacing("http://localhost/", with: "ROOT/")
            .replacing(#/W\/"[^"]*"/#, with: "TAG")
            .replacing(#/[A-Z]-[A-Za-z0-9_\-]{20,}/#, with: "ID")
            .replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#, with: "GUID")
            .replacing(#/skiptoken=[A-Za-z0-9_\-]+/#, with: "skiptoken=TOKEN")
    }
}
