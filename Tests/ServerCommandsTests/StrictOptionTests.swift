import ArgumentParser
import Testing

@testable import ServerCommands

@Suite struct StrictOptionTests {
    @Test func `a server is lenient unless it is told to be strict`() throws {
        #expect(try ServerCommand.parse([]).strict == false)
        #expect(try ServerCommand.parse(["--strict"]).strict)
    }

    @Test func `the help says what strict means`() {
        let help = ServerCommand.helpMessage(columns: 200)
        for part in ["--strict", "501", "delta", "ConsistencyLevel", "x_", "x-server-mode"] {
            #expect(help.contains(part))
        }
    }
}
