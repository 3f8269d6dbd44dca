/// How much of something may happen within a time.
package struct RateLimit: Sendable, Equatable {
    package var amount: Int
    package var period: Duration

    package init(_ amount: Int, per period: Duration) {
        precondition(amount > 0 && period > .zero, "a limit allows something within some time")
        self.amount = amount
        self.period = period
    }
}

/// Counts what happened within the last while, in slots of a tenth of it: an amount that came goes again after one
/// period, or up to a tenth of it later.
struct SlidingWindow: Sendable {
    private static let slotCount = 10

    let limit: RateLimit
    private var slots = [Int](repeating: 0, count: slotCount)
    /// The number of the newest slot since the start of time.
    private var newest: Int64 = 0
    private(set) var used = 0

    init(_ limit: RateLimit) { self.limit = limit }

    private var slotLength: Duration { limit.period / Self.slotCount }

    /// What is left.
    var remaining: Int { max(0, limit.amount - used) }

    /// Forgets what is too long ago.
    mutating func advance(to now: Duration) {
        let current = Int64(now / slotLength)
        guard current > newest else { return }
        for number in (newest + 1)...max(newest + 1, min(current, newest + Int64(Self.slotCount))) {
            let index = Int(number % Int64(Self.slotCount))
            used -= slots[index]
            slots[index] = 0
        }
        newest = current
    }

    /// Counts an amount that comes now; it may go over the limit.
    mutating func add(_ amount: Int, at now: Duration) {
        advance(to: now)
        slots[Int(newest % Int64(Self.slotCount))] += amount
        used += amount
    }

    /// How long until an amount fits; zero if it fits now.
    ///
    /// An amount larger than the limit fits when nothing else is
    /// there.
    mutating func wait(for amount: Int, at now: Duration) -> Duration {
        advance(to: now)
        var rest = used
        if rest == 0 || rest + amount <= limit.amount { return .zero }
        let count = Int64(Self.slotCount)
        for number in max(0, newest - count + 1)...newest {
            rest -= slots[Int(number % count)]
            if rest == 0 || rest + amount <= limit.amount { return slotLength * Int(number + count) - now }
        }
        return limit.period
    }
}

extension SlidingWindow {
    /// The header fields that tell how much is left.
    func fields(resetAfter seconds: Int? = nil) -> [ThrottleState.Field] {
        let period = Int(limit.period.components.seconds)
        var fields = [
            ThrottleState.Field(name: "RateLimit-Limit", value: "\(limit.amount)"),
            ThrottleState.Field(name: "RateLimit-Remaining", value: "\(remaining)"),
            ThrottleState.Field(name: "RateLimit-Reset", value: "\(seconds ?? period)"),
        ]
        // From 0.8 to 1.8, and only above 0.8.
        let hundredths = min(180, used * 100 / limit.amount)
        if hundredths > 80 {
            let digits = (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
            fields.append(.init(name: "x-ms-throttle-limit-percentage", value: "\(hundredths / 100).\(digits)"))
        }
        return fields
    }
}
