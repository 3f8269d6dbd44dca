import GraphClient
import Synchronization
import Testing

@testable import HeraldCommands

/// What is waited for, and until when, is shown.
@Suite struct WaitNoticeTests {
    private func notice(_ waiting: Pacer.Waiting) -> WaitNotice? {
        WaitNotice(waiting, pacing: 1_000_000, uptime: .seconds(100))
    }

    @Test func `says how long, and for what`() {
        let mailboxes = notice(Pacer.Waiting(queued: 9, paused: 3, until: 14_500_000))
        #expect(mailboxes?.text(at: .seconds(100)) == "waiting 14 s: 3 mailboxes paused")
        #expect(mailboxes?.text(at: .seconds(112)) == "waiting 2 s: 3 mailboxes paused")
        #expect(mailboxes?.text(at: .seconds(114)) == nil)
        let one = notice(Pacer.Waiting(queued: 1, paused: 1, until: 4_000_000))
        #expect(one?.text(at: .seconds(100)) == "waiting 3 s: 1 mailbox paused")
        let service = notice(Pacer.Waiting(queued: 9, paused: 9, isServicePaused: true, until: 181_000_000))
        #expect(service?.text(at: .seconds(100)) == "waiting 3 min: the service asked for a pause")
        let budget = notice(Pacer.Waiting(queued: 1_200, until: 3_000_000))
        #expect(budget?.text(at: .seconds(100)) == "waiting 2 s: 1,200 requests held back by the limits")
    }

    @Test func `short waits, and none, are not worth a word`() {
        #expect(notice(Pacer.Waiting(queued: 9, paused: 3, until: 1_900_000)) == nil)
        #expect(notice(Pacer.Waiting(queued: 9, paused: 3)) == nil)
    }

    @Test func `a terminal's line counts down, and forgets the wait when it is over`() {
        var line = ProgressLine("announced", total: 100)
        line.update(done: 10, failed: 0, elapsed: .seconds(5))
        line.wait = WaitNotice(until: .seconds(19), reason: "3 mailboxes paused")
        #expect(line.live(columns: 120).contains("announced 10 of 100, waiting 14 s: 3 mailboxes paused"))
        line.update(done: 10, failed: 0, elapsed: .seconds(18))
        #expect(line.live(columns: 120).contains("waiting 1 s"))
        line.update(done: 11, failed: 0, elapsed: .seconds(19))
        #expect(!line.live(columns: 120).contains("waiting"))
    }

    /// The lines that are written elsewhere while `notice` gives what is waited for in each second.
    private func lines(
        _ seconds: Range<Int>,
        step: Int = 1,
        _ notice: (Int) -> WaitNotice?
    ) -> [String] {
        let lines = Mutex<[String]>([])
        let time = Mutex(Duration.zero)
        let display = WaitDisplay(
            uptime: { time.withLock { $0 } },
            draw: { _ in false },
            say: { line in lines.withLock { $0.append(line) } }
        )
        defer { display.close() }
        for second in stride(from: seconds.lowerBound, to: seconds.upperBound, by: step) {
            time.withLock { $0 = .seconds(second) }
            if let notice = notice(second) { display.show(notice) }
            display.tick()
        }
        return lines.withLock { $0 }
    }

    @Test func `elsewhere a line is written at once, and then ever more rarely`() {
        let short = lines(100..<130) {
            $0 == 100 ? WaitNotice(until: .seconds(125), reason: "3 mailboxes paused") : nil
        }
        #expect(short == [25, 15].map { "waiting \($0) s: 3 mailboxes paused" })
        let day = lines(0..<14_400, step: 10) { second in
            second == 0 ? WaitNotice(until: .seconds(14_400), reason: "the window opens") : nil
        }
        #expect(
            day.map { String($0.prefix { $0 != ":" }) } == [
                "waiting 4 h", "waiting 4 h", "waiting 3 h 59 min", "waiting 3 h 50 min", "waiting 3 h", "waiting 2 h",
                "waiting 1 h",
            ]
        )
    }

    @Test func `another wait is told at once, and the pacer's counts make none`() {
        let grace = lines(0..<6) { second in
            second == 0
                ? WaitNotice(until: .seconds(3), reason: "before the first post", occasion: "a")
                : second == 3 ? WaitNotice(until: .seconds(6), reason: "before the first post", occasion: "b") : nil
        }
        #expect(grace == ["waiting 3 s: before the first post", "waiting 3 s: before the first post"])
        let paced = lines(0..<10) { second in
            notice(Pacer.Waiting(queued: 100 - second, until: 1_000_000 + Int64(10 + second) * 1_000_000)).map {
                WaitNotice(until: .seconds(second + 5), reason: $0.reason, occasion: $0.occasion)
            }
        }
        #expect(paced == ["waiting 5 s: 100 requests held back by the limits"])
    }

    @Test func `of a long wait it is said when it is over`() {
        let time: Int64 = 1_768_464_000_000_000
        let notice = WaitNotice(until: .seconds(36_000), reason: "the window opens", time: time)
        #expect(notice.text(at: .zero) == "waiting 10 h, until 2026-01-15T08:00:00Z: the window opens")
        #expect(notice.text(at: .seconds(35_990)) == "waiting 10 s: the window opens")
    }
}
