import Foundation

/// How many requests may be under way at once, found by trying, as CUBIC does it (RFC 9438).
///
/// Until the first trouble it doubles with each round of answers. Trouble halves it. From then on it grows fast while it
/// is far below where the trouble was, slowly near it, and fast again once it is past it: so it finds what a service
/// bears within seconds, stays there for most of the time, and notices soon when more is to be had. It never grows more
/// slowly than by one with each round of answers.
///
/// Times are microseconds.
struct CongestionWindow: Sendable {
    private(set) var size: Double
    private let most: Double
    /// Where the last trouble was; nil if there was none yet.
    private var trouble: Double?
    /// When, and from what size, it began to grow after the last trouble; nil if it has not yet.
    private var growth: (since: Int64, from: Double)?
    /// It is not halved again before what was under way at the last halving has ended.
    private var untouchable = 0

    init(initial: Int, most: Int) {
        size = Double(initial)
        self.most = Double(most)
    }

    /// Notes that a request has ended, however it did.
    mutating func ended() { untouchable = max(0, untouchable - 1) }

    /// Notes an answer while no more could be under way; one that nothing waited for proves nothing.
    mutating func grow(at now: Int64) {
        guard let trouble else {
            size = min(most, size + 1)
            return
        }
        let growth = growth ?? (since: now, from: size)
        self.growth = growth
        let aim = Self.cubic(seconds: Double(now - growth.since) / 1_000_000, from: growth.from, around: trouble)
        size = min(most, size + max(1, min(aim - size, size / 2)) / size)
    }

    /// Halves it, once for each round of trouble.
    mutating func shrink(inFlight: Int) {
        guard untouchable == 0 else { return }
        trouble = size
        size = max(1, size / 2)
        growth = nil
        untouchable = inFlight
    }

    /// Where the window should be so long after it began to grow (RFC 9438, figures 1 and 2).
    private static func cubic(seconds: Double, from: Double, around trouble: Double) -> Double {
        let steepness = 0.4
        let flat = cbrt((trouble - from) / steepness)
        let distance = seconds - flat
        return trouble + steepness * distance * distance * distance
    }
}
