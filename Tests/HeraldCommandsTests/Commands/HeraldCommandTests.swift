import ArgumentParser
import Testing

@testable import HeraldCommands

@Suite struct HeraldCommandTests {
    @Test func `prints its version`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("--version") == .done)
        #expect(world.output.text == "0.1.0\n")
    }

    @Test func `every command has its name written down, which is not looked up when the tool starts`() {
        func unnamed(_ command: any ParsableCommand.Type) -> [String] {
            let configuration = command.configuration
            return (configuration.commandName == nil ? ["\(command)"] : [])
                + configuration.subcommands.flatMap(unnamed)
        }
        #expect(unnamed(HeraldCommand.self) == [])
    }

    @Test(
        "every command explains itself",
        arguments: [
            ["groups"], ["groups", "import"], ["groups", "list"], ["groups", "show"], ["conversations"],
            ["conversations", "list"], ["conversations", "show"], ["threads"], ["threads", "list"],
            ["threads", "show"],
            ["posts"], ["posts", "list"], ["posts", "show"], ["new"], ["types"],
        ]
    )
    func help(command: [String]) async throws {
        let world = try CapturedWorld()
        #expect(await HeraldCommand.run(command + ["--help"], in: world.herald) == .done)
        #expect(world.output.text.contains("OVERVIEW: "))
        #expect(command.count == 1 || world.output.text.contains("Example"))
        #expect(world.error.text.isEmpty)
    }

    @Test(
        "wrong usage is status 2, on standard error, and opens no store",
        arguments: [
            ["nonsense"], ["groups", "list", "--top", "0"], ["groups", "list", "--top", "x"], ["groups", "show"],
            ["groups", "show", "not-a-guid"], ["conversations", "show", "29981b6a-0e57-42dc-94c9-cd24f5306196"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let world = try CapturedWorld()
        #expect(await HeraldCommand.run(arguments, in: world.herald) == .usage)
        #expect(world.output.text.isEmpty)
        #expect(world.error.text.contains("help"))
    }

    @Test func `a malformed group id is shown with what was expected`() async throws {
        let world = try CapturedWorld()
        _ = await world.run("groups", "show", "not-a-guid")
        #expect(world.error.text.contains("\"not-a-guid\" is no group id; expected a GUID"))
    }

    @Test(
        "state lies where the variables say",
        arguments: [
            (["HERALD_HOME": "/a", "HOME": "/h"], "/a"), (["HERALD_HOME": "a", "HOME": "/h"], "/here/a"),
            (["HERALD_HOME": "", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/herald"),
            (["XDG_STATE_HOME": "x", "HOME": "/h"], "/h/.local/state/herald"),
            (["HOME": "/h"], "/h/.local/state/herald"),
        ]
    )
    func state(variables: [String: String], expected: String) throws {
        var herald = try CapturedWorld().herald
        herald.variables = variables
        herald.folder = "/here"
        #expect(try herald.stateFolder() == expected)
    }

    @Test func `without any of the variables it says which to set`() throws {
        var herald = try CapturedWorld().herald
        herald.variables = [:]
        #expect(throws: Failure.self) { try herald.stateFolder() }
    }
}
