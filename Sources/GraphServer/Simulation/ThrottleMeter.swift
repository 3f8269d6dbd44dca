/// One limit of one client: what it has used, and how long it is to wait.
struct ThrottleMeter: Sendable {
    private(set) var window: SlidingWindow
    private(set) var penalty = ThrottlePenalty()

    init(_ limit: RateLimit) { window = SlidingWindow(limit) }

    /// How long until an amount is allowed; zero if it is now.
    mutating func wait(for amount: Int, at now: Duration) -> Duration {
        guard amount > 0 else { return .zero }
        return max(window.wait(for: amount, at: now), penalty.isEarly(at: now) ? penalty.end - now : .zero)
    }

    mutating func add(_ amount: Int, at now: Duration) { window.add(amount, at: now) }

    /// Refuses a request; see ``ThrottlePenalty/refuse(for:atMost:at:)``.
    mutating func refuse(for needed: Duration, atMost maximum: Duration, at now: Duration) -> Int {
        penalty.refuse(for: needed, atMost: maximum, at: now)
    }

    /// Whether nothing of the past matters any more.
    mutating func isIdle(at now: Duration) -> Bool {
        window.advance(to: now)
        return window.used == 0 && !penalty.isEarly(at: now)
    }

    /// The header fields that tell how much is left.
    func fields(resetAfter seconds: Int? = nil) -> [ThrottleState.Field] {
        let period = Int(window.limit.period.components.seconds)
        var fields = [
            ThrottleState.Field(name: "RateLimit-Limit", value: "\(window.limit.amount)"),
            ThrottleState.Field(name: "RateLimit-Remaining", value: "\(window.remaining)"),
            ThrottleState.Field(name: "RateLimit-Reset", value: "\(seconds ?? period)"),
        ]
        // From 0.8 to 1.8, and only above 0.8.
        let hundredths = min(180, window.used * 100 / window.limit.amount)
        if hundredths > 80 {
            let digits = (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
            fields.append(.init(name: "x-ms-throttle-limit-percentage", value: "\(hundredths / 100).\(digits)"))
        }
        return fields
    }
}
