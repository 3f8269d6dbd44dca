import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

@Suite struct NewCommandTests {
    private let world: CapturedWorld

    init() throws { world = try CapturedWorld() }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: world.folder + "/" + path, encoding: .utf8)
    }

    @Test("every template's folder is complete", arguments: ScriptTemplate.allCases)
    func files(template: ScriptTemplate) async throws {
        #expect(await world.run("new", "greetings", "--template", template.rawValue) == .done)
        let written = Set(world.output.take().split(separator: "\n").map(String.init))
        var expected: Set<String> = [
            "greetings/greetings.lua", "greetings/greetings_test.lua", "greetings/.luarc.json",
            "greetings/types/herald.lua", "greetings/README.md",
        ]
        if template == .announce { expected.insert("greetings/groups.csv") }
        #expect(written == expected)
        #expect(world.error.text.contains("herald run greetings/greetings.lua"))

        #expect(try text("greetings/types/herald.lua") == LuaStubs().text)
        let settings = try JSONReader.read(Array(try text("greetings/.luarc.json").utf8)) { try JSONValue(from: &$0) }
        #expect(settings["runtime.version"] == .string("Lua 5.4"))
        #expect(settings["workspace.library"] == .array([.string("types")]))
        for file in expected { #expect(try !text(file).contains("\\(")) }
    }

    @Test("every template's script has nothing wrong with it", arguments: ScriptTemplate.allCases)
    func check(template: ScriptTemplate) async throws {
        #expect(await world.run("new", "greetings", "--template", template.rawValue) == .done)
        _ = world.output.take()
        #expect(await world.run("check", "greetings/greetings.lua", "greetings/greetings_test.lua") == .done)
        let report = world.output.take()
        #expect(report.hasPrefix("greetings/greetings.lua: fine"))
        #expect(report.contains("\ngreetings/greetings_test.lua: fine"))
    }

    @Test("every template's test passes", arguments: ScriptTemplate.allCases)
    func test(template: ScriptTemplate) async throws {
        #expect(await world.run("new", "greetings", "--template", template.rawValue) == .done)
        _ = world.output.take()
        let status = await world.run("test", "greetings/greetings_test.lua")
        #expect(status == .done, "\(world.output.text)")
    }

    @Test func `announce reaches the groups of its file once`() async throws {
        #expect(await world.run("new", "greetings") == .done)
        #expect(await world.run("groups", "import", "greetings/groups.csv") == .done)
        #expect(await world.run("run", "greetings/greetings.lua") == .done)
        #expect(world.error.take().contains("greetings: 3 announced, none failed"))
        #expect(await world.run("run", "greetings/greetings.lua") == .done)
        #expect(world.error.take().contains("all 3 have it already"))
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty)
    }

    @Test func `automation locks what is old, and report lists it`() async throws {
        for (name, template) in [("greetings", "announce"), ("locks", "automation"), ("list", "report")] {
            #expect(await world.run("new", name, "--template", template) == .done)
        }
        #expect(await world.run("groups", "import", "greetings/groups.csv") == .done)
        #expect(await world.run("run", "greetings/greetings.lua") == .done)
        _ = world.output.take()

        #expect(await world.run("run", "locks/locks.lua") == .done)
        #expect(world.output.take().hasPrefix("0 threads locked"))
        #expect(await world.run("run", "locks/locks.lua", "-1") == .done)
        #expect(world.output.take().hasPrefix("3 threads locked"))
        #expect(await world.run("run", "locks/locks.lua", "soon") == .failed)
        #expect(world.error.take().contains("'soon' is no whole number of days"))

        #expect(await world.run("run", "list/list.lua") == .done)
        let table = try CSVTable(Array(world.output.take().utf8), name: "output")
        #expect(table.columns == ["group", "topic", "lastDeliveredDateTime", "uniqueSenders", "preview"])
        #expect(table.rows.count == 3)
        #expect(table.rows.contains { $0["topic"] == "News for Partner Success, Denver" })
    }

    @Test func `a folder that is there is left as it is`() async throws {
        try FileManager.default.createDirectory(atPath: world.folder + "/greetings", withIntermediateDirectories: false)
        #expect(await world.run("new", "greetings") == .failed)
        #expect(world.error.text.contains("greetings is there already"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder + "/greetings").isEmpty)
    }

    @Test(
        "a name that could not be a folder's and a script's is refused",
        arguments: ["", ".", "..", "../x", "a/b", "a b", "-x", "_x", "a.lua", "ä", String(repeating: "x", count: 65)]
    )
    func names(name: String) async throws {
        #expect(await world.run("new", "--", name) == .usage)
        #expect(world.error.text.contains("is no name for a script"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder).isEmpty)
    }

    @Test func `an unknown template is refused with those that there are`() async throws {
        #expect(await world.run("new", "greetings", "--template", "blog") == .usage)
        #expect(world.error.text.contains("'announce', 'automation' or 'report'"))
    }
}
