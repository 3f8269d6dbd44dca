import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// Secrets that are planted everywhere turn up nowhere.
@Suite struct CanaryTests {
    private static let body = "c4n4ry-of-a-body"
    private static let query = "c4n4ry-of-a-query"
    private static let key = "c4n4ry-of-a-key"
    private static let faults = "lost-reply=5%,throttle=8%,unavailable=4%,reset=4%"

    /// Does everything that can go wrong, and says what went wrong.
    private static let script = """
        local group = "\(RemoteStage.wellness)"
        local function try(what, ...)
          local ok, problem = pcall(what, ...)
          if not ok then log.warn("%s", tostring(problem)) end
        end
        -- An error shows the line that it comes from, so what is secret does not stand in it.
        local secret, asked = "\(body)", "\(query)"
        for i = 1, 3 do
          try(graph.get, "/groups/" .. group .. "/threads?$top=1&access_token=\(query)" .. i)
          try(graph.post, "/groups/" .. group .. "/threads",
            { topic = "Tea", posts = { { body = { contentType = "text", content = "\(body)" .. i } } } },
            { key = "\(key)" .. i })
          try(graph.post, "/groups/" .. group .. "/threads", { topic = "\(body)", posts = { { body = 7 } } })
          try(graph.get, "/groups/00000000-0000-4000-8000-000000000001?$select=\(query)")
          try(graph.post, "/groups/86927e91-9f5e-44da-a321-87a3b3613c86/threads", { topic = "\(body)" })
        end
        announce { name = "canaries", to = { group }, topic = "Tea", body = text "\(body)" }
        graph.post("/groups/00000000-0000-4000-8000-000000000001/threads?access_token=" .. asked, { topic = secret })
        """

    private static func files(below folder: String) throws -> [Data] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.compactMap { FileManager.default.contents(atPath: folder + "/" + $0) }
    }

    @Test(arguments: [[], ["--no-keys"]])
    func `no log, error or report has any of them; no ledger and no recording has the token`(
        options: [String]
    )
        async throws
    {
        let stage = try await RemoteStage(groups: 3, options: ["--faults", Self.faults, "--seed", "5"] + options)
        try stage.world.write(Self.script, to: "canaries.lua")
        for (index, token) in [ServerUnderTest.token, "c4n4ry-of-a-token-that-is-refused"].enumerated() {
            var herald = stage.herald
            herald.variables["HERALD_TOKEN"] = token
            let ending = try await herald.run([
                "run", "--backend", stage.server.address, "--record", "\(index).har", "--read-lag", "0.2",
                "--allow-groups", RemoteStage.wellness, "--allow-groups", "00000000-0000-4000-8000-000000000001",
                "canaries.lua",
            ])
            #expect(ending.status == 1, "\(ending.error)")
            let shown = ending.output + ending.error
            #expect(shown.contains("does not exist") || index == 1, "\(shown)")
            for secret in [token, Self.body, Self.query, Self.key] {
                for line in shown.split(separator: "\n") { #expect(!line.contains(secret)) }
            }
        }
        let commands = ["runs --json", "show last", "show last --json"]
        for command in commands {
            let words = command.split(separator: " ").map(String.init) + ["--backend", stage.server.address]
            let ending = try await stage.herald.run(words)
            #expect(ending.status == 0, "\(ending.error)")
            for secret in [ServerUnderTest.token, Self.body, Self.query, Self.key] {
                #expect(!(ending.output + ending.error).contains(secret), "\(command): \(ending.output)")
            }
        }
        await stage.server.stop()
        let kept = try Self.files(below: stage.world.folder + "/client")
        #expect(!kept.isEmpty)
        let recordings = (0...1).compactMap { FileManager.default.contents(atPath: stage.world.folder + "/\($0).har") }
        #expect(recordings.count == 2)
        for data in kept + recordings {
            for token in [ServerUnderTest.token, "c4n4ry-of-a-token-that-is-refused"] {
                #expect(data.range(of: Data(token.utf8)) == nil)
            }
        }
        for data in recordings {
            #expect(data.range(of: Data(Self.query.utf8 + Array("1".utf8))) == nil)
        }
    }
}
