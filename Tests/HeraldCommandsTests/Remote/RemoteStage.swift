import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// A server with some groups, and the tool as a process that has it as its backend.
struct RemoteStage {
    static let wellness = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    static let log = "server.log"

    let world: CapturedWorld
    let server: ServerUnderTest
    /// The tool; its home is not the server's.
    var herald: HeraldProcess

    /// Starts a server that has the first so many of the example groups.
    init(groups: Int, options: [String] = []) async throws {
        world = try CapturedWorld()
        try world.copyExample("announce.lua")
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        let table = try CSVTable(Array(text.utf8), name: "groups.csv")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try world.write(lines.prefix(table.rows[groups].line - 1).joined(separator: "\n"), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        _ = world.output.take()
        server = try await ServerUnderTest(options, folder: world.folder, log: Self.log)
        herald = HeraldProcess(
            folder: world.folder,
            home: "client",
            variables: ["HERALD_TOKEN": ServerUnderTest.token]
        )
    }

    /// Runs a command of the tool on the backend; options of the command come first.
    func run(_ command: String, _ arguments: String...) async throws -> HeraldProcess.Ending {
        let words = command.split(separator: " ").map(String.init)
        return try await herald.run(words + ["--backend", server.address] + arguments)
    }

    /// What was written to the server, as its log tells.
    var writes: [LoggedRequest] {
        get throws {
            // A batch holds reads alone.
            try LoggedRequest.read(world.folder + "/" + Self.log)
                .filter { $0.method == "POST" && $0.path?.hasSuffix("/$batch") != true }
        }
    }

    /// What a report says of its one announcement.
    static func tally(_ ending: HeraldProcess.Ending) throws -> JSONValue {
        try #require(try JSONValue(Array(ending.output.utf8))["announcements"]?.elements?.first, "\(ending.error)")
    }
}
