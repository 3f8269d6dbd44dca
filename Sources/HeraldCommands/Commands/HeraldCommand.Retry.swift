import Announcements
import ArgumentParser

extension HeraldCommand {
    /// `herald retry`.
    struct Retry: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "retry",
            abstract: "Send again what a run could not.",
            discussion: """
                The posts go out as the run rendered them, to the groups that refused them and to no other. With \
                --ambiguous, those are looked for of which nobody knows whether they came through, and sent where they are \
                not there. What a later run has sent since is left alone.

                Examples:

                  herald retry last --failed
                  herald retry 20261121T0930 --ambiguous
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "Send again what the backend refused.")
        var failed = false
        @Flag(help: "Look for what is unproven, and send it where it is not there.")
        var ambiguous = false
        @OptionGroup var options: ErrandOptions

        func validate() throws {
            guard failed != ambiguous else {
                throw ValidationError("Say what to send again: either --failed or --ambiguous.")
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try await options.execute(in: herald, about: run) { _, _ in RetryErrand(failed ? .failed : .ambiguous) }
        }
    }
}
