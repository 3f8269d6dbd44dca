/// What a service allows its clients, as far as it says so (reference, section 15).
///
/// Times are microseconds.
package struct PacingLimits: Sendable, Equatable {
    /// How many requests may be under way at once for one mailbox.
    ///
    /// Graph refuses the fifth.
    package var concurrencyOfMailbox = 3
    /// What one mailbox takes in a window.
    ///
    /// Graph's figure is 10,000 in 10 minutes; some is left for others.
    package var mailbox = Budget(requests: 9_600, window: 600_000_000, burst: 400)
    /// What the application may ask in all.
    ///
    /// Graph's figure was 2,000 a second and is 130,000 in 10 seconds now, over all tenants; the lower one is kept to, since
    /// the application has other uses and nobody has said what the groups' mailboxes bear.
    package var application = Budget(within: 2_000, window: 1_000_000)
    /// How many requests may be under way in all; where the adaptive limit begins, and how far it may go.
    ///
    /// Enough for what the application may ask while answers take 0.38 s, and, each with a connection of its own, below the
    /// 1,024 files that a process may usually have open.
    package var initialConcurrency = 16
    package var maximumConcurrency = 768
    /// How many requests to hand to the pacer at once, if there are so many.
    ///
    /// Twice as many as may be under way: those that wait for their mailbox are not to keep others from their turn.
    package var width: Int { maximumConcurrency < .max / 2 ? 2 * maximumConcurrency : .max }
    /// How often a request is tried before its last refusal is handed on.
    package var tries = 6
    /// What backing off begins with, and what it ends at.
    package var firstBackoff: Int64 = 1_000_000
    package var longestBackoff: Int64 = 180_000_000

    package init() {}

    /// A number of requests in any window of time.
    package struct Budget: Sendable, Equatable {
        package var requests: Int
        package var window: Int64
        /// How many of them may come at once.
        package var burst: Int

        package init(requests: Int, window: Int64, burst: Int) {
            self.requests = requests
            self.window = window
            self.burst = min(burst, requests)
        }

        /// As much as may be asked without exceeding a limit that is counted where requests arrive.
        ///
        /// They do not arrive as evenly as they are sent: what is spent evenly is 97 in a hundred. Two more may come at once,
        /// so that an alarm that comes late costs nothing.
        package init(within limit: Int, window: Int64) {
            let burst = max(1, limit / 50)
            self.init(requests: max(1, limit * 97 / 100) + burst, window: window, burst: burst)
        }

        /// Any number.
        package static let unlimited = Budget(requests: .max, window: 1, burst: .max)
    }

    /// For a Herald server, which says by itself what is too much: as many under way as there are connections.
    package static func server(concurrency: Int) -> PacingLimits {
        var limits = PacingLimits()
        limits.concurrencyOfMailbox = .max
        limits.mailbox = .unlimited
        limits.application = .unlimited
        limits.initialConcurrency = concurrency
        limits.maximumConcurrency = concurrency
        return limits
    }
}
