import Foundation
import Testing

@testable import HeraldCommands

/// `herald ledger` and `herald audit`.
@Suite struct LedgerCommandsTests {
    private static let group = "11111111-0000-4000-8000-000000000001"

    private func world() async throws -> CapturedWorld {
        let world = try CapturedWorld()
        try world.write("id,displayName\n\(Self.group),Sales\n", to: "groups.csv")
        try world.write(
            #"announce { name = "news", to = csv.read "groups.csv", topic = "T", body = text "a secret" }"#,
            to: "a.lua"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        #expect(await world.run("run", "a.lua") == .done)
        _ = world.output.take()
        return world
    }

    @Test func `a sound ledger is said to be sound`() async throws {
        let world = try await world()
        #expect(await world.run("ledger", "check") == .done)
        let text = world.output.take()
        #expect(text.contains("1 run and 1 effect agree") && text.contains("none was left in the middle"))
        #expect(await world.run("ledger", "check", "--json") == .done)
        #expect(world.output.take().contains(#""well":true"#))
    }

    @Test func `the trail tells who ran which script, and verifies`() async throws {
        let world = try await world()
        #expect(await world.run("audit", "show") == .done)
        let shown = world.output.take()
        #expect(shown.contains("Adele Vance") && shown.contains("run.began") && shown.contains("posts.settled"))
        #expect(await world.run("audit", "verify") == .done)
        let head = try #require(world.output.take().split(separator: "\n").last.map(String.init))
        #expect(head.count == 64)
        #expect(await world.run("run", "a.lua") == .done)
        #expect(await world.run("audit", "verify", "--head", head) == .done)
        #expect(await world.run("audit", "verify", "--head", String(repeating: "0", count: 64)) == .failed)
        #expect(world.error.text.contains("none of the trail's"))
        #expect(await world.run("audit", "verify", "--head", "abc") == .usage)
    }

    @Test func `exports are lines of JSON without what posts said`() async throws {
        let world = try await world()
        #expect(await world.run("audit", "export") == .done)
        #expect(await world.run("ledger", "export") == .done)
        let lines = world.output.take().split(separator: "\n")
        #expect(lines.count > 6)
        for line in lines {
            #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil)
            #expect(!line.contains("a secret"))
        }
    }

    @Test func `compaction says what it removed`() async throws {
        let world = try await world()
        #expect(await world.run("ledger", "compact", "--keep-days", "-1") == .usage)
        #expect(await world.run("ledger", "compact") == .done)
        #expect(world.output.take().contains("Removed what 0 posts said"))
    }
}
