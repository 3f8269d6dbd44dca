import GraphModel
import Storage
import Testing

@testable import EmbeddedGraph

/// The reader by itself, with reads that end as no operation does today.
@Suite struct ReaderTests {
    private static let count: @Sendable (Connection) throws -> Int64 = { connection in
        let select = try connection.prepare("SELECT count(*) FROM \"group\"")
        defer { select.reset() }
        return try select.step() ? select.integer(0) : -1
    }

    /// Reads one row of several, and leaves it at that.
    private static let stopEarly: @Sendable (Connection) throws -> Bool = { connection in
        try connection.prepare("SELECT id FROM \"group\" UNION ALL SELECT id FROM \"group\"").step()
    }

    @Test(arguments: [true, false])
    func `a read that stops before its last row leaves nothing old to the next`(isHere: Bool) async throws {
        let graph = try await Fixture()
        let reader = Reader(path: graph.path)
        func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
            isHere ? try reader.performHere(body) : try await reader.perform(body)
        }
        #expect(try await read(Self.count) == 1)
        #expect(try await read(Self.stopEarly))
        try await graph.add("2c3d4e5f-0000-4000-8000-000000000002", "Marketing", nickname: "marketing")
        #expect(try await read(Self.count) == 2)
        reader.close()
    }
}
