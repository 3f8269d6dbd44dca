import Testing

@testable import PacingSimulation

/// The least time that the documented limits allow.
@Suite struct GraphLimitsTests {
    private func leastTime(mailboxes: Int, posts: Int, apps: Int = 1, latency: Int64 = 0) -> Int64 {
        GraphLimits().leastTime(mailboxes: mailboxes, posts: posts, apps: apps, latency: latency)
    }

    @Test(arguments: [(2_000, 0), (2_001, 1), (4_000, 1), (4_001, 2), (1_000_000, 499)])
    func `the budget of an app bounds one post to each mailbox`(mailboxes: Int, seconds: Int64) {
        #expect(leastTime(mailboxes: mailboxes, posts: 1) == seconds * 1_000_000)
        #expect(leastTime(mailboxes: mailboxes, posts: 1, latency: 7) == seconds * 1_000_000 + 7)
    }

    @Test func `apps share the work`() {
        #expect(leastTime(mailboxes: 1_000_000, posts: 1, apps: 4) == 124_000_000)
        #expect(leastTime(mailboxes: 4_001, posts: 1, apps: 2) == 1_000_000)
    }

    @Test func `the budget of a mailbox bounds many posts to one`() {
        #expect(leastTime(mailboxes: 1, posts: 20_000) == 600_000_000)
        #expect(leastTime(mailboxes: 1, posts: 20_001) == 1_200_000_000)
    }

    @Test func `four at once bound many slow posts to one mailbox`() {
        #expect(leastTime(mailboxes: 1, posts: 101, latency: 2_000_000) == 52_000_000)
    }

    @Test func `nothing takes no time`() {
        #expect(leastTime(mailboxes: 0, posts: 1, latency: 9) == 0)
        #expect(leastTime(mailboxes: 1, posts: 0, latency: 9) == 0)
    }
}
