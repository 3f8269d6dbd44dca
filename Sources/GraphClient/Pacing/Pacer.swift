import GraphModel

/// Decides which request is sent when: a state machine without a clock or a connection of its own.
///
/// Requests wait in one queue a mailbox. A mailbox takes a few at once, and pauses as a whole when it refuses one for
/// being too many (reference, section 15). Over the mailboxes the number under way adapts: it grows by one with each
/// round of answers, and halves when the service says that it is too much. Mailboxes take turns, so that one with a
/// long queue does not keep others from theirs.
///
/// Times are microseconds on whatever clock the caller keeps.
package struct Pacer: Sendable {
    /// Stands for a request.
    package typealias Ticket = Int

    /// How a request ended.
    package enum End: Sendable, Equatable {
        /// With an answer that needs no repeat.
        case answered
        /// Refused for being too many; `scope` says for whom.
        case throttled(retryAfter: Int64?, scope: Scope)
        /// Not answered, or answered by a server that is in trouble, and may be sent again.
        case unavailable(retryAfter: Int64?)
        /// Answered by a server that is in trouble, or not at all, and not to be sent again as it is: only others wait.
        case broken(retryAfter: Int64?)

        var isFinal: Bool {
            if case .broken = self { true } else { false }
        }
    }

    /// Who has to wait.
    package enum Scope: Sendable, Equatable {
        case mailbox
        case application
    }

    /// What becomes of a request that ended.
    package enum Verdict: Sendable, Equatable {
        /// It is over.
        case done
        /// It stands at the head of its queue again, not to be sent before this time.
        case again(notBefore: Int64)
    }

    /// What the pacer waits for, to be shown.
    package struct Waiting: Sendable, Equatable {
        package var queued = 0
        package var inFlight = 0
        /// How many mailboxes are paused.
        package var paused = 0
        /// Whether the service has asked for a pause of everything.
        package var isServicePaused = false
        /// When the first of what is waited for may go on; nil if nothing waits for a time.
        package var until: Int64?

        package init(
            queued: Int = 0,
            inFlight: Int = 0,
            paused: Int = 0,
            isServicePaused: Bool = false,
            until: Int64? = nil
        ) {
            self.queued = queued
            self.inFlight = inFlight
            self.paused = paused
            self.isServicePaused = isServicePaused
            self.until = until
        }
    }

    private struct Mailbox {
        var queue: [Ticket] = []
        /// The queue begins here.
        var head = 0
        var inFlight = 0
        var pausedUntil = Int64.min
        /// How often in a row it refused.
        var strikes = 0
        var bucket: TokenBucket
        /// How many may be under way at once.
        var concurrency: Int
        /// Whether it stands in `ready` or among the `sleepers`.
        var isListed = false

        var isEmpty: Bool { head == queue.count }
        mutating func pop() -> Ticket {
            defer {
                head += 1
                if head > 32, head * 2 > queue.count {
                    queue.removeFirst(head)
                    head = 0
                }
            }
            return queue[head]
        }
        mutating func pushFront(_ ticket: Ticket) {
            if head > 0 {
                head -= 1
                queue[head] = ticket
            } else {
                queue.insert(ticket, at: 0)
            }
        }
    }

    private struct Request {
        var mailbox: String
        var tries = 0
    }

    private let limits: PacingLimits
    private var random: SeededRandom
    private var mailboxes: [String: Mailbox] = [:]
    private var requests: [Ticket: Request] = [:]
    /// Mailboxes that may have something to send, in turn.
    private var ready: [String] = []
    private var readyHead = 0
    private var sleepers = Heap()
    private var application: TokenBucket
    private var pausedUntil = Int64.min
    private var strikes = 0
    private var inFlight = 0
    private var queued = 0
    /// How many may be under way.
    private var window: CongestionWindow
    /// Whether the window is what held requests back when they were last started.
    private var isHeldBack = false
    /// How much speaks for it that mailboxes refuse on behalf of the whole service.
    private var suspicion = 0.0
    /// The mailbox that spoke for it last; one that refuses again and again says nothing more.
    private var suspect: String?

    package init(_ limits: PacingLimits, seed: UInt64, at now: Int64) {
        self.limits = limits
        random = SeededRandom(seed: seed)
        application = TokenBucket(limits.application, at: now)
        window = CongestionWindow(initial: limits.initialConcurrency, most: limits.maximumConcurrency)
    }

    /// How many requests may be under way just now.
    package var concurrency: Int { Int(window.size) }

    /// How many mailboxes the pacer remembers.
    package var rememberedMailboxes: Int { mailboxes.count }

    /// Stands for what is no mailbox's: the limits of mailboxes are not for it.
    package static let directory = ""

    /// Puts a request at the end of its mailbox's queue.
    package mutating func enqueue(_ ticket: Ticket, mailbox: String, at now: Int64) {
        requests[ticket] = Request(mailbox: mailbox)
        let isDirectory = mailbox == Self.directory
        mailboxes[
            mailbox,
            default: Mailbox(
                bucket: TokenBucket(isDirectory ? .unlimited : limits.mailbox, at: now),
                concurrency: isDirectory ? .max : limits.concurrencyOfMailbox
            )
        ].queue.append(ticket)
        queued += 1
        list(mailbox)
    }

    /// Takes back a request that has not been started.
    ///
    /// - Returns: Whether it was still waiting.
    package mutating func withdraw(_ ticket: Ticket) -> Bool {
        guard let request = requests[ticket], let box = mailboxes[request.mailbox],
            let index = box.queue[box.head...].firstIndex(of: ticket)
        else { return false }
        mailboxes[request.mailbox]?.queue.remove(at: index)
        requests[ticket] = nil
        queued -= 1
        return true
    }

    /// The requests to be sent now; they count as under way from here on.
    package mutating func starts(at now: Int64) -> [Ticket] {
        while let name = sleepers.pop(notAfter: now) {
            mailboxes[name]?.isListed = false
            list(name)
        }
        var started: [Ticket] = []
        while readyHead < ready.count, inFlight < concurrency, pausedUntil <= now, application.nextAt <= now {
            let name = ready[readyHead]
            readyHead += 1
            if readyHead > 64, readyHead * 2 > ready.count {
                ready.removeFirst(readyHead)
                readyHead = 0
            }
            guard let ticket = next(of: name, at: now) else { continue }
            _ = application.take(at: now)
            inFlight += 1
            queued -= 1
            started.append(ticket)
        }
        isHeldBack = inFlight >= concurrency
        return started
    }

    /// When ``starts(at:)`` has to be asked again although nothing ended; nil if only an end can free something.
    package func wake(at now: Int64) -> Int64? {
        var wake = sleepers.first
        if readyHead < ready.count, inFlight < concurrency {
            let open = max(pausedUntil, application.nextAt, now)
            wake = wake.map { min($0, open) } ?? open
        }
        return wake
    }

    /// Notes how a request ended.
    package mutating func finish(_ ticket: Ticket, _ end: End, at now: Int64) -> Verdict {
        guard var request = requests[ticket], var box = mailboxes[request.mailbox] else { return .done }
        inFlight -= 1
        window.ended()
        box.inFlight -= 1
        request.tries += 1
        var verdict = Verdict.done
        let retryAfter: Int64?
        switch end {
        case .answered:
            box.strikes = 0
            strikes = 0
            suspicion = max(0, suspicion - Self.trust)
            if isHeldBack { window.grow(at: now) }
            retryAfter = nil
        case .throttled(let wait, .application):
            strikes += 1
            pausedUntil = max(pausedUntil, now + pause(wait, strikes))
            window.shrink(inFlight: inFlight)
            retryAfter = pausedUntil
        case .throttled(let wait, .mailbox):
            box.strikes += 1
            box.pausedUntil = max(box.pausedUntil, now + pause(wait, box.strikes))
            retryAfter = box.pausedUntil
            if box.inFlight == 0, request.mailbox != suspect {
                suspicion += 1
                suspect = request.mailbox
            }
            if suspicion >= Self.certainty {
                suspicion = 0
                pausedUntil = max(pausedUntil, box.pausedUntil)
                window.shrink(inFlight: inFlight)
            }
        case .unavailable(let wait), .broken(let wait):
            box.strikes += 1
            box.pausedUntil = max(box.pausedUntil, now + pause(wait, box.strikes))
            window.shrink(inFlight: inFlight)
            retryAfter = box.pausedUntil
        }
        if let retryAfter, request.tries < limits.tries, !end.isFinal {
            verdict = .again(notBefore: retryAfter)
            box.pushFront(ticket)
            queued += 1
            requests[ticket] = request
        } else {
            requests[ticket] = nil
        }
        mailboxes[request.mailbox] = box
        list(request.mailbox)
        return verdict
    }

    /// What is waited for.
    package func waiting(at now: Int64) -> Waiting {
        Waiting(
            queued: queued,
            inFlight: inFlight,
            paused: pausedUntil > now ? mailboxes.count : mailboxes.values.count { $0.pausedUntil > now },
            isServicePaused: pausedUntil > now,
            until: queued == 0 || inFlight >= concurrency ? nil : wake(at: now)
        )
    }

    // MARK: Parts

    /// How many mailboxes must refuse their only request until that counts as the service's refusal, and how much of one
    /// such refusal an answer makes up for.
    private static var certainty: Double { 4 }
    private static var trust: Double { 0.125 }

    /// The next request of a mailbox whose turn it is; nil if it has none that may go now.
    private mutating func next(of name: String, at now: Int64) -> Ticket? {
        // One copy of the queue at a time: the mailbox is taken out and put back.
        guard var box = mailboxes.removeValue(forKey: name) else { return nil }
        box.isListed = false
        let mayStart = max(box.pausedUntil, box.bucket.nextAt)
        if box.isEmpty {
            // Kept while it has something to remember.
            let forgettableAt = max(box.pausedUntil, box.bucket.fullAt)
            if box.inFlight > 0 {
                mailboxes[name] = box
            } else if forgettableAt > now {
                box.isListed = true
                sleepers.push(name, at: forgettableAt)
                mailboxes[name] = box
            }
            return nil
        }
        if box.inFlight >= box.concurrency {
            mailboxes[name] = box
            return nil
        }
        guard mayStart <= now, box.bucket.take(at: now) else {
            box.isListed = true
            sleepers.push(name, at: max(mayStart, now + 1))
            mailboxes[name] = box
            return nil
        }
        let ticket = box.pop()
        box.inFlight += 1
        box.isListed = true
        ready.append(name)
        mailboxes[name] = box
        return ticket
    }

    private mutating func list(_ name: String) {
        guard let box = mailboxes[name], !box.isListed else { return }
        mailboxes[name]?.isListed = true
        ready.append(name)
    }

    /// How long to wait: what the service said; or else a random part of a time that doubles with each refusal.
    private mutating func pause(_ retryAfter: Int64?, _ strikes: Int) -> Int64 {
        if let retryAfter { return max(0, retryAfter) }
        let ceiling = min(limits.longestBackoff, limits.firstBackoff << Int64(min(strikes - 1, 30)))
        return Int64.random(in: 0...ceiling, using: &random)
    }
}
