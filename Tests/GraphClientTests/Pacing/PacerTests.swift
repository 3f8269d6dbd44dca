import GraphModel
import Testing

@testable import GraphClient

/// Graph's limits as the pacer keeps them, on a clock of the tests' own (reference, section 15).
@Suite struct PacerTests {
    private let second: Int64 = 1_000_000

    private func pacer(_ limits: PacingLimits = PacingLimits()) -> Pacer { Pacer(limits, seed: 1, at: 0) }

    @Test func `a mailbox has no more requests under way than it takes`() {
        var pacer = pacer()
        for ticket in 0..<10 { pacer.enqueue(ticket, mailbox: "a", at: 0) }
        #expect(pacer.starts(at: 0) == [0, 1, 2])
        #expect(pacer.starts(at: 0) == [])
        #expect(pacer.finish(1, .answered, at: 5) == .done)
        #expect(pacer.starts(at: 5) == [3])
    }

    @Test func `mailboxes take turns, however long the queue of one is`() {
        var pacer = pacer()
        for ticket in 0..<100 { pacer.enqueue(ticket, mailbox: "long", at: 0) }
        for ticket in 100..<105 { pacer.enqueue(ticket, mailbox: "\(ticket)", at: 0) }
        let started = pacer.starts(at: 0)
        #expect(started.prefix(6) == [0, 100, 101, 102, 103, 104])
    }

    @Test func `a refusal pauses the whole mailbox to the second, and no other`() {
        var pacer = pacer()
        for ticket in 0..<5 { pacer.enqueue(ticket, mailbox: "a", at: 0) }
        for ticket in 5..<10 { pacer.enqueue(ticket, mailbox: "b", at: 0) }
        let started = pacer.starts(at: 0)
        #expect(started.count == 6)
        let until = 7 * second
        #expect(pacer.finish(0, .throttled(retryAfter: until, scope: .mailbox), at: 0) == .again(notBefore: until))
        _ = pacer.finish(1, .answered, at: 1)
        _ = pacer.finish(5, .answered, at: 1)
        #expect(pacer.starts(at: 1) == [8])
        #expect(pacer.wake(at: 1) == until)
        #expect(pacer.starts(at: until - 1) == [])
        // The refused one is the first again.
        #expect(pacer.starts(at: until) == [0, 3])
    }

    @Test func `a refusal of the application pauses everything`() {
        var pacer = pacer()
        for ticket in 0..<4 { pacer.enqueue(ticket, mailbox: "\(ticket)", at: 0) }
        _ = pacer.starts(at: 0)
        pacer.enqueue(9, mailbox: "z", at: 0)
        _ = pacer.finish(0, .throttled(retryAfter: 3 * second, scope: .application), at: 0)
        #expect(pacer.starts(at: 2 * second) == [])
        #expect(pacer.wake(at: 2 * second) == 3 * second)
        let started = pacer.starts(at: 3 * second)
        #expect(Set(started) == [0, 9])
    }

    @Test func `what is under way in all halves once for each round of trouble, and grows again`() {
        var limits = PacingLimits()
        limits.initialConcurrency = 8
        var pacer = pacer(limits)
        for ticket in 0..<40 { pacer.enqueue(ticket, mailbox: "\(ticket)", at: 0) }
        let started = pacer.starts(at: 0)
        #expect(started.count == 8)
        for ticket in 0..<4 { _ = pacer.finish(ticket, .unavailable(retryAfter: second), at: 1) }
        #expect(pacer.concurrency == 4)
        for ticket in 4..<8 { _ = pacer.finish(ticket, .answered, at: 2) }
        var next = pacer.starts(at: 2)
        var time: Int64 = 2
        while pacer.concurrency < 8, !next.isEmpty {
            time += 1
            for ticket in next { _ = pacer.finish(ticket, .answered, at: time) }
            next = pacer.starts(at: time)
        }
        #expect(pacer.concurrency >= 6)
    }

    @Test func `a request is handed back after so many tries`() {
        var limits = PacingLimits()
        limits.tries = 3
        var pacer = pacer(limits)
        pacer.enqueue(0, mailbox: "a", at: 0)
        var time: Int64 = 0
        var verdicts: [Pacer.Verdict] = []
        for _ in 0..<3 {
            #expect(pacer.starts(at: time) == [0])
            let verdict = pacer.finish(0, .unavailable(retryAfter: nil), at: time)
            verdicts.append(verdict)
            if case .again(let notBefore) = verdict { time = notBefore }
        }
        #expect(verdicts.last == .done)
        #expect(verdicts.dropLast().allSatisfy { $0 != .done })
        #expect(pacer.starts(at: time + 1_000_000_000) == [])
    }

    @Test func `waits without a word from the service double, and are chosen at random below a ceiling`() {
        var limits = PacingLimits()
        limits.tries = 40
        for seed in UInt64(0)..<20 {
            var pacer = Pacer(limits, seed: seed, at: 0)
            pacer.enqueue(0, mailbox: "a", at: 0)
            var time: Int64 = 0
            for strike in 0..<30 {
                #expect(pacer.starts(at: time) == [0])
                guard case .again(let next) = pacer.finish(0, .throttled(retryAfter: nil, scope: .mailbox), at: time)
                else {
                    Issue.record("given up")
                    return
                }
                #expect((0...min(180 * second, second << Int64(strike))).contains(next - time))
                time = next
            }
        }
    }

    @Test func `no window of ten minutes has more of a mailbox's requests than its budget`() {
        var limits = PacingLimits()
        limits.concurrencyOfMailbox = 4
        var pacer = pacer(limits)
        for ticket in 0..<30_000 { pacer.enqueue(ticket, mailbox: "a", at: 0) }
        var times: [Int64] = []
        var now: Int64 = 0
        while times.count < 30_000 {
            let started = pacer.starts(at: now)
            times += started.map { _ in now }
            for ticket in started { _ = pacer.finish(ticket, .answered, at: now) }
            if started.isEmpty {
                guard let wake = pacer.wake(at: now) else { break }
                now = max(now + 1, wake)
            }
        }
        #expect(times.count == 30_000)
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time - limits.mailbox.window { first += 1 }
            most = max(most, index - first + 1)
        }
        #expect(most <= 9_600)
        // And the budget is used: 30,000 take little longer than they must.
        #expect(Double(now) < 30_000.0 / 9_200 * 600 * 1_000_000)
    }

    @Test func `mailboxes with nothing to do are forgotten`() {
        var pacer = pacer()
        var now: Int64 = 0
        for ticket in 0..<20_000 {
            pacer.enqueue(ticket, mailbox: "\(ticket)", at: now)
            for started in pacer.starts(at: now) { _ = pacer.finish(started, .answered, at: now) }
            now += 1_000
        }
        _ = pacer.starts(at: now + 1_000 * second)
        #expect(pacer.rememberedMailboxes < 10)
    }

    @Test func `a request that waits can be taken back`() {
        var pacer = pacer()
        for ticket in 0..<5 { pacer.enqueue(ticket, mailbox: "a", at: 0) }
        _ = pacer.starts(at: 0)
        #expect(pacer.withdraw(3) == true)
        #expect(pacer.withdraw(0) == false)
        #expect(pacer.withdraw(99) == false)
        for ticket in 0..<3 { _ = pacer.finish(ticket, .answered, at: 1) }
        #expect(pacer.starts(at: 1) == [4])
        #expect(pacer.waiting(at: 1) == Pacer.Waiting(queued: 0, inFlight: 1, paused: 0, until: nil))
    }

    @Test func `whatever happens, every request ends once and none starts before it may`() {
        for seed in UInt64(0)..<200 {
            var random = SeededRandom(seed: seed)
            var limits = PacingLimits()
            limits.tries = 4
            limits.mailbox = .init(requests: 40, window: 10 * second, burst: 5)
            limits.application = .init(requests: 100, window: second, burst: 20)
            var pacer = Pacer(limits, seed: seed, at: 0)
            var open: [Pacer.Ticket: Int64] = [:]
            var paused: [String: Int64] = [:]
            var ended = 0
            var now: Int64 = 0
            for ticket in 0..<300 { pacer.enqueue(ticket, mailbox: "\(ticket % 7)", at: 0) }
            while ended < 300 {
                for ticket in pacer.starts(at: now) {
                    #expect(open[ticket] == nil)
                    #expect(now >= paused["\(ticket % 7)", default: 0])
                    open[ticket] = now + Int64.random(in: 1...second, using: &random)
                }
                #expect(open.count <= pacer.concurrency || open.count <= limits.maximumConcurrency)
                let nextEnd = open.values.min()
                guard let next = [nextEnd, pacer.wake(at: now)].compactMap({ $0 }).min() else {
                    Issue.record("stuck with \(ended) ended, seed \(seed)")
                    break
                }
                now = max(now + 1, next)
                for (ticket, end) in open.sorted(by: { $0.key < $1.key }) where end <= now {
                    open[ticket] = nil
                    let wait = Int64.random(in: 1...3, using: &random) * second
                    let outcome: Pacer.End =
                        switch Int.random(in: 0..<10, using: &random) {
                        case 0: .throttled(retryAfter: wait, scope: .mailbox)
                        case 1: .unavailable(retryAfter: nil)
                        default: .answered
                        }
                    if case .throttled = outcome {
                        paused["\(ticket % 7)"] = max(paused["\(ticket % 7)", default: 0], now + wait)
                    }
                    if pacer.finish(ticket, outcome, at: now) == .done { ended += 1 }
                }
            }
            #expect(ended == 300)
            #expect(pacer.waiting(at: now).queued == 0)
        }
    }
}
