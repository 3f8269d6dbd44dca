/// Decides what to do next about a write to a backend that keeps no keys: send it, look for it, wait, or give it up.
///
/// A value without a clock or a connection of its own. A write is sent again only when a look has failed to find it
/// after the time in which it may have been invisible; so a lost answer does not make it twice.
///
/// Times are microseconds of a clock that goes on evenly, whatever the time of day is set to.
struct Reconciliation: Sendable, Equatable {
    /// What to do next.
    enum Step: Sendable, Equatable {
        /// Send it; the ledger is told first.
        case send
        /// Look for it.
        case look
        /// Do nothing until then.
        case wait(until: Int64)
        /// It cannot be decided whether it was done.
        case giveUp
    }

    /// How often a write is sent before it is given up.
    static let maximumSends = 4
    /// How often a look may fail before the write is given up.
    static let maximumFailedLooks = 3
    /// When to look, in parts of the read lag after the attempt; what is found early need not be waited for.
    private static let looks = [0, 0.1, 0.3, 1]

    private let readLag: Int64
    private let leavesMark: Bool
    /// When the attempt ended of which nothing is known; nil if there is none.
    private var attemptEndedAt: Int64?
    /// How many looks have found nothing since.
    private var emptyLooks = 0
    private var failedLooks = 0
    /// How often it has been sent.
    private(set) var sends = 0

    /// Begins.
    ///
    /// - Parameters:
    ///   - attemptedAt: When an earlier attempt was made that nothing has settled; nil if there was none.
    ///   - readLag: How long a write may stay invisible.
    ///   - leavesMark: Whether it can be looked for at all.
    init(attemptedAt: Int64?, readLag: Int64, leavesMark: Bool) {
        attemptEndedAt = attemptedAt
        self.readLag = readLag
        self.leavesMark = leavesMark
    }

    /// What to do at this time.
    func next(at now: Int64) -> Step {
        guard let attemptEndedAt else { return .send }
        guard leavesMark, failedLooks < Self.maximumFailedLooks else { return .giveUp }
        if emptyLooks == Self.looks.count { return sends < Self.maximumSends ? .send : .giveUp }
        let due = attemptEndedAt + Int64(Double(readLag) * Self.looks[emptyLooks])
        return now >= due ? .look : .wait(until: due)
    }

    /// Notes that it is being sent.
    mutating func send() {
        sends += 1
        attemptEndedAt = nil
        emptyLooks = 0
        failedLooks = 0
    }

    /// Notes that no answer came, and that it may have been done.
    mutating func lose(at now: Int64) {
        attemptEndedAt = now
        emptyLooks = 0
    }

    /// Notes that a look found nothing.
    mutating func findNothing(at now: Int64) {
        guard let attemptEndedAt else { return }
        // A look that comes late stands for those that it is later than.
        repeat {
            emptyLooks += 1
        } while emptyLooks < Self.looks.count
            && now >= attemptEndedAt + Int64(Double(readLag) * Self.looks[emptyLooks])
    }

    /// Notes that it could not be looked.
    mutating func failToLook() { failedLooks += 1 }
}
