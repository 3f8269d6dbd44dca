/// What came of a simulation.
///
/// Times are microseconds of the virtual clock.
package struct Report: Sendable, Equatable, Codable {
    package var scenario: String
    package var seed: UInt64
    package var mailboxes: Int
    package var posts: Int
    package var apps: Int
    /// From the first request to the last answer.
    package var makespan: Int64 = 0
    /// The least time in which the documented limits allow it (``GraphLimits/leastTime(mailboxes:posts:apps:latency:)``).
    package var bound: Int64
    /// How many requests arrived at Graph.
    package var requests = 0
    /// How many of them it answered 429.
    package var refused = 0
    /// How many posts were handed back refused, after as many tries as Herald makes; a run sends them again later.
    package var givenUp = 0
    /// How many posts were made twice, or lost without a word: 0, or the simulation is wrong.
    package var notMadeOnce = 0
    /// How many requests were under way at once, at most.
    package var peakInFlight = 0
    /// How many were at work at once in one mailbox, at most.
    package var mostAtOnceInMailbox = 0
    /// How many posts were made in each stretch of ``stretch``.
    package private(set) var madeInStretch: [Int] = []

    /// The length of a stretch.
    package static let stretch: Int64 = 10_000_000

    init(_ scenario: Scenario) {
        self.scenario = scenario.name
        seed = scenario.seed
        mailboxes = scenario.mailboxes
        posts = scenario.mailboxes * scenario.posts
        apps = scenario.apps
        bound = scenario.graph.leastTime(
            mailboxes: scenario.mailboxes,
            posts: scenario.posts,
            apps: scenario.apps,
            latency: scenario.latency.least
        )
    }

    /// The makespan in bounds; 1 is the best there can be.
    package var ratio: Double { bound == 0 ? 1 : Double(makespan) / Double(bound) }

    /// What share of the requests was answered 429.
    package var refusedShare: Double { requests == 0 ? 0 : Double(refused) / Double(requests) }

    /// Whether it is long enough for the aims to mean something: an announcement that is over in a few windows takes as long
    /// as the way up to its pace and its last answers do.
    package var isLong: Bool { bound >= Self.leastBound }

    private static let leastBound: Int64 = 150_000_000

    /// Whether the aims hold: at most 1.05 times the bound, at most 0.1 % answered 429, and every post made once.
    package var meetsAims: Bool { ratio <= 1.05 && refusedShare <= 0.001 && notMadeOnce == 0 && givenUp == 0 }

    mutating func countMade(at now: Int64) {
        let stretch = Int(now / Self.stretch)
        while madeInStretch.count <= stretch { madeInStretch.append(0) }
        madeInStretch[stretch] += 1
    }

    /// How many posts were made a second, on the average of whole stretches within a time.
    package func rate(from begin: Int64, to end: Int64) -> Double? {
        let first = Int((begin + Self.stretch - 1) / Self.stretch)
        let last = min(Int(end / Self.stretch), madeInStretch.count - 1)
        guard first < last else { return nil }
        let seconds = Double(last - first) * Double(Self.stretch) / 1_000_000
        return Double(madeInStretch[first..<last].reduce(0, +)) / seconds
    }
}
