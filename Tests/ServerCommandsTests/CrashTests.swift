import Foundation
import FoundationNetworking
import Processes
import Synchronization
import Testing

/// The real executable, killed in the middle of its work.
struct CrashTests {
    /// A server that runs until it is killed or told to end.
    private final class Running: Sendable {
        let root: String
        let token: String
        private let process: ChildProcess

        /// Starts a server on a store, and waits until it listens.
        init(store: URL, home: URL) async throws {
            let server = try await ServerProcess.Listening(
                ["--listen", "127.0.0.1:0", "--store", store.path, "--log-level", "warning"],
                environment: ["HOME": home.path, "HERALD_HOME": home.path, "LOGNAME": "olivia"]
            )
            process = server.process
            let line = try #require(
                server.line.firstMatch(of: #/(http://127\.0\.0\.1:[0-9]+)/v1\.0  token: ([A-Za-z0-9_\-]+)/#)
            )
            root = String(line.output.1)
            token = String(line.output.2)
        }

        /// Kills the process as a failing machine would: it can do nothing more.
        func crash() { process.send(SIGKILL) }

        /// Tells the process to end well.
        func stop() { process.send(SIGTERM) }

        /// The status with which the process ended, or the signal.
        func end() async -> Int32 { await process.ending().status }

        func send(_ method: String, _ path: String, _ body: String = "", key: String? = nil) async throws -> Answer {
            var request = URLRequest(url: try #require(URL(string: root + "/v1.0" + path)))
            request.httpMethod = method
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
            if let key { request.setValue(key, forHTTPHeaderField: "Idempotency-Key") }
            if !body.isEmpty {
                request.httpBody = Data(body.utf8)
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            }
            let (data, response) = try await URLSession.shared.data(for: request)
            let http = try #require(response as? HTTPURLResponse)
            return Answer(
                status: http.statusCode,
                json: try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
            )
        }
    }

    private struct Answer {
        var status: Int
        var json: [String: Any]
        var id: String? { json["id"] as? String }
    }

    /// What came back before the server was killed: the ids of conversations by their topics.
    private final class Answered: Sendable {
        private let ids = Mutex<[String: String]>([:])

        var all: [String: String] { ids.withLock { $0 } }

        /// Notes an id, and tells how many there are with it.
        func add(_ topic: String, _ id: String) -> Int {
            ids.withLock { ids in
                ids[topic] = id
                return ids.count
            }
        }
    }

    private static func conversation(_ topic: String) -> String {
        #"{"topic":"\#(topic)","threads":[{"posts":[{"body":{"contentType":"text","content":"Rest"}}]}]}"#
    }

    /// Creates conversations over several connections at once until so many were answered, and then kills the server.
    private static func create(
        _ topics: [String],
        at path: String,
        of server: Running,
        killAfter: Int
    ) async -> Answered {
        let answered = Answered()
        let connections = 8
        await withTaskGroup(of: Void.self) { tasks in
            for connection in 0..<connections {
                tasks.addTask {
                    for topic in topics.enumerated().filter({ $0.offset % connections == connection }).map(\.element) {
                        // What the kill cuts off is not answered, and neither is what comes after.
                        guard
                            let answer = try? await server.send("POST", path, conversation(topic), key: "key-\(topic)"),
                            answer.status == 201, let id = answer.id
                        else { return }
                        if answered.add(topic, id) == killAfter { server.crash() }
                    }
                }
            }
        }
        return answered
    }

    @Test(arguments: [1, 7, 23])
    func `writes with keys, repeated after a crash, were made once each`(_ killAfter: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-crash-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = folder.appending(path: "graph.sqlite")
        let first = try await Running(store: store, home: folder)
        let group = try await first.send(
            "POST",
            "/groups",
            #"""
            {"displayName":"Sales","mailNickname":"sales","mailEnabled":true,"securityEnabled":false,
            "groupTypes":["Unified"]}
            """#
        )
        let path = "/groups/\(try #require(group.id))/conversations"
        let topics = (0..<48).map { "Topic \($0)" }
        let answered = await Self.create(topics, at: path, of: first, killAfter: killAfter).all
        #expect(await first.end() == SIGKILL)
        #expect(answered.count >= killAfter && answered.count < topics.count)
        let second = try await Running(store: store, home: folder)
        var ids: [String: String] = [:]
        for topic in topics {
            let answer = try await second.send("POST", path, Self.conversation(topic), key: "key-\(topic)")
            #expect(answer.status == 201)
            ids[topic] = answer.id
        }
        for (topic, id) in answered { #expect(ids[topic] == id, "\(topic) was made anew") }
        let list = try await second.send("GET", path + "?$top=999&$count=true")
        let made = try #require(list.json["value"] as? [[String: Any]])
        #expect(made.compactMap { $0["topic"] as? String }.sorted() == topics.sorted())
        #expect(Set(made.compactMap { $0["id"] as? String }) == Set(ids.values))
        #expect(list.json["@odata.count"] as? Int == topics.count)
        second.stop()
        #expect(await second.end() == 0)
    }
}
