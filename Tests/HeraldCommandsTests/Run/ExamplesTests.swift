import Foundation
import ScriptHost
import Testing

@testable import HeraldCommands

/// Each example does what its first lines say.
@Suite struct ExamplesTests {
    private static let wellness = "29981b6a-0e57-42dc-94c9-cd24f5306196"

    private let world: CapturedWorld

    init() async throws {
        world = try CapturedWorld()
        for file in try FileManager.default.contentsOfDirectory(atPath: CapturedWorld.examples.path) {
            try world.copyExample(file)
        }
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        #expect(world.output.take().hasPrefix("groups.csv: 2,000 groups, 2,000 created"))
    }

    @Test func `announce reaches 2,000 groups, once, and says who has something else`() async throws {
        #expect(await world.run("run", "announce.lua") == .done)
        #expect(world.error.take().contains("wellness-2026: 2,000 announced, none failed"))
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty)

        #expect(await world.run("run", "announce.lua") == .done)
        #expect(
            world.error.take().contains(
                "wellness-2026: all 2,000 have it already, nothing was sent, none failed"
            )
        )

        let script = try String(contentsOfFile: world.folder + "/announce.lua", encoding: .utf8)
        try world.write(script.replacing("rest and recharge", with: "take a walk"), to: "announce.lua")
        #expect(await world.run("run", "announce.lua") == .targetsFailed)
        let report = world.error.take()
        #expect(report.contains("2,000 have it with other content and got nothing"))
        #expect(report.contains("  changed 2,000: The group has a post") && report.contains(" (\(Self.wellness)), "))
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty)
    }

    @Test func `create-conversation creates one in the group`() async throws {
        #expect(await world.run("run", "create-conversation.lua", Self.wellness) == .done)
        let lines = world.output.take().split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("conversation\t"))
        #expect(lines[1] == "topic\tTake your wellness days and rest")
        #expect(lines[2].hasSuffix("preview\tContoso cares about you: Rest and Recharge"))
        #expect(try world.store.count("conversation") == 1)
        #expect(try world.store.count("participant") == 1)
    }

    @Test func `reply-to-thread starts a thread, and then replies in it`() async throws {
        #expect(await world.run("run", "reply-to-thread.lua") == .done)
        #expect(world.output.take().hasPrefix("Which week suits you?\n"))
        #expect(try world.store.count("post") == 2)
        #expect(await world.run("run", "reply-to-thread.lua") == .done)
        #expect(try world.store.count("thread") == 1)
        #expect(try world.store.count("post") == 3)
    }

    @Test func `lock-old-threads locks the threads that are older, and no other`() async throws {
        #expect(await world.run("run", "create-conversation.lua") == .done)
        _ = world.output.take()
        #expect(await world.run("run", "lock-old-threads.lua") == .done)
        #expect(world.output.take().hasPrefix("0 threads locked, in which nothing was posted since "))
        #expect(await world.run("run", "lock-old-threads.lua", "-1") == .done)
        #expect(world.output.take().hasPrefix("1 threads locked"))
        #expect(await world.run("run", "lock-old-threads.lua", "soon") == .failed)
        #expect(world.error.take().contains("'soon' is no whole number of days"))
    }

    @Test func `export-conversations writes a table to standard output, and nothing else`() async throws {
        #expect(await world.run("run", "create-conversation.lua") == .done)
        _ = world.output.take()
        for arguments in [["run", "export-conversations.lua"], ["run", "export-conversations.lua", Self.wellness]] {
            #expect(await HeraldCommand.run(arguments, in: world.herald) == .done)
            let table = try CSVTable(Array(world.output.take().utf8), name: "output")
            #expect(
                table.columns == [
                    "group", "conversation", "topic", "lastDeliveredDateTime", "uniqueSenders", "preview",
                ]
            )
            #expect(table.rows.count == 1)
            #expect(table.rows.first?["group"] == "Contoso Wellness")
        }
    }
}
