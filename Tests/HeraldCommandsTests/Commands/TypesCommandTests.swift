import Foundation
import ScriptHost
import Testing

@testable import HeraldCommands

@Suite struct TypesCommandTests {
    @Test func `writes the stubs to standard output, and nothing else`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("types") == .done)
        #expect(world.output.text == LuaStubs().text)
        #expect(world.output.text.hasPrefix("---@meta\n"))
        #expect(world.error.text.isEmpty)
    }

    @Test func `writes the stubs to a file, in place of what it held`() async throws {
        let world = try CapturedWorld()
        try world.write("old", to: "herald.lua")
        #expect(await world.run("types", "--output", "herald.lua") == .done)
        #expect(try String(contentsOfFile: world.folder + "/herald.lua", encoding: .utf8) == LuaStubs().text)
        #expect(world.output.text.isEmpty)
    }

    @Test func `a file that cannot be written is named`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("types", "--output", "missing/herald.lua") == .failed)
        #expect(world.error.text.contains("missing/herald.lua: the file cannot be written"))
    }

    @Test func `writes the reference for the repository`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("types", "--reference") == .done)
        #expect(world.output.take() == LuaReference().text)
        #expect(await world.run("types", "--help") == .done)
        #expect(!world.output.take().contains("--reference"))
    }
}
