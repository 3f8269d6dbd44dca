/// What the process tells the shell when it ends; these are all there are.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Everything that was asked for is done.
    case done = 0
    /// The script, its data or the store is at fault, and the command could not do its work.
    case failed = 1
    /// The command line is wrong, or a confirmation or every grant was missing; nothing was announced.
    case usage = 2
    /// The script came to its end, but some of its targets were refused, or hold something else than it announces.
    case targetsFailed = 3
    /// A limit on memory, time or output ended the script.
    case limit = 4
    /// Somebody pressed Ctrl-C. What was in flight has been settled; the rest can be taken up again.
    case interrupted = 130
}
