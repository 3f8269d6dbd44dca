import ArgumentParser
import Foundation
import LuaRuntime

extension HeraldCommand {
    /// `herald correct`.
    struct Correct: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "correct",
            abstract: "Reply in exactly the threads that a run reached.",
            discussion: """
                With --body or --body-file all threads get the same text. With a script, its announcements are rendered, \
                and each group that the run reached under the same name gets what is rendered for it as a reply; the \
                others get nothing, and nothing else that the script would write is written. A thread gets the same \
                correction once, however often it is repeated; a thread that was taken back gets none.

                Examples:

                  herald correct last --body 'The day is Friday, not Thursday.'
                  herald correct last --body-file correction.html --html
                  herald correct 20261121T0930 corrected.lua
                """
        )

        @OptionGroup var options: ErrandOptions
        @Option(help: ArgumentHelp("The text of the reply.", valueName: "text"))
        var body: String?
        @Option(help: ArgumentHelp("A file with the text of the reply.", valueName: "path"), completion: .file())
        var bodyFile: String?
        @Flag(help: "The text is HTML.")
        var html = false
        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Argument(help: "The corrected script, a Lua file.", completion: .file(extensions: ["lua"]))
        var script: String?
        @Argument(parsing: .postTerminator, help: "What the script finds in 'args', behind --.")
        var arguments: [String] = []

        func validate() throws {
            let given = [script, body, bodyFile].compactMap { $0 }.count
            guard given == 1 else {
                throw ValidationError("Say what to reply: one of SCRIPT, --body TEXT and --body-file FILE.")
            }
            if html, script != nil {
                throw ValidationError("--html goes with --body or --body-file; a script says it itself.")
            }
            if body?.isEmpty == true { throw ValidationError("--body is empty; there is nothing to reply.") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let content = try content(in: herald)
            return try await options.execute(in: herald, about: run) { _, _ in CorrectErrand(content) }
        }

        private func content(in herald: HeraldEnvironment) throws -> CorrectErrand.Content {
            if let script {
                let url = URL(fileURLWithPath: herald.path(script))
                return .script(
                    LuaChunk(name: url.lastPathComponent, source: try herald.file(script)),
                    folder: url.deletingLastPathComponent().path,
                    arguments: arguments
                )
            }
            if let bodyFile {
                let bytes = try herald.file(bodyFile)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw Failure(.failed, "\(bodyFile): this is no text in UTF-8.")
                }
                guard !text.allSatisfy(\.isWhitespace) else {
                    throw Failure(.failed, "\(bodyFile): the file is empty.")
                }
                return .text(text, isHTML: html)
            }
            return .text(body ?? "", isHTML: html)
        }
    }
}
