import GRDB
import GraphModel
import Storage
import Synchronization
import Testing

@testable import EmbeddedGraph

/// The writer by itself, with works that fail in ways in which no operation does today.
@Suite struct WriterTests {
    private struct Unforeseen: Error {}

    private func open(_ graph: Fixture) throws -> (pool: DatabasePool, writer: Writer) {
        let pool = try StoreFile.open(
            graph.path,
            applicationID: StoreSchema.applicationID,
            migrator: StoreSchema.migrator
        )
        return (pool, Writer(pool: pool, path: graph.path))
    }

    /// A work that adds a user, and then does what else is asked.
    private func add(_ id: String, then: @escaping @Sendable () throws -> Void = {}) -> Writer.Work {
        { connection in
            let insert = try connection.prepare("INSERT INTO user (id, displayName, address) VALUES ($1, '', '')")
            insert.bind(id, 1)
            try insert.run()
            try then()
            return GraphResponse(status: 204)
        }
    }

    private func users(_ pool: DatabasePool) async throws -> [String] {
        try await pool.read { try String.fetchAll($0, sql: "SELECT id FROM user WHERE displayName = '' ORDER BY id") }
    }

    @Test func `work that is refused after it has written leaves nothing, and the work beside it stays`() async throws {
        let graph = try await Fixture()
        let (pool, writer) = try open(graph)
        let refusal = GraphError(403, .accessDenied, "No.")
        let outcomes = await withTaskGroup(of: (Int, Result<GraphResponse, any Error>).self) { tasks in
            for number in 0..<120 {
                let work =
                    switch number % 4 {
                    case 0: add("refused-\(number)") { throw refusal }
                    case 1: add("faulty-\(number)") { throw Unforeseen() }
                    case 2: add("twice")
                    default: add("done-\(number)")
                    }
                tasks.addTask {
                    do { return (number, .success(try await writer.perform(work))) } catch {
                        return (number, .failure(error))
                    }
                }
            }
            return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var twice = 0
        for (number, outcome) in outcomes {
            switch (number % 4, outcome) {
            case (0, .failure(let error)): #expect(error as? GraphError == refusal)
            case (1, .failure(let error)): #expect((error as? NoAnswer)?.outcome == .notDone)
            case (2, .success): twice += 1
            case (2, .failure(let error)): #expect((error as? NoAnswer)?.outcome == .notDone)
            case (3, .success(let response)): #expect(response.status == 204)
            default: Issue.record("\(number): \(outcome)")
            }
        }
        #expect(twice == 1 && outcomes.count == 120)
        let expected = stride(from: 3, to: 120, by: 4).map { "done-\($0)" } + ["twice"]
        try await #expect(users(pool) == expected.sorted())
    }

    @Test func `a full disk is told as such, nothing is done, and work goes on when there is room`() async throws {
        let graph = try await Fixture()
        let (pool, writer) = try open(graph)
        let limit = try await pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let limit = try Int.fetchOne(db, sql: "PRAGMA max_page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            return limit
        }
        let long = String(repeating: "x", count: 100_000)
        let error = await #expect(throws: NoAnswer.self) { try await writer.perform(add(long)) }
        #expect(error?.outcome == .notDone && error?.message.contains("the disk is full") == true)
        #expect(error?.lacksRoom == true)
        try await #expect(users(pool) == [])
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(limit)") }
        let response = try await writer.perform(add(long))
        #expect(response.status == 204)
        try await #expect(users(pool) == [long])
    }

    @Test func `a file that may not be written is told as such, and is read all the same`() async throws {
        let graph = try await Fixture()
        let (pool, writer) = try open(graph)
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
        let error = await #expect(throws: NoAnswer.self) { try await writer.perform(add("a")) }
        #expect(error?.outcome == .notDone && error?.message.contains("read-only") == true)
        #expect(error?.lacksRoom == false)
        try await #expect(users(pool) == [])
    }

    @Test func `an error names the file, and nothing of what was to be written`() async throws {
        let graph = try await Fixture()
        let (_, writer) = try open(graph)
        _ = try await writer.perform(add("secret"))
        let error = await #expect(throws: NoAnswer.self) { try await writer.perform(add("secret")) }
        #expect(error?.message.hasPrefix(graph.path) == true && error?.message.contains("secret") == false)
    }

    @Test func `a file that stays locked is waited for once, not once for each request`() async throws {
        let graph = try await Fixture()
        let count = 40
        let asked = Counter()
        let waits = Counter()
        var configuration = Configuration()
        configuration.busyMode = .callback { _ in
            // Gives up as soon as all have asked.
            waits.note()
            while asked.count < count {}
            return false
        }
        let writer = Writer(pool: try DatabasePool(path: graph.path, configuration: configuration), path: graph.path)
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let lock = try DatabaseQueue(path: graph.path, configuration: unsafe)
        try await lock.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let outcomes = await withTaskGroup(of: NoAnswer?.self) { tasks in
            for number in 0..<count {
                let work = add("\(number)")
                tasks.addTask {
                    asked.note()
                    do {
                        _ = try await writer.perform(work)
                        return nil
                    } catch { return error as? NoAnswer }
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        try await lock.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(outcomes.allSatisfy { $0?.outcome == .notDone && $0?.message.contains("locked") == true })
        #expect(waits.count < count / 2)
    }

    /// A number that many tasks raise.
    private final class Counter: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }
        func note() { number.withLock { $0 += 1 } }
    }
}
