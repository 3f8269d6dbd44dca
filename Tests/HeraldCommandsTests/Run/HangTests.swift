import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// Scripts that hang inside of Lua itself, where nothing can end them but the end of the process.
@Suite struct HangTests {
    /// A call that leads to itself: liblua looks for something to call for ever, in a loop without instructions.
    private static let hang = "local meta = {} local t = setmetatable({}, meta) meta.__call = t t()"

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-hang-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `the process ends with the limit's status, and the ledger says why`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("print 'begun'\n\(Self.hang)".utf8).write(to: folder.appending(path: "hang.lua"))
        let herald = HeraldProcess(folder: folder.path)
        let ending = try await herald.run("run", "--limit-cpu", "0.1", "hang.lua")
        #expect(ending.status == ExitStatus.limit.rawValue && !ending.wasKilled)
        #expect(ending.output == "begun\n")
        #expect(ending.error.contains("hangs inside Lua itself"))
        let runs = try await herald.run("runs")
        #expect(runs.output.contains("failed") && runs.output.contains("hangs inside Lua itself"))
    }

    /// Scripts whose one instruction takes longer than anybody waits.
    private static let hostile = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../LuaRuntimeTests/Hostile")

    @Test(
        "however liblua is kept busy, the process ends",
        arguments: ["call-leads-to-itself", "table-collisions", "numbers-of-long-texts", "ephemeron-tables"]
    )
    func busy(vector: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(
            at: Self.hostile.appending(path: vector + ".lua"),
            to: folder.appending(path: "hang.lua")
        )
        let ending = try await HeraldProcess(folder: folder.path).run("run", "--limit-cpu", "0.1", "hang.lua")
        #expect(ending.status == ExitStatus.limit.rawValue && !ending.wasKilled)
        #expect(ending.error.contains("--limit-cpu") || ending.error.contains("--limit-memory"))
    }

    @Test func `what is in flight is settled before the process ends`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let herald = HeraldProcess(folder: folder.path)
        try Data("id,displayName\n29981b6a-0e57-42dc-94c9-cd24f5306196,Contoso\n".utf8)
            .write(to: folder.appending(path: "groups.csv"))
        try await herald.run("groups", "import", "groups.csv")
        try Data(
            """
            local group = graph.groups["29981b6a-0e57-42dc-94c9-cd24f5306196"]
            parallel({ 1, 2 }, function(n)
              if n == 1 then
                group.threads:create({ topic = "Once", posts = { { body = text "x" } } }, { key = "once" })
              end
              \(Self.hang)
            end)
            """.utf8
        ).write(to: folder.appending(path: "hang.lua"))
        let ending = try await herald.run("run", "--limit-cpu", "0.1", "hang.lua")
        #expect(ending.status == ExitStatus.limit.rawValue)
        // Sent again with its key, it is there already: the answer comes from where the first one was settled.
        try Data(
            """
            local group = graph.groups["29981b6a-0e57-42dc-94c9-cd24f5306196"]
            group.threads:create({ topic = "Once", posts = { { body = text "x" } } }, { key = "once" })
            print(#group.threads:list().value)
            """.utf8
        ).write(to: folder.appending(path: "again.lua"))
        #expect(try await herald.run("run", "again.lua").output == "1\n")
    }
}
