import Foundation
import Testing

@testable import HeraldCommands

/// A script cannot tell what answers it but by the clock: each example does the same elsewhere as on the embedded store.
@Suite struct RemoteExamplesTests {
    private static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let steps = [
        ["create-conversation.lua", group], ["reply-to-thread.lua", group], ["reply-to-thread.lua", group],
        ["lock-old-threads.lua", "-1"], ["export-conversations.lua"], ["export-conversations.lua", group],
    ]
    private static let faults = "lost-reply=5%,throttle=5%,unavailable=2%,reset=2%,latency=2ms±2ms,read-lag=300ms"

    private static let servers = [[], ["--no-keys"]]

    @Test(arguments: servers)
    func `the examples print the same, and leave the same behind`(options: [String]) async throws {
        let here = try await world()
        let expected = try await play(HeraldProcess(folder: here.folder), [])

        let there = try await world()
        let seed = Int.random(in: 0..<1_000_000)
        let server = try await ServerUnderTest(
            options + ["--faults", Self.faults, "--seed", "\(seed)", "--throttle", "graph"],
            folder: there.folder,
            log: "server.log"
        )
        let herald = HeraldProcess(
            folder: there.folder,
            home: "client",
            variables: ["HERALD_TOKEN": ServerUnderTest.token]
        )
        let found = try await play(
            herald,
            ["--backend", server.address, "--allow-all-groups", "--read-lag", "1.5"]
        )
        await server.stop()
        for (step, outputs) in zip(Self.steps, zip(expected, found)) {
            #expect(outputs.1 == outputs.0, "seed \(seed), \(options), \(step)")
        }
        for table in ["conversation", "thread", "post", "participant"] {
            #expect(try there.store.count(table) == here.store.count(table), "seed \(seed), \(options), \(table)")
        }
    }

    private func world() async throws -> CapturedWorld {
        let world = try CapturedWorld()
        for name in Set(Self.steps.map { $0[0] }) { try world.copyExample(name) }
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        try world.write(text.split(separator: "\n").prefix(4).joined(separator: "\n"), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        return world
    }

    /// Runs the examples one after the other, and gives what each printed, without what differs between any two runs.
    private func play(_ herald: HeraldProcess, _ options: [String]) async throws -> [String] {
        var outputs: [String] = []
        for step in Self.steps {
            let ending = try await herald.run(["run", "--quiet"] + options + step)
            #expect(ending.status == 0, "\(step): \(ending.error)")
            outputs.append(
                ending.output
                    .replacing(#/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/#, with: "TIME")
                    .replacing(#/\b[CTP][A-Za-z0-9_-]{22}\b/#, with: "ID")
            )
        }
        return outputs
    }
}
