import GraphModel
import Testing

@testable import HeraldCommands

/// `herald check` in a folder with a table of groups.
@Suite struct CheckCommandTests {
    private let world: CapturedWorld

    init() throws {
        world = try CapturedWorld()
        try world.write("id,displayName\n29981b6a-0e57-42dc-94c9-cd24f5306196,Wellness\n", to: "groups.csv")
        try world.write(
            """
            announce {
              name = "wellness-2026", to = csv.read "groups.csv",
              topic = "Hello {{displayName}}", body = html "<p>Rest.</p>",
            }
            """,
            to: "announce.lua"
        )
    }

    @Test func `a script without faults is fine, and what it does is said`() async {
        #expect(await world.run("check", "announce.lua") == .done)
        #expect(world.output.take() == "announce.lua: fine; reads groups.csv; announces \"wellness-2026\"\n")
        #expect(world.error.text.isEmpty)
    }

    @Test func `findings look like those of a compiler`() async throws {
        try world.write("local x = 1\nif x then\tanounce {} end\ntime.now(1)\n", to: "broken.lua")
        #expect(await world.run("check", "broken.lua") == .failed)
        #expect(
            world.output.take() == """
                broken.lua:2:11: error: unknown global 'anounce' (did you mean 'announce'?)
                  2 | if x then anounce {} end
                    |           ^
                broken.lua:3:10: warning: time.now takes no arguments; what follows is passed over
                  3 | time.now(1)
                    |          ^
                broken.lua: 1 error, 1 warning

                """
        )
    }

    @Test func `warnings alone are no failure`() async throws {
        try world.write("time.now(1)", to: "warned.lua")
        #expect(await world.run("check", "warned.lua", "announce.lua") == .done)
        let text = world.output.take()
        #expect(text.contains("warned.lua: 1 warning\n"))
        #expect(text.hasSuffix("announce.lua: fine; reads groups.csv; announces \"wellness-2026\"\n"))
    }

    @Test func `files count from the script's own folder`() async throws {
        let elsewhere = try CapturedWorld()
        #expect(await elsewhere.run("check", world.folder + "/announce.lua") == .done)
    }

    @Test func `one document in JSON has all`() async throws {
        try world.write("anounce {}", to: "broken.lua")
        #expect(await world.run("check", "--json", "broken.lua", "announce.lua") == .failed)
        #expect(
            world.output.take() == """
                {"files":[{"file":"broken.lua","findings":[{"line":1,"column":1,"severity":"error",\
                "code":"unknownGlobal","message":"unknown global 'anounce'","hint":"did you mean 'announce'?"}],\
                "capabilities":[]},{"file":"announce.lua","findings":[],"capabilities":[\
                {"kind":"readsFile","subject":"groups.csv"},{"kind":"announces","subject":"wellness-2026"}]}]}

                """
        )
    }

    @Test func `scripts cannot steer the terminal`() async throws {
        let world = try CapturedWorld(isTerminal: true)
        try world.write("print(csv['\u{1B}[2J\\27']) -- \u{1B}[31m\u{202E}", to: "hostile.lua")
        try world.write("print('\u{1B}[2J", to: "broken.lua")
        #expect(await world.run("check", "hostile.lua", "broken.lua") == .failed)
        #expect(!world.output.text.contains("\u{1B}"))
        #expect(!world.output.text.contains("\u{202E}"))
    }

    @Test func `long lines are cut to what a terminal shows`() async throws {
        let world = try CapturedWorld(isTerminal: true, columns: 60)
        try world.write(
            "local x = '" + String(repeating: "ä", count: 300) + "' .. y .. '" + String(repeating: "b", count: 300)
                + "'",
            to: "long.lua"
        )
        #expect(await world.run("check", "long.lua") == .failed)
        let lines = world.output.text.split(separator: "\n")
        #expect(lines[1].terminalColumns <= 60)
        let caret = try #require(lines[2].firstIndex(of: "^"))
        #expect(Array(lines[1])[lines[2].distance(from: lines[2].startIndex, to: caret)] == "y")
    }

    @Test func `what cannot be read is a failure that names it`() async {
        #expect(await world.run("check", "nope.lua") == .failed)
        #expect(world.error.take() == "herald: nope.lua: there is no such file.\n")
        #expect(await world.run("check") == .usage)
    }
}
