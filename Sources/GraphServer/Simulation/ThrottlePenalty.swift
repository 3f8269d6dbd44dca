/// Until when a client is to wait, and how much longer if it does not.
struct ThrottlePenalty: Sendable, Equatable {
    private(set) var end = Duration.zero
    private var wait = Duration.zero

    /// Whether a request now would come too early.
    func isEarly(at now: Duration) -> Bool { now < end }

    /// Refuses a request: one that came before its time waits twice as long as it was told to before.
    ///
    /// - Parameters:
    ///   - needed: How long it has to wait in any case.
    ///   - maximum: The most that coming early costs.
    ///   - now: The time since the start.
    /// - Returns: How long to wait, in whole seconds, at least 1.
    mutating func refuse(for needed: Duration, atMost maximum: Duration, at now: Duration) -> Int {
        let doubled = isEarly(at: now) ? min(wait * 2, maximum) : .zero
        let (seconds, rest) = max(needed, doubled).components
        let whole = max(1, Int(seconds) + (rest > 0 ? 1 : 0))
        wait = .seconds(whole)
        end = now + wait
        return whole
    }
}
