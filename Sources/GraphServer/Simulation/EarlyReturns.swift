/// Which requests were told to wait, until when, and how much longer they wait if they come back before.
///
/// Only the request that was told is punished, known by its fingerprint: others of the same client may never have
/// heard, and were they held up too, clients that obey would drive each other's waits up for ever.
struct EarlyReturns: Sendable {
    /// How many are remembered; beyond that, all start again.
    private static let maximumCount = 1000

    private var told: [Int: (end: Duration, wait: Duration)] = [:]

    /// How long a request still has to wait.
    func remaining(of fingerprint: Int, at now: Duration) -> Duration {
        guard let told = told[fingerprint], now < told.end else { return .zero }
        return told.end - now
    }

    /// Whether nobody is waiting.
    func isIdle(at now: Duration) -> Bool { told.values.allSatisfy { $0.end <= now } }

    /// Refuses a request: one that came before its time waits twice as long as it was told to before.
    ///
    /// - Parameters:
    ///   - fingerprint: Tells whether it is the same request.
    ///   - needed: How long it has to wait in any case.
    ///   - maximum: The most that coming early costs.
    ///   - now: The time since the start.
    /// - Returns: How long to wait, in whole seconds, at least 1.
    mutating func refuse(
        _ fingerprint: Int,
        for needed: Duration,
        atMost maximum: Duration,
        at now: Duration
    ) -> Int {
        let before = told[fingerprint].flatMap { now < $0.end ? $0.wait : nil }
        let (seconds, rest) = max(needed, before.map { min($0 * 2, maximum) } ?? .zero).components
        let whole = max(1, Int(seconds) + (rest > 0 ? 1 : 0))
        if told.count >= Self.maximumCount { told = told.filter { $0.value.end > now } }
        if told.count >= Self.maximumCount { told = [:] }
        told[fingerprint] = (now + .seconds(whole), .seconds(whole))
        return whole
    }
}
