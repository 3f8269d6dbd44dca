import ArgumentParser

/// Whether somebody is asked before an announcement is sent.
struct ApprovalOptions: ParsableArguments {
    @Flag(
        help: """
            Send announcements without asking. Without it, a backend that is not embedded asks from \
            \(Approval.asksFrom) posts on, and sends nothing where there is no terminal to ask on.
            """
    )
    var yes = false
    @Flag(help: "Ask before each announcement, however small, and on the embedded store too.")
    var ask = false

    func validate() throws {
        if yes, ask { throw ValidationError("--yes says not to ask, and --ask to do so; give one of them.") }
    }

    /// From how many posts on somebody is asked; nil if nobody is.
    func threshold(isEmbedded: Bool) -> Int? {
        if ask { return 1 }
        return yes || isEmbedded ? nil : Approval.asksFrom
    }
}
