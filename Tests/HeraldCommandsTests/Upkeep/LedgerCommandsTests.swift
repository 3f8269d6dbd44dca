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

    @Test func `a narrow terminal shows runs whole, and details below`() async throws {
        let world = try CapturedWorld(isTerminal: true, columns: 80)
        try world.write("print(1)", to: "a.lua")
        #expect(await world.run("run", "a.lua") == .done)
        #expect(await world.run("suppress", "add", Self.group, "--reason", "asked") == .done)
        #expect(await world.run("runs") == .done)
        let run = try #require(world.output.take().firstMatch(of: #/\d{8}T\d{6}Z?-[0-9a-z]{4}/#)).output
        #expect(await world.run("audit", "show") == .done)
        let shown = world.output.take()
        let lines = shown.split(separator: "\n")
        #expect(lines.allSatisfy { $0.terminalColumns <= 80 }, "\(shown)")
        #expect(lines.count { $0.contains(run) } == 2, "\(shown)")
        #expect(shown.contains(Self.group) && !shown.contains("…, "), "\(shown)")
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

    @Test func `an exported line has each member once, and arguments are a list`() async throws {
        let world = try await world()
        #expect(await world.run("run", "a.lua", "one", "2") == .done)
        _ = world.output.take()
        #expect(await world.run("ledger", "export") == .done)
        let lines = world.output.take().split(separator: "\n").map(String.init)
        for line in lines {
            let names = line.matches(of: #/"([A-Za-z]+)":/#).map { String($0.1) }
            #expect(line.contains(#""kind":"audit""#) || names.count == Set(names).count, "\(line)")
        }
        let runs = lines.filter { $0.contains(#""kind":"run""#) }
        #expect(runs.count == 2 && runs.allSatisfy { $0.contains(#""runKind":"run""#) })
        #expect(runs.contains { $0.contains(#""arguments":["one","2"]"#) })
    }

    @Test func `compaction says what it removed`() async throws {
        let world = try await world()
        #expect(await world.run("ledger", "compact", "--keep-days", "-1") == .usage)
        #expect(await world.run("ledger", "compact") == .done)
        #expect(world.output.take().contains("Removed what 0 posts said"))
    }
}
