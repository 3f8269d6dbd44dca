import ArgumentParser

extension HeraldCommand {
    /// `herald undo`.
    struct Undo: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "undo",
            abstract: "Take back what a run made.",
            discussion: """
                The conversations and threads that the run made are deleted; those in which others have answered stay, \
                unless --even-answered is given. Replies in threads of others cannot be taken back, and mail that went out \
                stays in its inboxes. What will be deleted is shown first, and takes a yes, or --yes. Announcing it again \
                to the same groups takes another name, or onChange = "new".

                Examples:

                  herald undo last
                  herald undo 20261121T0930 --yes
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "Delete what others have answered in, too; their answers go with it.")
        var evenAnswered = false
        @OptionGroup var options: ErrandOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try await options.execute(in: herald, about: run) { _, _ in UndoErrand(evenAnswered: evenAnswered) }
        }
    }
}
