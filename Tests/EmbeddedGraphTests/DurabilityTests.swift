import Foundation
import GRDB
import GraphModel
import Storage
import Synchronization
import Testing

@testable import EmbeddedGraph

@Suite struct DurabilityTests {
    /// Connections to a store's file as the store itself opens them.
    private func pool(_ graph: Fixture) throws -> DatabasePool {
        try StoreFile.open(graph.path, applicationID: StoreSchema.applicationID, migrator: StoreSchema.migrator)
    }

    @Test func `commits are flushed to the disk, and keys of other tables are enforced`() async throws {
        let graph = try await Fixture()
        try await pool(graph).writeWithoutTransaction { db in
            try #expect(Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            try #expect(String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            try #expect(Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
            let error = #expect(throws: DatabaseError.self) {
                try db.execute(
                    sql: """
                        INSERT INTO conversation (id, groupID, topic, preview, uniqueSenders, hasAttachments, deliveredAt)
                        VALUES ('C', 'nowhere', '', '', '[]', 0, 0)
                        """
                )
            }
            #expect(error?.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY)
        }
    }

    @Test func `what was answered is in the file before the answer, and sound`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: #""attachments":[{"name":"a","contentBytes":"YQ=="}]"#)
        let other = try DatabaseQueue(path: graph.path)
        try await other.read { db in
            try #expect(String.fetchAll(db, sql: "SELECT id FROM post") == [made.post])
            try #expect(String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
        }
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(made.conversation)")
        try await other.read { db in
            for table in ["conversation", "thread", "post", "attachment"] {
                try #expect(Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") == 0)
            }
        }
    }

    @Test func `a store of a newer version is refused and left as it is`() async throws {
        let graph = try await Fixture()
        _ = try await graph.converse()
        try graph.store.close()
        let queue = try DatabaseQueue(path: graph.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2')") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: graph.path))
        let error = #expect(throws: StorageError.self) {
            try EmbeddedGraph(path: graph.path, operatorName: "A", clock: graph.clock.read)
        }
        #expect(error?.code == .newerVersion && error?.message.contains(graph.path) == true)
        try #expect(Data(contentsOf: URL(fileURLWithPath: graph.path)) == before)
    }

    @Test func `another program's database is no store`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-graph-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "other.sqlite").path
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE t (x)") }
        try queue.close()
        let error = #expect(throws: StorageError.self) {
            try EmbeddedGraph(path: path, operatorName: "A", clock: { 0 })
        }
        #expect(error?.code == .foreign)
    }

    // MARK: Requests that are written together

    /// Asks many things at once while the file is locked, so that they are written together when it is free again.
    private func together(_ graph: Fixture, _ requests: [GraphRequest]) async throws -> [GraphResponse] {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let lock = try DatabaseQueue(path: graph.path, configuration: configuration)
        try await lock.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let asked = Asked()
        return try await withThrowingTaskGroup(of: (Int, GraphResponse).self) { tasks in
            for (index, request) in requests.enumerated() {
                tasks.addTask {
                    asked.note()
                    return (index, try await graph.store.respond(to: request))
                }
            }
            while asked.count < requests.count { await Task.yield() }
            try await lock.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            var responses = requests.map { _ in GraphResponse(status: 0) }
            for try await (index, response) in tasks { responses[index] = response }
            return responses
        }
    }

    /// How many requests have been asked.
    private final class Asked: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }
        func note() { number.withLock { $0 += 1 } }
    }

    private func creation(_ graph: Fixture, _ topic: String, key: String? = nil) -> GraphRequest {
        GraphRequest(
            .post,
            "\(graph.group)/conversations",
            body: Array(#"{"topic":"\#(topic)","threads":[{"posts":[\#(Fixture.post("x"))]}]}"#.utf8),
            caller: graph.member,
            key: key.map { IdempotencyKey(.explicit, $0) }
        )
    }

    /// How many transactions the write-ahead log holds: frames that end one name the file's size.
    private func transactions(_ graph: Fixture) throws -> Int {
        let log = try [UInt8](Data(contentsOf: URL(fileURLWithPath: graph.path + "-wal")))
        guard log.count > 32 else { return 0 }
        let page = log[8..<12].reduce(0) { $0 << 8 | Int($1) }
        return stride(from: 32, to: log.count, by: 24 + page).count { log[($0 + 4)..<($0 + 8)].contains { $0 != 0 } }
    }

    @Test func `requests that arrive together share a transaction`() async throws {
        let graph = try await Fixture()
        let before = try transactions(graph)
        let responses = try await together(graph, (0..<200).map { creation(graph, "\($0)") })
        #expect(responses.allSatisfy { $0.status == 201 })
        let made = try transactions(graph) - before
        #expect(made > 0 && made < 50)
        try await #expect(graph.get("\(graph.group)/threads", query: "$count=true").json["@odata.count"] == 200)
    }

    @Test func `what a task has written it reads at once, however many others write`() async throws {
        let graph = try await Fixture()
        try await withThrowingTaskGroup { tasks in
            for number in 0..<60 {
                tasks.addTask {
                    let made = try await graph.converse("\(number)")
                    let post = try await graph.reply(made.thread, "Reply \(number)")
                    let posts = try await graph.get("\(graph.group)/threads/\(made.thread)/posts")
                    #expect(posts.ids == [made.post, post])
                    let conversation = try await graph.get("\(graph.group)/conversations/\(made.conversation)")
                    #expect(conversation.json["preview"]?.string == "Reply \(number)")
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test func `refusals among them leave the others alone`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        _ = try await graph.send(.patch, "\(graph.group)/threads/\(made.thread)", #"{"isLocked":true}"#)
        let reply = GraphRequest(
            .post,
            "\(graph.group)/threads/\(made.thread)/reply",
            body: Array(#"{"post":\#(Fixture.post("x"))}"#.utf8),
            caller: graph.member
        )
        let responses = try await together(
            graph,
            (0..<90).map { number in
                switch number % 3 {
                case 0: creation(graph, "\(number)", key: "\(number)")
                case 1: reply
                // The second of these finds the key used for another request.
                default: creation(graph, "\(number)", key: "shared")
                }
            }
        )
        #expect(responses.count { $0.status == 201 } == 31)
        #expect(responses.count { $0.status == 403 } == 30)
        #expect(responses.count { $0.status == 422 } == 29)
        try await #expect(graph.get("\(graph.group)/threads", query: "$count=true").json["@odata.count"] == 32)
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread)/posts").items.count == 1)
    }
}
