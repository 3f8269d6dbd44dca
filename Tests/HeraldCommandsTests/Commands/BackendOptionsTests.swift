import ArgumentParser
import Testing

@testable import HeraldCommands

/// Where a command's requests go, and what it may write there.
@Suite struct BackendOptionsTests {
    @Test func `a grant takes one pattern, and leaves the script to the command`() throws {
        let command = try HeraldCommand.parseAsRoot([
            "run", "--backend", "global", "--allow-groups", "team-*", "--allow-groups", "board", "announce.lua", "90",
        ])
        let run = try #require(command as? HeraldCommand.Run)
        #expect(run.script == "announce.lua" && run.arguments == ["90"])
        #expect(run.options.backend.allowGroups == ["team-*", "board"])
    }

    @Test(arguments: ["--backend", "--profile", "--store", "--allow-groups", "--allow-all-groups", "--max-posts"])
    func `an option that decides where is written does not go to the script unseen`(option: String) async throws {
        let world = try CapturedWorld()
        try world.write("print(#args)", to: "count.lua")
        #expect(await world.run("run", "count.lua", option, "x") == .usage)
        #expect(world.error.take().contains("Options stand before the script"))
        #expect(await world.run("run", "count.lua", "--", option, "x") == .done)
        #expect(world.output.take() == "3\n")
    }
}
