import GraphClient

/// How fast a backend lets posts be made, as far as it is known before the first is sent.
struct BackendPace: Sendable {
    var limits: PacingLimits
    /// How long the backend took to answer.
    var roundTrip: Duration
    /// How many requests are kept under way at once.
    var width: Int

    /// How long posts to as many groups take at least.
    func leastTime(forPosts posts: Int) -> Duration {
        limits.leastTime(posts: posts, roundTrip: roundTrip, width: width)
    }
}
