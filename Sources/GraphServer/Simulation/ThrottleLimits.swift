/// The limits that Microsoft Graph sets (reference, section 15).
package struct ThrottleLimits: Sendable, Equatable {
    // MARK: Of an app in a mailbox

    /// How many requests may be under way at once.
    package var concurrentRequests = 4
    package var requests = RateLimit(10_000, per: .seconds(600))
    /// Bytes of bodies of POST, PATCH and PUT.
    package var uploadedBytes = RateLimit(15_000_000, per: .seconds(30))

    // MARK: Of an app in the tenant

    /// Requests about open extensions.
    package var extensionRequests = RateLimit(455, per: .seconds(10))
    /// Of the directory, which groups and users are.
    ///
    /// 3,500 for a tenant of fewer than 50 users, 5,000 up to 500, else 8,000.
    package var resourceUnits = RateLimit(8000, per: .seconds(10))
    package var directoryWrites = RateLimit(3000, per: .seconds(150))

    // MARK: The simulator's own

    /// How long a request is told to wait that found too many others under way.
    package var concurrencyWait = Duration.seconds(1)
    /// The longest time that a client is told to wait, however often it has come too early.
    package var maximumWait = Duration.seconds(300)
    /// How many mailboxes and apps are remembered; beyond that, those not in use are forgotten.
    package var maximumScopes = 50_000

    package init() {}

    /// Graph's own limits, for a tenant of more than 500 users.
    package static let graph = ThrottleLimits()
}
