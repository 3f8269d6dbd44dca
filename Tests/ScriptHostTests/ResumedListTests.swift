import EmbeddedGraph
import GRDB
import GraphModel
import Testing

@testable import Announcements
@testable import ScriptHost

/// What a run that goes on renders once more, and what it knows to have sent.
@Suite struct ResumedListTests {
    private static let count = 1200
    private let world: ScriptWorld
    private let groups: [GroupID]

    init() async throws {
        world = try await ScriptWorld()
        groups = (1...Self.count).compactMap { number in
            let digits = String(number)
            return GroupID("29981b6a-0e57-42dc-94c9-" + String(repeating: "0", count: 12 - digits.count) + digits)
        }
        _ = try await world.store.importGroups(
            groups.enumerated().map { index, id in
                Group(
                    id: id,
                    displayName: "Contoso \(index)",
                    mailNickname: "contoso\(index)",
                    created: GraphDate(microseconds: 0)
                )
            }
        )
        try writeList { "Contoso \($0)" }
    }

    private func writeList(_ name: (Int) -> String) throws {
        let rows = groups.enumerated().map { "\($1),\(name($0))" }
        try world.write("id,displayName\n" + rows.joined(separator: "\n") + "\n", to: "list.csv")
    }

    private func script(_ text: String = "Hello {{displayName}}", to list: String = "csv.read 'list.csv'") -> String {
        "announce { name = 'news', to = \(list), topic = 'News', body = text '\(text)' }\n"
    }

    /// Makes the ledger believe that some groups got other content: whoever renders for them finds a change.
    private func forget(first count: Int) async throws {
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: """
                    UPDATE effect SET requestHash = zeroblob(32) WHERE id IN (SELECT id FROM effect ORDER BY id LIMIT ?)
                    """,
                arguments: [count]
            )
        }
    }

    /// Takes the record of some groups away, as if the run had been killed before it came to them.
    private func drop(last count: Int) async throws {
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: "DELETE FROM effect WHERE id IN (SELECT id FROM effect ORDER BY id DESC LIMIT ?)",
                arguments: [count]
            )
        }
    }

    @Test func `what it has sent of a list it does not render again, and the rest it sends`() async throws {
        try await world.run(script())
        try await forget(first: 500)
        try await drop(last: 100)
        try await world.run(script(), resuming: 1)
        // The store has the posts of the last hundred, and says so.
        #expect(world.tallies.map(\.sent) == [1200, 0] && world.tallies.map(\.already) == [0, 1200])
        #expect(world.tallies[1].changed == 0 && world.tallies[1].isComplete)
    }

    @Test(arguments: ["the text", "the list"])
    func `where its text or its list is another one it renders again, and says what has changed`(
        _ what: String
    ) async throws {
        try await world.run(script())
        if what == "the list" { try writeList { $0 < 300 ? "Fabrikam" : "Contoso \($0)" } }
        let changed = what == "the text" ? "Good morning {{displayName}}" : "Hello {{displayName}}"
        for _ in 1...2 { try await world.run(script(changed), resuming: 1) }
        // Nor does it believe, the next time, that it has sent what it has only rendered.
        let count = what == "the text" ? 1200 : 300
        #expect(world.tallies.map(\.changed) == [0, count, count])
        #expect(world.tallies.map(\.already) == [0, 1200 - count, 1200 - count])
    }

    @Test(arguments: ["a list", "a function"])
    func `what was announced under the name before, of something else, is told from the list`(
        _ first: String
    ) async throws {
        let some = "{ '\(groups[0])', '\(groups[1])' }"
        let other =
            first == "a list"
            ? script("Bye", to: some)
            : "announce { name = 'news', to = \(some), topic = 'News', body = function() return text 'Bye' end }\n"
        try await world.run(other + script())
        try await world.run(other + script(), resuming: 1)
        #expect(world.tallies.map(\.changed) == [0, 2, 0, 2])
        #expect(world.tallies.map(\.sent) == [2, 1198, 0, 0] && world.tallies.map(\.already) == [0, 0, 2, 1198])
    }

    @Test func `another run renders all of it, whatever was sent before`() async throws {
        try await world.run(script())
        try await forget(first: 500)
        try await world.run(script())
        #expect(world.tallies.map(\.changed) == [0, 500])
    }
}
