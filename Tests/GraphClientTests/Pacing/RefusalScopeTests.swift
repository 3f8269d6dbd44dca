import Testing

@testable import GraphClient

/// For whom a refusal is meant, where it does not say so, and what opens the window.
@Suite struct RefusalScopeTests {
    private let second: Int64 = 1_000_000
    private let refused = Pacer.End.throttled(retryAfter: 2_000_000, scope: .mailbox)

    @Test func `mailboxes that refuse their only request side by side refuse for the service`() {
        var pacer = Pacer(PacingLimits(), seed: 1, at: 0)
        for ticket in 0..<30 { pacer.enqueue(ticket, mailbox: "\(ticket)", at: 0) }
        #expect(pacer.starts(at: 0).count == 16)
        for ticket in 0..<4 { _ = pacer.finish(ticket, refused, at: 1) }
        #expect(pacer.concurrency == 8)
        #expect(pacer.starts(at: 2 * second) == [])
        #expect(pacer.waiting(at: 1).isServicePaused)
        for ticket in 4..<16 { _ = pacer.finish(ticket, .answered, at: 2) }
        let started = pacer.starts(at: 2 * second + 1)
        #expect((8...9).contains(started.count))
    }

    @Test func `one mailbox that refuses again and again slows no other down`() {
        var limits = PacingLimits()
        limits.tries = 100
        var pacer = Pacer(limits, seed: 1, at: 0)
        pacer.enqueue(0, mailbox: "full", at: 0)
        for round in 0..<20 {
            let now = Int64(round) * 2 * second
            #expect(pacer.starts(at: now) == [0])
            _ = pacer.finish(0, refused, at: now)
        }
        #expect(pacer.concurrency == 16)
        #expect(!pacer.waiting(at: 38 * second).isServicePaused)
    }

    @Test func `a mailbox that refuses some of several requests has its own reason`() {
        var pacer = Pacer(PacingLimits(), seed: 1, at: 0)
        for ticket in 0..<15 { pacer.enqueue(ticket, mailbox: "\(ticket / 3)", at: 0) }
        #expect(pacer.starts(at: 0).count == 15)
        for box in 0..<5 {
            _ = pacer.finish(box * 3, refused, at: 1)
            _ = pacer.finish(box * 3 + 1, .answered, at: 2)
        }
        #expect(pacer.concurrency >= 16)
        #expect(!pacer.waiting(at: 3).isServicePaused)
    }

    @Test func `refusals here and there, among many answers, are the mailboxes' own`() {
        var pacer = Pacer(PacingLimits(), seed: 1, at: 0)
        var now: Int64 = 0
        var isRefused: Set<Int> = []
        for ticket in 0..<2_000 {
            now += second / 100
            pacer.enqueue(ticket, mailbox: "\(ticket)", at: now)
            for started in pacer.starts(at: now) {
                let isFirst = started.isMultiple(of: 20) && isRefused.insert(started).inserted
                _ = pacer.finish(started, isFirst ? refused : .answered, at: now)
            }
            guard !pacer.waiting(at: now).isServicePaused else {
                Issue.record("everything is paused by the request \(ticket)")
                return
            }
        }
    }

    @Test func `answers that nothing waited for do not open the window`() {
        var pacer = Pacer(PacingLimits(), seed: 1, at: 0)
        for ticket in 0..<500 {
            pacer.enqueue(ticket, mailbox: "\(ticket)", at: Int64(ticket) * second)
            for started in pacer.starts(at: Int64(ticket) * second) {
                _ = pacer.finish(started, .answered, at: Int64(ticket) * second + 1)
            }
        }
        #expect(pacer.concurrency == 16)
    }

    @Test func `a limit counted where requests arrive is kept with something to spare, however the window lies`() {
        let budget = PacingLimits.Budget(within: 2_000, window: 1_000_000)
        var bucket = TokenBucket(budget, at: 0)
        var times: [Int64] = []
        var now: Int64 = 0
        while now < 5 * second {
            while bucket.take(at: now) { times.append(now) }
            now += 100
        }
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while times[first] <= time - second { first += 1 }
            most = max(most, index - first + 1)
        }
        #expect(most <= 1_980)
        #expect(times.count > 5 * 1_930)
    }
}
