package import GraphClient

/// What is simulated: how much work, whose limits, and what goes wrong on the way.
package struct Scenario: Sendable {
    package var name: String
    package var mailboxes = 1_000_000
    /// How many posts each mailbox gets.
    package var posts = 1
    /// Whether every mailbox gets one post before any gets its next; if not, a mailbox gets its posts one after the other.
    package var goesInRounds = false
    /// Where random numbers begin.
    package var seed: UInt64 = 1
    /// What the simulated Graph enforces.
    package var graph = GraphLimits()
    /// What the pacer keeps to; nil: what Herald makes of ``graph``.
    package var pacing: PacingLimits?
    /// How many requests an announcement hands to the pacer at once; nil: as many as Herald does.
    package var width: Int?
    /// How many apps share the mailboxes, each with a pacer and an announcement of its own.
    package var apps = 1
    /// What share of each app's budget somebody else uses up under the same registration.
    package var foreignShare = 0.0
    /// When Graph allows less for a while; nil: never.
    package var storm: Storm?
    /// Whether refusals of the app say that they are meant for all of it.
    package var namesScope = true
    var latency = Latency()

    /// A time in which Graph allows each app but a part of what it documents.
    package struct Storm: Sendable, Equatable {
        /// Microseconds.
        package var begin: Int64 = 60_000_000
        package var end: Int64 = 660_000_000
        package var share = 0.1

        package init() {}
    }

    package init(_ name: String) {
        self.name = name
    }

    /// What the pacer keeps to.
    package var limits: PacingLimits {
        if let pacing { return pacing }
        var limits = PacingLimits()
        let documented = graph.application
        guard documented != GraphLimits().application else { return limits }
        limits.application = PacingLimits.Budget(within: documented.requests, window: documented.window)
        // As many as a budget of this size needs while answers take as long as Herald's own limit allows for.
        let factor =
            Double(documented.requests) / Double(documented.window)
            / (Double(GraphLimits().application.requests) / Double(GraphLimits().application.window))
        limits.maximumConcurrency = max(16, Int(Double(limits.maximumConcurrency) * factor))
        limits.initialConcurrency = min(limits.initialConcurrency, limits.maximumConcurrency)
        return limits
    }

    /// Sets how long Graph works on half of the posts at most, in microseconds; a third of it is the least time.
    package mutating func setMedianWork(_ median: Int64) {
        latency.leastWork = median / 3
        latency.medianExtra = median - latency.leastWork
    }
}
