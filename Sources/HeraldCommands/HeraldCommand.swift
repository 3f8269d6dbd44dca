package import ArgumentParser

/// The tool: `herald`.
package struct HeraldCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "herald",
        abstract: "Announces things to many groups, each exactly once.",
        discussion: """
            State is kept in $HERALD_HOME, else in $XDG_STATE_HOME/herald, else in ~/.local/state/herald.

            Exit status: 0 all done, 1 the script or its data is at fault, 2 wrong usage, or nobody said yes, 3 some \
            targets failed, 4 a limit ended the script, 130 interrupted.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Script", subcommands: [New.self, Check.self, Test.self, Repl.self, Types.self]),
            CommandGroup(
                name: "Announcement",
                subcommands: [Run.self, Plan.self, Apply.self, Diff.self, Resume.self, Suppress.self]
            ),
            CommandGroup(
                name: "Result",
                subcommands: [
                    Runs.self, Show.self, Report.self, Replies.self, Retry.self, Correct.self, Undo.self,
                    LedgerUpkeep.self, Audit.self,
                ]
            ),
            CommandGroup(
                name: "Content",
                subcommands: [Groups.self, Conversations.self, Threads.self, Posts.self]
            ),
            CommandGroup(
                name: "Backend",
                subcommands: [Login.self, Logout.self, Whoami.self, Doctor.self, Serve.self, Token.self]
            ),
        ]
    )

    package init() {}

    /// Runs the tool from its command line to its end.
    ///
    /// - Parameters:
    ///   - arguments: The command line, without the program's name.
    ///   - herald: The outside world.
    /// - Returns: What the shell is told.
    package static func run(_ arguments: [String], in herald: HeraldEnvironment) async -> ExitStatus {
        var asked: (any JSONCommand)?
        do {
            var command = try parseAsRoot(arguments)
            asked = command as? any JSONCommand
            if let command = command as? any HeraldSubcommand { return try await command.run(in: herald) }
            // What is left are commands that only have subcommands, and the parser's own, which show help.
            try command.run()
            return .done
        } catch  where isForParser(error) {
            return show(error, in: herald)
        } catch {
            let failure = Failure(error)
            try? herald.error.line("herald: " + herald.error.shown(failure.message))
            asked?.write(failure, to: herald.output)
            return failure.status
        }
    }

    private static func isForParser(_ error: any Error) -> Bool {
        error is ValidationError || error is CleanExit || exitCode(for: error) != .failure
    }

    /// Shows help, the version, or what is wrong with the command line.
    private static func show(_ error: any Error, in herald: HeraldEnvironment) -> ExitStatus {
        let isHelp = exitCode(for: error) == .success
        let sink = isHelp ? herald.output : herald.error
        try? sink.line(fullMessage(for: error, columns: sink.isTerminal ? sink.columns : 80))
        return isHelp ? .done : .usage
    }
}
