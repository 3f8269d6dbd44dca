import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization
import Testing

@testable import Announcements

/// The parts in which an announcement goes out.
@Suite struct WavesTests {
    private static func waves(_ parts: Waves.Part..., change: (inout Waves) -> Void = { _ in }) -> Waves {
        var waves = Waves()
        waves.parts = parts
        change(&waves)
        return waves
    }

    @Test func `one, then five percent, then the rest`() {
        let waves = Self.waves(.count(1), .percent(5), .rest)
        #expect(waves.sizes(of: 2000) == [1, 100, 1899])
        #expect(waves.sizes(of: 3) == [1, 1, 1])
        #expect(waves.sizes(of: 1) == [1])
        #expect(waves.sizes(of: 0).isEmpty)
        #expect(Self.waves(.count(10)).sizes(of: 25) == [10, 15], "what the parts leave over is a last wave")
    }

    @Test func `the sizes add up, whatever the parts`() {
        for total in 0...60 {
            for waves in [
                Self.waves(.count(7), .count(7)), Self.waves(.percent(100), .rest), Self.waves(.percent(0.1), .rest),
                Self.waves(.percent(33), .percent(33), .percent(33)),
            ] {
                let sizes = waves.sizes(of: total)
                #expect(sizes.reduce(0, +) == total && sizes.allSatisfy { $0 > 0 })
                for done in 0...total {
                    #expect(waves.sizes(of: total, after: done).reduce(0, +) == total - done)
                }
            }
        }
    }

    @Test func `who goes on begins with what is left of the wave in which it stopped`() {
        let waves = Self.waves(.count(1), .percent(5), .rest)
        #expect(waves.sizes(of: 2000, after: 1) == [100, 1899])
        #expect(waves.sizes(of: 2000, after: 41) == [60, 1899])
        #expect(waves.sizes(of: 2000, after: 1999) == [1])
    }

    // MARK: Delivery

    private func announce(
        _ world: World,
        _ waves: Waves,
        to targets: [GroupID],
        run: String = "R1",
        part: Int = 0,
        now: @escaping @Sendable () -> Int64 = { 7 },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in },
        watcher: WaveWatcher = WaveWatcher()
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let draft = try await world.draft("news", run: run)
        for group in targets where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        var delivery = try world.delivery(run, width: 4)
        delivery.sender = Sender(world.store, now: now, sleep: sleep)
        return try await draft.deliver(by: delivery, in: waves, part: part, watcher: watcher)
    }

    @Test func `a wave is finished and judged before the next begins, after the pause`() async throws {
        let world = try await World(groups: 40)
        let log = Mutex<[String]>([])
        let watcher = WaveWatcher(
            begins: { wave, waves in log.withLock { $0.append("begin \(wave.number)/\(waves) of \(wave.targets)") } },
            ended: { wave, _ in log.withLock { $0.append("end \(wave.number) with \(wave.sent)") } }
        )
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.count(1), .percent(10), .rest) { $0.pause = .seconds(600) },
            to: world.groups,
            sleep: { span in log.withLock { $0.append("sleep \(span / .seconds(1))") } },
            watcher: watcher
        )
        #expect(halt == nil && tally.sent == 40)
        #expect(
            log.withLock { $0 } == [
                "begin 1/3 of 1", "end 1 with 1", "sleep 600.0", "begin 2/3 of 4", "end 2 with 4", "sleep 600.0",
                "begin 3/3 of 35", "end 3 with 35",
            ]
        )
        let kept = try await world.ledger.waves(run: "R1", announcement: "news")
        #expect(kept.map(\.sent) == [1, 4, 35] && kept.allSatisfy { $0.endedAt != nil && $0.verdict == nil })
    }

    @Test func `the first targets of the list are the first to get it`() async throws {
        let world = try await World(groups: 30)
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.count(5), .rest) { $0.confirms = true },
            to: world.groups,
            watcher: WaveWatcher(confirm: { wave, left in "wave \(wave.number): \(left) left" })
        )
        #expect(tally.sent == 5 && tally.unsent == 25 && halt == .held("wave 1: 25 left"))
        for (index, group) in world.groups.enumerated() {
            #expect(try await world.conversations(of: group) == (index < 5 ? 1 : 0))
        }
    }

    @Test func `a held announcement goes on where it stopped`() async throws {
        let world = try await World(groups: 20)
        let waves = Self.waves(.count(2), .count(8), .rest) { $0.confirms = true }
        let hold = WaveWatcher(confirm: { _, _ in "not now" })
        #expect(try await announce(world, waves, to: world.groups, watcher: hold).tally.sent == 2)
        let sizes = Mutex<[Int]>([])
        let go = WaveWatcher(begins: { wave, _ in sizes.withLock { $0.append(wave.targets) } })
        let (tally, _, halt) = try await announce(world, waves, to: world.groups, watcher: go)
        #expect(halt == nil && tally.sent == 18 && sizes.withLock { $0 } == [8, 10])
        let kept = try await world.ledger.waves(run: "R1", announcement: "news")
        #expect(kept.map(\.number) == [1, 2, 3] && kept[0].verdict == "not now")
    }

    @Test func `too many failures in a wave hold the rest`() async throws {
        let world = try await World(groups: 98)
        let missing = [GroupID.random(), GroupID.random()]
        let targets = missing + world.groups
        let waves = Self.waves(.count(20), .rest) { $0.stopAbove = 0.05 }
        let (tally, findings, halt) = try await announce(world, waves, to: targets)
        #expect(tally.failed == 2 && tally.sent < 20 && tally.unsent >= 80)
        #expect(findings.count == 2)
        guard case .held(let reason) = halt else {
            Issue.record("it was not held")
            return
        }
        #expect(reason.contains("2 of 20"))
    }

    @Test func `so many failures as are allowed hold nothing`() async throws {
        let world = try await World(groups: 99)
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.count(20), .rest) { $0.stopAbove = 0.05 },
            to: [GroupID.random()] + world.groups
        )
        #expect(halt == nil && tally.failed == 1 && tally.sent == 99)
    }

    @Test func `an announcement of which nobody is left to be sent to is not held`() async throws {
        let world = try await World(groups: 20)
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.count(10), .rest) { $0.stopAbove = 0.1 },
            to: world.groups + [GroupID.random(), GroupID.random()]
        )
        #expect(halt == nil && tally.sent == 20 && tally.failed == 2 && tally.unsent == 0)
    }

    @Test func `who goes on sends to those that failed at the very end, and they hold nothing`() async throws {
        let world = try await World(groups: 20)
        let targets = [GroupID.random()] + world.groups
        let waves = Self.waves(.count(1), .rest) { $0.stopAbove = 0 }
        #expect(try await announce(world, waves, to: targets).tally.unsent == 20)
        let sizes = Mutex<[Int]>([])
        let watcher = WaveWatcher(begins: { wave, _ in sizes.withLock { $0.append(wave.targets) } })
        let (tally, _, halt) = try await announce(world, waves, to: targets, watcher: watcher)
        #expect(halt == nil && tally.sent == 20 && tally.failed == 1 && tally.unsent == 0)
        #expect(sizes.withLock { $0 } == [20, 1])
    }

    @Test func `a second list under the same name begins with a first wave of its own`() async throws {
        let world = try await World(groups: 30)
        let sizes = Mutex<[Int]>([])
        let watcher = WaveWatcher(begins: { wave, _ in sizes.withLock { $0.append(wave.targets) } })
        let waves = Self.waves(.count(1), .rest)
        _ = try await announce(world, waves, to: Array(world.groups[..<15]), watcher: watcher)
        _ = try await announce(world, waves, to: Array(world.groups[15...]), part: 1, watcher: watcher)
        #expect(sizes.withLock { $0 } == [1, 14, 1, 14])
        #expect(try await world.ledger.waves(run: "R1", announcement: "news").count == 4)
    }

    @Test func `who goes on in a pause waits for the rest of it`() async throws {
        let world = try await World(groups: 5)
        let clock = Mutex<Int64>(0)
        let waves = Self.waves(.count(1), .rest) { $0.pause = .seconds(600) }
        let (_, _, halt) = try await announce(
            world,
            waves,
            to: world.groups,
            now: { clock.withLock { $0 } },
            sleep: { _ in throw CancellationError() }
        )
        #expect(halt == .interrupted)
        clock.withLock { $0 += 200_000_000 }
        let slept = Mutex<[Duration]>([])
        let (tally, _, end) = try await announce(
            world,
            waves,
            to: world.groups,
            now: { clock.withLock { $0 } },
            sleep: { span in slept.withLock { $0.append(span) } }
        )
        #expect(end == nil && tally.sent == 4 && slept.withLock { $0 } == [.seconds(400)])
    }

    @Test func `within the grace period everything can be taken back`() async throws {
        let world = try await World(groups: 5)
        let waits = Mutex<[String]>([])
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.rest) { $0.grace = .seconds(30) },
            to: world.groups,
            sleep: { _ in throw CancellationError() },
            watcher: WaveWatcher(waits: { wait in waits.withLock { $0.append(wait?.reason ?? "over") } })
        )
        #expect(halt == .withdrawn && tally.sent == 0 && tally.unsent == 5)
        #expect(waits.withLock { $0 }.last == "over" && waits.withLock { $0 }.count == 2)
        for group in world.groups { #expect(try await world.conversations(of: group) == 0) }
        let left = try await world.ledger.targets(.runs(["R1"]), limit: 10)
        #expect(left.map(\.state) == Array(repeating: .planned, count: 5), "it is what the run has not sent yet")
        try await world.ledger.end(try world.lease(), .interrupted, at: 8)
        let other = try await world.announce("news", "another text", to: world.groups, run: "R2")
        #expect(other.tally.sent == 5, "and keeps nobody from sending something else")
    }

    @Test func `outside its window nothing is sent, and a window that closes is waited for again`() async throws {
        let world = try await World(groups: 10)
        // 2026-01-05, a Monday, 07:00 UTC.
        let clock = Mutex<Int64>(1_767_596_400_000_000)
        let slept = Mutex<[Int64]>([])
        let window = SendWindow(opens: 8 * 60, closes: 18 * 60, days: Set(1...5), zone: .gmt)
        let answers = Mutex(0)
        let (tally, _, halt) = try await announce(
            world,
            Self.waves(.rest) { $0.window = window },
            to: world.groups,
            now: { clock.withLock { $0 } },
            sleep: { span in
                slept.withLock { $0.append(span.microseconds / 60_000_000) }
                clock.withLock { $0 += span.microseconds }
            },
            watcher: WaveWatcher(progress: { progress in
                let isFourth = answers.withLock { answers in
                    defer { answers = progress.done }
                    return answers < 4 && progress.done >= 4
                }
                // The working day is over.
                if isFourth { clock.withLock { $0 += 10 * 3_600_000_000 } }
            })
        )
        #expect(halt == nil && tally.sent == 10)
        #expect(slept.withLock { $0 } == Array(repeating: 1, count: 15 * 60), "an hour until eight, then the night")
    }

    // MARK: Windows

    private static func time(_ text: String) throws -> Int64 {
        Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970) * 1_000_000
    }

    @Test(
        arguments: [
            // A Monday in winter, UTC+1.
            ("2026-01-05T06:59:00Z", "2026-01-05T07:00:00Z", "2026-01-05T17:00:00Z"),
            ("2026-01-05T12:00:00Z", "2026-01-05T12:00:00Z", "2026-01-05T17:00:00Z"),
            ("2026-01-05T17:00:00Z", "2026-01-06T07:00:00Z", "2026-01-06T17:00:00Z"),
            // From Friday evening to Monday morning.
            ("2026-01-09T20:00:00Z", "2026-01-12T07:00:00Z", "2026-01-12T17:00:00Z"),
            // On the weekend on which summer time begins.
            ("2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z", "2026-03-30T16:00:00Z"),
        ]
    )
    func `a window of working hours opens by the clocks of its zone`(
        _ time: String,
        _ opens: String,
        _ closes: String
    ) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let window = SendWindow(opens: 8 * 60, closes: 18 * 60, days: Set(1...5), zone: zone)
        let open = try #require(window.next(from: Self.time(time)))
        #expect(open == (try Self.time(opens))..<(try Self.time(closes)))
    }

    @Test func `a window over midnight belongs to the day on which it opens`() throws {
        let window = SendWindow(opens: 22 * 60, closes: 2 * 60, days: [5], zone: .gmt)
        let saturday = try #require(window.next(from: Self.time("2026-01-10T01:00:00Z")))
        #expect(saturday == (try Self.time("2026-01-10T01:00:00Z"))..<(try Self.time("2026-01-10T02:00:00Z")))
        let later = try #require(window.next(from: Self.time("2026-01-10T02:00:00Z")))
        #expect(later.lowerBound == (try Self.time("2026-01-16T22:00:00Z")))
    }
}
