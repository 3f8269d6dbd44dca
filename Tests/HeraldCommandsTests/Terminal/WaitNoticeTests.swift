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

    @Test func `elsewhere a line is written each 10 s`() {
        let lines = Mutex<[String]>([])
        let time = Mutex(Duration.seconds(100))
        let display = WaitDisplay(
            uptime: { time.withLock { $0 } },
            draw: { _ in false },
            say: { line in lines.withLock { $0.append(line) } }
        )
        defer { display.close() }
        display.show(WaitNotice(until: .seconds(125), reason: "3 mailboxes paused"))
        for second in 100...130 {
            time.withLock { $0 = .seconds(second) }
            #expect(display.tick() == (second < 125))
        }
        #expect(
            lines.withLock { $0 } == [25, 15, 5].map { "waiting \($0) s: 3 mailboxes paused" }
        )
    }
}
