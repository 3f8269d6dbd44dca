extension PacingLimits {
    /// How long posts to as many mailboxes take at least, if nothing is refused and nothing gets lost.
    ///
    /// Two things bound it: what the application may ask in a window, and how many requests may be under way, which
    /// begins low and doubles with each round of answers.
    ///
    /// - Parameters:
    ///   - posts: How many posts, each in a mailbox of its own.
    ///   - roundTrip: How long one answer takes.
    ///   - width: How many are kept under way at once, at most.
    /// - Returns: The least time.
    package func leastTime(posts: Int, roundTrip: Duration, width: Int) -> Duration {
        guard posts > 0 else { return .zero }
        return max(budgetTime(posts), roundTrip * Double(rounds(posts, width: width)))
    }

    private func budgetTime(_ posts: Int) -> Duration {
        guard application.requests != .max, posts > application.burst else { return .zero }
        let refill = max(1, application.requests - application.burst)
        return .microseconds(application.window) * (Double(posts - application.burst) / Double(refill))
    }

    private func rounds(_ posts: Int, width: Int) -> Int {
        let ceiling = max(1, min(maximumConcurrency, width))
        var window = max(1, min(initialConcurrency, ceiling))
        var left = posts
        var rounds = 0
        while left > 0, window < ceiling {
            left -= window
            window = min(ceiling, window * 2)
            rounds += 1
        }
        return left > 0 ? rounds + (left + ceiling - 1) / ceiling : rounds
    }
}
