/// Spends a budget evenly: never more than the budget's requests in any window, however the window lies.
///
/// A bucket of `burst` tokens is filled at a rate at which a window's refill and a full bucket together are the budget.
struct TokenBucket: Sendable {
    private let burst: Int64
    /// Microseconds for one token; 0 if there is no limit.
    private let interval: Int64
    /// When the bucket would be empty, counting backwards: the bucket is full once `burst` intervals have passed since.
    private var emptyAt: Int64

    init(_ budget: PacingLimits.Budget, at now: Int64) {
        burst = Int64(clamping: budget.burst)
        if budget.requests == .max {
            interval = 0
        } else {
            let refill = Int64(max(1, budget.requests - budget.burst))
            interval = max(1, (budget.window + refill - 1) / refill)
        }
        emptyAt = interval == 0 ? now : now - interval * burst
    }

    /// Whether nothing has been taken for so long that the bucket is full.
    func isFull(at now: Int64) -> Bool { interval == 0 || now - emptyAt >= interval * burst }

    /// When the bucket is full if nothing more is taken.
    var fullAt: Int64 { interval == 0 ? .min : emptyAt + interval * burst }

    /// When the next token is there; not later than `now` if one is there.
    var nextAt: Int64 { interval == 0 ? .min : emptyAt + interval }

    /// Takes a token.
    ///
    /// - Returns: Whether there was one.
    mutating func take(at now: Int64) -> Bool {
        guard interval > 0 else { return true }
        let start = max(emptyAt, now - interval * burst)
        guard now - start >= interval else { return false }
        emptyAt = start + interval
        return true
    }
}
