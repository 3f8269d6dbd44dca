import Announcements
import ArgumentParser
import GraphModel

extension HeraldCommand {
    /// `herald diff`.
    struct Diff: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "Show how two plans differ: who is in one only, and whose content is another.",
            discussion: """
                The exit status is 0 if they send the same to the same groups, and 3 if they do not.

                Example:

                  herald diff 20260115T0830 last
                """
        )

        @Argument(help: "The older plan: its name, the beginning of it, 'last', or a file made with herald plan -o.")
        var old: String
        @Argument(help: "The newer plan.")
        var new: String
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let difference = try await PlanDifference(
                from: try await ledger.onlyPlan(old, in: herald),
                to: try await ledger.onlyPlan(new, in: herald),
                in: ledger
            )
            for line in difference.lines { try herald.output.line(herald.output.shown(line)) }
            return difference.isEmpty ? .done : .targetsFailed
        }
    }
}
