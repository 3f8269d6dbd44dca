import ArgumentParser
import Foundation
import ScriptHost

extension HeraldCommand {
    /// `herald new`.
    struct New: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Write a folder with a script to begin with.",
            discussion: """
                The folder has the script, what it reads, a test, stubs and settings for editors that run \
                lua-language-server, and a README that says what to change. The templates:

                  announce     one conversation in each group of a CSV file, once per group
                  automation   locks threads in which nothing was posted for a number of days
                  report       the conversations of all groups as CSV

                Examples:

                  herald new greetings
                  herald groups import greetings/groups.csv && herald run greetings/greetings.lua
                  herald new old-threads --template automation
                """
        )

        @Argument(help: "The name of the folder and the script: letters, digits, '-' and '_'.")
        var name: String
        @Option(name: .shortAndLong, help: "What the script does.")
        var template = ScriptTemplate.announce

        func validate() throws {
            guard name.wholeMatch(of: #/[A-Za-z0-9][A-Za-z0-9_\-]{0,63}/#) != nil else {
                throw ValidationError(
                    "'\(name)' is no name for a script; it has 1 to 64 letters, digits, '-' and '_', and begins with a "
                        + "letter or a digit."
                )
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let folder = URL(filePath: herald.path(name))
            guard !FileManager.default.fileExists(atPath: folder.path) else {
                throw Failure(.failed, "\(name) is there already; choose another name, or remove it.")
            }
            let project = NewProject(name: name, template: template)
            do {
                for file in project.files {
                    let url = folder.appending(path: file.path)
                    try FileManager.default.createDirectory(
                        at: url.deletingLastPathComponent(),
                        withIntermediateDirectories: true
                    )
                    try Data(file.text.utf8).write(to: url)
                }
            } catch {
                throw Failure(.failed, "\(name): the folder cannot be written: \(error.localizedDescription)")
            }
            for file in project.files { try herald.output.line("\(name)/\(file.path)") }
            try herald.error.line("\nNow:\n" + project.steps.map { "  \($0)" }.joined(separator: "\n"))
            return .done
        }
    }
}

extension ScriptTemplate: ExpressibleByArgument {}
