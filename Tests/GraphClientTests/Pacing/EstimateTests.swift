import Testing

@testable import GraphClient

/// How long posts take at least, said before a run starts.
@Suite struct EstimateTests {
    private func limits(initial: Int = 16, most: Int = 256, requests: Int = .max, burst: Int = .max) -> PacingLimits {
        var limits = PacingLimits()
        limits.initialConcurrency = initial
        limits.maximumConcurrency = most
        limits.application = PacingLimits.Budget(requests: requests, window: 10_000_000, burst: burst)
        return limits
    }

    @Test(arguments: [(0, 0), (1, 1), (16, 1), (17, 2), (48, 2), (49, 3)])
    func `posts go in rounds that double`(posts: Int, rounds: Int) {
        #expect(limits().leastTime(posts: posts, roundTrip: .seconds(1), width: 256) == .seconds(rounds))
    }

    @Test func `no more are under way than are kept so`() {
        #expect(limits().leastTime(posts: 100, roundTrip: .seconds(1), width: 10) == .seconds(10))
        #expect(limits(initial: 4, most: 5).leastTime(posts: 24, roundTrip: .seconds(1), width: 99) == .seconds(5))
    }

    @Test func `the application's budget bounds what its burst does not cover`() {
        let limits = limits(requests: 1_100, burst: 100)
        #expect(limits.leastTime(posts: 2_100, roundTrip: .zero, width: 256) == .seconds(20))
        #expect(limits.leastTime(posts: 100, roundTrip: .zero, width: 256) == .zero)
    }

    @Test func `the slower of the two decides`() {
        let limits = limits(requests: 1_100, burst: 100)
        #expect(limits.leastTime(posts: 1_100, roundTrip: .milliseconds(1), width: 256) == .seconds(10))
    }
}
