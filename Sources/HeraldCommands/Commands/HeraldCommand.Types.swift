import ArgumentParser
import Foundation
import ScriptHost

extension HeraldCommand {
    /// `herald types`.
    struct Types: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "types",
            abstract: "Write the Lua API as stubs for editors.",
            discussion: """
                The stubs are LuaCATS annotations, which lua-language-server reads: put the file where the setting \
                "workspace.library" of its .luarc.json points. `herald new` writes both.

                Example:

                  herald types --output types/herald.lua
                """
        )

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("The file to write, instead of standard output.", valueName: "file"),
            completion: .file()
        )
        var output: String?
        @Flag(help: ArgumentHelp("Write the reference in Markdown instead.", visibility: .hidden))
        var reference = false

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let text = reference ? LuaReference().text : LuaStubs().text
            if let output {
                try herald.write(text, to: output)
            } else {
                try herald.output.write(Array(text.utf8))
            }
            return .done
        }
    }
}

extension HeraldEnvironment {
    /// Writes a file that the command line names; the folder must be there.
    ///
    /// - Throws: ``Failure`` that names the file and says why it cannot be written.
    func write(_ text: String, to name: String) throws(Failure) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path(name)), options: .atomic)
        } catch {
            throw Failure(.failed, "\(name): the file cannot be written: \(error.localizedDescription)")
        }
    }
}
