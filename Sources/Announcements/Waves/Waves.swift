/// In which parts an announcement goes out, and what has to hold before the next one does.
package struct Waves: Sendable, Equatable {
    /// How large a part is.
    package enum Part: Sendable, Equatable {
        /// So many targets.
        case count(Int)
        /// So many hundredths of all targets, rounded up.
        case percent(Double)
        /// All that is left.
        case rest
    }

    package var parts: [Part] = [.rest]
    /// How long is waited between two waves.
    package var pause: Duration = .zero
    /// Above which part of a wave's targets, from 0 to 1, refusals and unproven outcomes stop the announcement; nil if
    /// they never do.
    package var stopAbove: Double?
    /// Whether somebody is asked between two waves.
    package var confirms = false
    /// How long is waited before the first post, so that everything can still be taken back.
    package var grace: Duration = .zero
    /// When posts may be made; nil for at any time.
    package var window: SendWindow?

    package init() {}

    /// The sizes of the waves, none of them 0, which add up to `total`.
    ///
    /// What the parts leave over is a last wave.
    package func sizes(of total: Int) -> [Int] {
        var sizes: [Int] = []
        var left = total
        for part in parts where left > 0 {
            let wanted =
                switch part {
                case .count(let count): count
                case .percent(let percent): Int((Double(total) * percent / 100).rounded(.up))
                case .rest: left
                }
            let size = min(left, max(0, wanted))
            if size > 0 { sizes.append(size) }
            left -= size
        }
        return left > 0 ? sizes + [left] : sizes
    }

    /// The sizes of the waves that are still to come, when so many targets have their post.
    package func sizes(of total: Int, after done: Int) -> [Int] {
        var passed = done
        var left: [Int] = []
        for size in sizes(of: total) {
            if passed >= size {
                passed -= size
            } else {
                left.append(size - passed)
                passed = 0
            }
        }
        return left
    }

    /// How long is waited at least, by the grace period and between waves, until so many targets have their post.
    package func leastTime(for total: Int) -> Duration {
        let waves = sizes(of: total).count
        return waves == 0 ? .zero : grace + pause * (waves - 1)
    }

    /// How many of a wave's targets may fail; one more stops the announcement.
    package func failuresAllowed(of size: Int) -> Int? {
        stopAbove.map { Int((Double(size) * $0).rounded(.down)) }
    }
}

/// A wave as it went.
package struct WaveRecord: Sendable, Equatable {
    /// Counted from 1, over all that a run did for the announcement.
    package var number: Int
    package var targets: Int
    package var sent = 0
    package var already = 0
    package var failed = 0
    package var ambiguous = 0
    /// Microseconds since 1970.
    package var startedAt: Int64
    /// Microseconds since 1970; nil while it is under way, or if the run died in it.
    package var endedAt: Int64?
    /// Why the announcement went no further; nil if it did, or could have.
    package var verdict: String?

    /// How many targets have been answered, or given up.
    package var done: Int { sent + already + failed + ambiguous }

    /// How long it took, by the clock on the wall, in microseconds; nil if it has not ended, and never less than nothing.
    package var span: Int64? { endedAt.map { max(0, $0 - startedAt) } }
}
