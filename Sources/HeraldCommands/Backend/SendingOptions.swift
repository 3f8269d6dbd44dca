import ArgumentParser

/// How a backend elsewhere is sent to: how many requests at once, and how it is made certain that nothing is posted twice
/// where it keeps no keys.
struct SendingOptions: ParsableArguments {
    /// In seconds.
    static let defaultReadLag = 30.0
    static let defaultConcurrency = 64

    @Option(
        help: ArgumentHelp(
            "How many seconds what was just written may stay invisible on Microsoft Graph: so long a lost answer is looked "
                + "for before a post is sent again.",
            valueName: "seconds"
        )
    )
    var readLag = Self.defaultReadLag
    @Flag(
        help: """
            On Microsoft Graph, look for each post before its first sending: another computer may have sent it, or the \
            ledger may be gone.
            """
    )
    var verifyExisting = false

    @Option(
        help: ArgumentHelp(
            "How many requests are under way at once on a Herald server, at most; on Microsoft Graph its limits decide.",
            valueName: "number"
        )
    )
    var concurrency = Self.defaultConcurrency

    func validate() throws {
        guard (1...1024).contains(concurrency) else {
            throw ValidationError("--concurrency is a number from 1 to 1024.")
        }
        guard readLag >= 0, readLag <= 3600 else { throw ValidationError("--read-lag is a number from 0 to 3600.") }
    }
}
