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
    package var application = Budget(requests: 18_000, window: 10_000_000, burst: 2_000)
    /// How many requests may be under way in all; where the adaptive limit begins, and how far it may go.
    package var initialConcurrency = 16
    package var maximumConcurrency = 256
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
