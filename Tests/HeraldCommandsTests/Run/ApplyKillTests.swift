import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// Plans that are carried out by the real executable, which is killed, and then resumed.
@Suite struct ApplyKillTests {
    private static let groups = 300

    @Test func `killed while it applies a plan and resumed, it sends each post and each write once`() async throws {
        let world = try CapturedWorld()
        let herald = HeraldProcess(folder: world.folder)
        let name = "groups.csv"
        let bytes = Array(try Data(contentsOf: CapturedWorld.examples.appending(path: name)))
        let table = try CSVTable(bytes, name: name)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        try world.write(lines.prefix(table.rows[Self.groups].line - 1).joined(separator: "\n"), to: name)
        try world.write(
            """
            local id = "29981b6a-0e57-42dc-94c9-cd24f5306196"
            local group = graph.groups[id]
            local made = {}
            for n = 1, 20 do
              local t = group.threads:create { topic = "before " .. n, posts = { { body = text "b" } } }
              group.threads[t.id]:reply { post = { body = text "r" } }
            end
            announce { name = "wellness-2026", to = csv.read "groups.csv", topic = "T", body = text "x" }
            for n = 1, 20 do group.threads:create { topic = "after " .. n, posts = { { body = text "a" } } } end
            """,
            to: "a.lua"
        )
        #expect(await world.run("groups", "import", name) == .done)
        #expect(await world.run("plan", "a.lua") == .done, "\(world.error.text)")
        try world.keepStore()
        let clock = ContinuousClock()
        let full = Int(try await clock.measure { try await herald.run("apply", "last") } / .microseconds(1))
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var kills = 0
        var round = 0
        while kills < 8, round < 40 {
            round += 1
            try world.restoreStore()
            let delay = Int.random(in: full / 8...full, using: &random)
            let comment: Comment = "seed \(seed), round \(round), killed after \(delay) µs"
            let first = try await herald.run("apply", "last", disturbance: .kill(after: delay))
            if first.wasKilled { kills += 1 }
            var ending = try await herald.run("resume", "last")
            // Before the run stands in the ledger the plan has not been applied.
            if ending.error.contains("There is no run") { ending = try await herald.run("apply", "last") }
            #expect(ending.status == 0, "\(comment): \(ending.error)")
            #expect(try world.store.count("thread") == Self.groups + 40, comment)
            #expect(try world.store.count("post") == Self.groups + 60, comment)
            #expect(
                try world.store.texts(
                    "SELECT topic FROM conversation WHERE topic <> 'T' GROUP BY topic HAVING count(*) <> 1"
                ).isEmpty,
                comment
            )
            #expect(try await herald.run("apply", "last").status == 1, comment)
        }
        #expect(kills > 0)
    }
}
