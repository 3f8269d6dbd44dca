package import ArgumentParser

/// A command of the tool: ArgumentParser fills in its options, and `run(in:)` does the work with nothing but what it is
/// given, so that tests can call it.
///
/// A new command is a type in a file of its own that conforms to this protocol, and an entry in the `subcommands` of the
/// command above it.
package protocol HeraldSubcommand: AsyncParsableCommand {
    /// Does what the command is for.
    ///
    /// - Parameter herald: The outside world.
    /// - Returns: What the shell is told.
    /// - Throws: Any error; ``Failure`` translates it.
    func run(in herald: HeraldEnvironment) async throws -> ExitStatus
}
