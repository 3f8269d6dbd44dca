/// What Microsoft Graph allows those who post to groups, as its pages say (reference, section 15).
///
/// Left out is what posts do not touch: the limits of the directory and of open extensions, and 15 MB uploaded to a
/// mailbox in 30 s, which only large attachments reach.
package struct GraphLimits: Sendable, Equatable {
    /// A number of requests that no window of this length may exceed, wherever it begins.
    package struct Budget: Sendable, Equatable {
        package var requests: Int
        /// Microseconds.
        package var window: Int64

        package init(requests: Int, window: Int64) {
            self.requests = requests
            self.window = window
        }
    }

    /// Requests at once, for an app and a mailbox.
    package var mailboxConcurrency = 4
    /// For an app and a mailbox.
    package var mailbox = Budget(requests: 10_000, window: 600_000_000)
    /// For an app, over all tenants: the figure of 2021; today's is 130,000 in 10 s.
    package var application = Budget(requests: 2_000, window: 1_000_000)
    /// For all apps of a tenant; none is documented for group conversations.
    package var tenant: Budget?

    package init() {}

    /// The least time in which posts can be made, however they are scheduled, in microseconds.
    ///
    /// Whoever keeps to a budget of B requests in any window W has at least W between a request and the Bth after it. The
    /// last of N requests so comes (⌈N/B⌉ − 1) · W after the first at the earliest. With at most C at once, each of
    /// which takes at least L, the last of them ends ⌈N/C⌉ · L after the first began. The bound is the greatest of these:
    ///
    /// | limit | requests | least time |
    /// | --- | --- | --- |
    /// | of the app | all of one app's | (⌈N/B⌉ − 1) · W + L |
    /// | of the tenant | all | (⌈N/B⌉ − 1) · W + L |
    /// | of the mailbox | p, one mailbox's | (⌈p/B⌉ − 1) · W + L |
    /// | at once in a mailbox | p, one mailbox's | ⌈p/C⌉ · L |
    ///
    /// - Parameters:
    ///   - mailboxes: How many mailboxes there are.
    ///   - posts: How many posts each gets.
    ///   - apps: How many apps share the mailboxes.
    ///   - latency: The least time that a request takes.
    /// - Returns: The bound.
    package func leastTime(mailboxes: Int, posts: Int, apps: Int, latency: Int64) -> Int64 {
        guard mailboxes > 0, posts > 0 else { return 0 }
        let ofApp = (mailboxes + apps - 1) / apps * posts
        let budgets = [(application, ofApp), (mailbox, posts)] + (tenant.map { [($0, mailboxes * posts)] } ?? [])
        let spent = budgets.map { budget, count in Self.windows(count, budget) * budget.window + latency }
        let inTurn = Int64((posts + mailboxConcurrency - 1) / mailboxConcurrency) * latency
        return spent.reduce(inTurn, max)
    }

    private static func windows(_ count: Int, _ budget: Budget) -> Int64 {
        Int64((count + budget.requests - 1) / budget.requests - 1)
    }
}
