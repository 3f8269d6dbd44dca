import ArgumentParser
import LuaRuntime
import ScriptHost

extension HeraldCommand {
    /// `herald repl`.
    struct Repl: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "repl",
            abstract: "Try things out, line by line.",
            discussion: """
                The sandbox and the modules are those of scripts, and so is the store: what is written there stays, and is \
                kept in the ledger as one run. An expression shows its value; globals stay from line to line. .help says \
                more. Lines that do not come from a terminal are read without prompts, up to the first error.

                Examples:

                  herald repl
                  echo 'graph.groups:list { top = 3 }.value' | herald repl
                """
        )

        @OptionGroup var store: StoreOptions
        @OptionGroup var limit: LimitOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let place = RunPlace(
                backend: RunBackend(try store.open(in: herald)),
                ledger: try store.ledger(in: herald),
                now: herald.now
            )
            let isTyped = herald.input.isTerminal && herald.output.isTerminal
            let session = ReplSession(
                herald: herald,
                place: place,
                limits: limit.limits(in: herald),
                input: isTyped
                    ? .typed(LineEditor(historyPath: try herald.stateFolder() + "/repl-history"))
                    : .read(herald.input)
            )
            return try await session.execute()
        }
    }
}
