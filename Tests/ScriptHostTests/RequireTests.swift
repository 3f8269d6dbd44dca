import Foundation
import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct RequireTests {
    @Test func `a module is run once, and its value is kept`() async throws {
        let world = try await ScriptWorld()
        try world.write(
            "print('loaded', ...) return { hello = function(n) return 'Hello ' .. n end }",
            to: "greeting.lua"
        )
        let output = try await world.run(
            #"print(require("greeting").hello "Contoso", require "greeting" == require "greeting")"#
        )
        #expect(output == "loaded\tgreeting\tgreeting.lua\nHello Contoso\ttrue\n")
    }

    @Test func `modules lie in folders, wait for the host and require others`() async throws {
        let world = try await ScriptWorld()
        try FileManager.default.createDirectory(
            at: world.folder.appending(path: "lib/names"),
            withIntermediateDirectories: true
        )
        try world.write("local names = require 'lib.names' return #names", to: "lib/count.lua")
        try world.write(
            "local list = {} for group in graph.groups:each() do list[#list + 1] = group.displayName end return list",
            to: "lib/names/init.lua"
        )
        #expect(try await world.run("print(require 'lib.count')") == "2\n")
    }

    @Test(
        "what cannot be loaded is refused with its place",
        arguments: [
            ("missing", "moduleNotFound", "neither missing.lua nor missing/init.lua", 1),
            ("../secret", "badArgument", "is no module's name", 1),
            ("a.b..c", "badArgument", "is no module's name", 1),
            ("circle", "badModule", "circle → circle2 → circle", 1),
            ("broken", nil, "syntax error near 'end'", 2),
        ] as [(String, String?, String, Int)]
    )
    func faults(name: String, code: String?, message: String, line: Int) async throws {
        let world = try await ScriptWorld()
        try world.write("return require 'circle2'", to: "circle.lua")
        try world.write("return require 'circle'", to: "circle2.lua")
        try world.write("local x = 1\nx end", to: "broken.lua")
        let error = await #expect(throws: LuaError.self) { try await world.run("require '\(name)'") }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.line == line)
    }

    @Test func `an error in a module has the module's place, and the traceback leads to the script`() async throws {
        let world = try await ScriptWorld()
        try world.write("\nlocal function f() error('no') end\nf()", to: "bad.lua")
        let error = await #expect(throws: LuaError.self) { try await world.run("\n\nrequire 'bad'") }
        #expect(error?.script == "bad.lua" && error?.line == 2)
        #expect(error?.traceback.last == "test.lua:3: in the main chunk")
        // It is not half loaded: the next attempt runs it anew.
        await #expect(throws: LuaError.self) { try await world.run("pcall(require, 'bad') require 'bad'") }
    }
}
