import GraphModel

/// SHA-256 over lines, for closures that are called one after the other.
///
/// Unchecked because whoever makes it uses it from one task.
package final class PlanHash: @unchecked Sendable {
    private var hasher = SHA256()

    package init() {}

    /// Adds a line, which has no end of its own.
    package func update(_ line: some Collection<UInt8>) {
        hasher.update(line)
        hasher.update("\n")
    }

    /// The hash of all lines; nothing may be added afterwards.
    package func finish() -> [UInt8] {
        var all = SHA256()
        swap(&all, &hasher)
        return all.finalize()
    }
}
