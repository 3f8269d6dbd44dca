import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct GroupsCommandTests {
    private static let id = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let header = "id,displayName,mail,mailNickname,visibility,groupTypes\n"
    private static let wellness = "\(id),Wellness,wellness@contoso.example,wellness,Public,Unified\n"
    private static let books =
        "18f1a1e7-61cf-4a2e-9a37-0d5c1a1c9c0e,\"人事部, 仙台 🎉\",books@contoso.example,books,Private,Unified\n"

    private let world: CapturedWorld

    init() throws { world = try CapturedWorld() }

    @Test func `imports, updates and leaves alone`() async throws {
        try world.write(Self.header + Self.wellness + Self.books, to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        #expect(world.output.take() == "groups.csv: 2 groups, 2 created, 0 updated, 0 unchanged\n")

        try world.write(Self.header + Self.wellness.replacing("Wellness", with: "Rest") + Self.books, to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv", "--json") == .done)
        #expect(world.output.take() == "{\"created\":0,\"updated\":1,\"unchanged\":1}\n")

        #expect(await world.run("groups", "show", Self.id) == .done)
        #expect(world.output.take().contains("Rest"))
    }

    @Test func `imports nothing when a row is faulty, and names it by its line`() async throws {
        try world.write(Self.header + Self.wellness + "nonsense,B,,,,\n", to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .failed)
        #expect(world.error.take().hasPrefix("groups.csv:3: \"nonsense\" is no group id; expected a GUID"))
        #expect(await world.run("groups", "list") == .done)
        #expect(world.output.text.isEmpty)
        #expect(world.error.text == "There are no groups.\n")
    }

    @Test(
        "a file that cannot be read is named",
        arguments: [
            ("missing.csv", "no such file"), ("state-folder", "this is a folder"), ("bare.csv", "bare.csv:1:1: "),
        ]
    )
    func unreadable(file: String, says: String) async throws {
        try FileManager.default.createDirectory(
            atPath: world.folder + "/state-folder",
            withIntermediateDirectories: true
        )
        try world.write("name\nx\n", to: "bare.csv")
        #expect(await world.run("groups", "import", file) == .failed)
        #expect(world.error.text.contains(file))
        #expect(world.error.text.contains(says))
    }

    @Test func `lists groups for people and for programs`() async throws {
        try world.write(Self.header + Self.wellness + Self.books, to: "groups.csv")
        _ = await world.run("groups", "import", "groups.csv")
        _ = world.output.take()

        #expect(await world.run("groups", "list") == .done)
        let table = world.output.take()
        #expect(table.hasPrefix("ID "))
        #expect(table.contains("\(Self.id)  Wellness"))

        #expect(await world.run("groups", "list", "--top", "1", "--json") == .done)
        let document = try JSONReader.read(Array(world.output.take().utf8)) { try JSONValue(from: &$0) }
        #expect(document["value"]?.elements?.count == 1)
        #expect(document["hasMore"] == .boolean(true))
    }

    @Test func `shows one group as Graph has it`() async throws {
        try world.write(Self.header + Self.wellness, to: "groups.csv")
        _ = await world.run("groups", "import", "groups.csv")
        _ = world.output.take()
        #expect(await world.run("groups", "show", Self.id.uppercased(), "--json") == .done)
        let group = try JSONReader.read(Array(world.output.text.utf8)) { try JSONValue(from: &$0) }
        #expect(group["mail"]?.text == "wellness@contoso.example")
    }

    @Test func `a group that is not there is a clear failure`() async throws {
        #expect(await world.run("groups", "show", Self.id) == .failed)
        #expect(world.output.text.isEmpty)
        #expect(world.error.text.hasPrefix("herald: "))
        #expect(world.error.text.contains("404"))
    }

    @Test func `another store can be named`() async throws {
        try world.write(Self.header + Self.wellness, to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv", "--store", "other.sqlite") == .done)
        #expect(FileManager.default.fileExists(atPath: world.folder + "/other.sqlite"))
        #expect(await world.run("groups", "show", Self.id) == .failed)
        #expect(await world.run("groups", "show", Self.id, "--store", "other.sqlite") == .done)
    }
}
