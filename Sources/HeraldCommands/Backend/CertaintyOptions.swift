import ArgumentParser

/// How it is made certain that nothing is posted twice where the backend keeps no keys.
struct CertaintyOptions: ParsableArguments {
    /// In seconds.
    static let defaultReadLag = 30.0

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

    func validate() throws {
        guard readLag >= 0, readLag <= 3600 else { throw ValidationError("--read-lag is a number from 0 to 3600.") }
    }
}
