import GraphModel

/// Decides what goes wrong with which request.
///
/// A value without a clock or a source of chance of its own: the same seed and the same requests at the same times give
/// the same faults. What goes wrong with the n-th request, and how long it waits, depends on the seed and n alone.
struct FaultDecisions: Sendable {
    /// What becomes of a request.
    enum Fate: Sendable, Equatable {
        /// It is carried out and answered.
        case answered
        /// It is carried out, and the connection is cut instead of an answer.
        case lostReply
        /// The connection is cut before it is carried out.
        case reset
        /// It is refused with 429, to be repeated after so many seconds.
        case throttled(retryAfter: Int)
        /// It is refused with 503, to be repeated after so many seconds.
        case unavailable(retryAfter: Int)
        /// It is refused since the group's mailbox is not there yet.
        case notProvisioned
        /// It is refused since what it reads cannot be seen yet.
        case notVisible
    }

    /// What is decided about a request when it comes.
    struct Decision: Sendable, Equatable {
        var fate: Fate
        /// How long it is held back first.
        var delay: Duration
    }

    private let specification: FaultSpecification
    private var numbers: SeededRandom
    /// Ids that cannot be read until a time, and groups without a mailbox until a time.
    private var invisible = ExpiringNames()
    private var unprovisioned = ExpiringNames()

    init(_ specification: FaultSpecification, seed: UInt64) {
        self.specification = specification
        numbers = SeededRandom(seed: seed)
    }

    /// Decides about the next request.
    ///
    /// - Parameters:
    ///   - request: What is asked for.
    ///   - now: The time since the start.
    /// - Returns: What becomes of it.
    mutating func decide(_ request: GraphRequest, at now: Duration) -> Decision {
        // Each request takes three numbers, used or not, so that one kind of fault does not move the others.
        let chance = numbers.fraction()
        let wait = numbers.fraction()
        let retryAfter = 1 + Int(numbers.fraction() * 3)
        var delay = Duration.zero
        if let latency = specification.latency {
            delay = latency.middle - latency.spread + latency.spread * (2 * wait)
        }
        let fate = fate(by: chance, retryAfter: retryAfter)
        guard fate == .answered || fate == .lostReply else { return Decision(fate: fate, delay: delay) }
        let place = RequestPlace(request)
        if let mailbox = place.mailbox, unprovisioned.contains(mailbox, at: now) {
            return Decision(fate: .notProvisioned, delay: delay)
        }
        // What answers a reply has been there for its sender; a change and a deletion are looked for as a reading is.
        if request.method != .post, place.segments.contains(where: { invisible.contains($0, at: now) }) {
            return Decision(fate: .notVisible, delay: delay)
        }
        return Decision(fate: fate, delay: delay)
    }

    private func fate(by chance: Double, retryAfter: Int) -> Fate {
        var limit = specification.reset
        if chance < limit { return .reset }
        limit += specification.throttle
        if chance < limit { return .throttled(retryAfter: retryAfter) }
        limit += specification.unavailable
        if chance < limit { return .unavailable(retryAfter: retryAfter) }
        limit += specification.lostReply
        return chance < limit ? .lostReply : .answered
    }

    /// Takes note of what a write has made: for a while it cannot be read, changed or deleted.
    mutating func note(_ response: GraphResponse, to request: GraphRequest, at now: Duration) {
        guard request.method == .post, response.isSuccess, !response.isReplayed else { return }
        let place = RequestPlace(request)
        if specification.provisioning > .zero, place.segments.map({ $0.lowercased() }) == ["groups"] {
            for id in MadeObjects.ids(in: response) {
                unprovisioned.insert(id, from: now, until: now + specification.provisioning)
            }
        } else if specification.readLag > .zero, place.mailbox != nil {
            for id in MadeObjects.ids(in: response) {
                invisible.insert(id, from: now, until: now + specification.readLag)
            }
        }
    }

    /// The ids that lists leave out.
    mutating func invisibleIDs(at now: Duration) -> Set<String> { invisible.names(at: now) }
}

/// Names that are forgotten when their time is over.
private struct ExpiringNames: Sendable {
    private var ends: [String: Duration] = [:]
    /// In the order in which they end; all have the same length of life.
    private var queue: [(name: String, end: Duration)] = []
    private var first = 0

    mutating func insert(_ name: String, from now: Duration, until end: Duration) {
        forget(at: now)
        ends[name] = end
        queue.append((name, end))
    }

    mutating func contains(_ name: String, at now: Duration) -> Bool {
        guard !ends.isEmpty else { return false }
        forget(at: now)
        return ends[name] != nil
    }

    mutating func names(at now: Duration) -> Set<String> {
        guard !ends.isEmpty else { return [] }
        forget(at: now)
        return Set(ends.keys)
    }

    private mutating func forget(at now: Duration) {
        while first < queue.count, queue[first].end <= now {
            if let end = ends[queue[first].name], end <= now { ends[queue[first].name] = nil }
            first += 1
        }
        guard first > 1000 || first == queue.count else { return }
        queue.removeFirst(first)
        first = 0
    }
}
