import AsyncHTTPClient
import EmbeddedGraph
import GraphClient
import GraphModel
import Synchronization
import Testing

/// Reading from a server as from the embedded store, over real HTTP.
@Suite struct ReadingOverHTTPTests {
    private static let group = "/groups/\(RunningServer.group)"

    /// Counts the exchanges behind the client.
    private final class Counted: GraphService {
        private let http: HTTPGraph
        private let paths = Mutex<[String]>([])

        init(_ http: HTTPGraph) { self.http = http }

        var all: [String] { paths.withLock { $0 } }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            paths.withLock { $0.append(request.path) }
            return try await http.respond(to: request)
        }
    }

    private struct Client {
        let service: any GraphService
        let exchanges: Counted
        let caller: Caller

        /// A client as a run has it, which knows nothing of the server's mode before it answers.
        init(_ server: RunningServer) {
            let http = HTTPGraph(
                root: server.root + "/v1.0",
                tokens: GivenToken(RunningServer.token),
                client: HTTPClient.shared
            )
            exchanges = Counted(http)
            caller = server.store.operatorCaller
            let paced = PacedService(BatchingService(exchanges), limits: .server(concurrency: 16), keepsKeys: true)
            service = ReadingService(FreshIDService(paced), root: server.root + "/v1.0", queries: .whenRefused)
        }

        func get(_ path: String, _ query: String = "") async throws -> GraphResponse {
            try await service.respond(to: GraphRequest(.get, path, query: query, caller: caller))
        }

        func post(_ path: String, _ body: String) async throws -> JSONValue {
            let request = GraphRequest(.post, path, body: Array(body.utf8), caller: caller)
            let response = try await service.respond(to: request)
            try #require(response.isSuccess, "\(response)")
            return response.body.isEmpty ? .null : try JSONValue(response.body)
        }

        /// All items, by the links as scripts follow them: what stands before the path is cut off.
        func walk(_ path: String, _ query: String = "") async throws -> [JSONValue] {
            var items: [JSONValue] = []
            var place = (path, query)
            while true {
                let response = try await get(place.0, place.1)
                let page = try JSONValue(response.body)
                items += try #require(page["value"]?.elements, "\(page)")
                guard let link = page["@odata.nextLink"]?.string else { return items }
                let rest = try #require(link.split(separator: "/v1.0", maxSplits: 1).last)
                let parts = rest.split(separator: "?", maxSplits: 1).map(String.init)
                place = (parts[0], parts.count == 2 ? parts[1] : "")
            }
        }
    }

    @Test(arguments: ServerMode.allCases)
    func `a list is walked page by page to its end, whatever the server cuts`(mode: ServerMode) async throws {
        try await RunningServer.with(mode: mode) { server in
            let client = Client(server)
            let made = try await client.post(Self.group + "/conversations", RunningServer.conversation("Long"))
            let conversation = try #require(made["id"]?.string)
            let threads = try await client.walk("\(Self.group)/conversations/\(conversation)/threads")
            let thread = try #require(threads.first?["id"]?.string)
            for number in 1..<230 {
                _ = try await client.post(
                    Self.group + "/threads/\(thread)/reply",
                    #"{"post":{"body":{"contentType":"text","content":"\#(number)"}}}"#
                )
            }
            for query in ["", "$top=30", "$top=100", "$top=150", "$orderby=createdDateTime%20desc&$top=90"] {
                var texts = try await client.walk(Self.group + "/threads/\(thread)/posts", query).map {
                    $0["body"]?["content"]?.string ?? ""
                }
                if query.contains("desc") { texts.reverse() }
                #expect(texts == ["Rest"] + (1..<230).map(String.init), "\(query)")
            }
        }
    }

    @Test(arguments: ServerMode.allCases)
    func `a query finds the same whether the server does it or refuses it`(mode: ServerMode) async throws {
        try await RunningServer.with(mode: mode) { server in
            let client = Client(server)
            for topic in ["Offsite", "wellness", "Rest", "rest 2", "Wellness days"] {
                _ = try await client.post(Self.group + "/conversations", RunningServer.conversation(topic))
            }
            for (path, query, expected) in [
                ("/threads", "$filter=startswith(topic,'well')&$orderby=topic", ["wellness", "Wellness days"]),
                (
                    "/threads", "$orderby=topic%20desc&$top=2",
                    ["Wellness days", "wellness", "rest 2", "Rest", "Offsite"]
                ),
                ("/threads", "$search=%22topic:rest%22&$orderby=topic", ["Rest", "rest 2"]),
                ("/conversations", "$search=offsite", ["Offsite"]),
                ("/conversations", "$orderby=topic", ["Offsite", "Rest", "rest 2", "wellness", "Wellness days"]),
            ] {
                let found = try await client.walk(Self.group + path, query).map { $0["topic"]?.string ?? "" }
                #expect(found == expected, "\(path)?\(query)")
            }
            let refused = try await client.get(Self.group + "/threads", "$filter=colour%20eq%201")
            #expect(refused.status == 400 || refused.status == 501)
        }
    }

    // Reference, section 12.
    @Test func `reads side by side travel in batches, each with its own answer`() async throws {
        try await RunningServer.with { server in
            let client = Client(server)
            var ids: [String] = []
            for number in 0..<30 {
                let made = try await client.post(
                    Self.group + "/conversations",
                    RunningServer.conversation("Topic \(number)")
                )
                ids.append(try #require(made["id"]?.string))
            }
            let before = client.exchanges.all.count
            let topics = try await withThrowingTaskGroup(of: (Int, String?).self) { tasks in
                for (number, id) in ids.enumerated() {
                    tasks.addTask {
                        let response = try await client.get(Self.group + "/conversations/\(id)")
                        return (number, try JSONValue(response.body)["topic"]?.string)
                    }
                }
                return try await tasks.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(topics == Dictionary(uniqueKeysWithValues: (0..<30).map { ($0, "Topic \($0)") }))
            let exchanges = client.exchanges.all.dropFirst(before)
            #expect(exchanges.count < 30, "\(exchanges.count)")
            #expect(exchanges.contains("/$batch"))
        }
    }
}
