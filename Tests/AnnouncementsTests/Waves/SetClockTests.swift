import EmbeddedGraph
import Foundation
import GRDB
import GraphClient
import GraphModel
import Storage
import Synchronization
import Testing

@testable import Announcements

/// The machine's clock is set, by an hour forward or back, while a run is at work.
@Suite struct SetClockTests {
    private static let hour: Int64 = 3_600_000_000
    /// 2026-01-05, a Monday, 08:30 UTC.
    private static let start: Int64 = 1_767_601_800_000_000

    /// A time of day that is set, beside an uptime that goes on with what is slept.
    private final class Clocks: Sendable {
        private let state = Mutex<(offset: Int64, uptime: Int64, slept: [Int64])>((0, 1_000_000, []))

        var now: Int64 { state.withLock { SetClockTests.start + $0.offset + $0.uptime } }
        var uptime: Int64 { state.withLock(\.uptime) }
        var slept: [Int64] { state.withLock(\.slept) }

        func set(by span: Int64) { state.withLock { $0.offset += span } }

        func sleep(_ span: Duration) {
            state.withLock { state in
                state.uptime += span.microseconds
                state.slept.append(span.microseconds)
            }
        }

        func sender(_ service: any GraphService, _ reconciler: (any ReconcilingService)? = nil) -> Sender {
            Sender(
                service,
                reconciler: reconciler,
                now: { self.now },
                uptime: { self.uptime },
                sleep: { self.sleep($0) }
            )
        }
    }

    private func draft(_ world: World, run: String = "R1") async throws -> AnnouncementDraft {
        let draft = try await world.draft("news", run: run)
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        return draft
    }

    private func delivery(_ world: World, _ sender: Sender, run: String = "R1") throws -> Delivery {
        Delivery(
            ledger: world.ledger,
            lease: try world.lease(run),
            sender: sender,
            caller: world.store.operatorCaller,
            width: 4
        )
    }

    @Test(arguments: [hour, -hour])
    func `a holder that lives on the same machine keeps its lease, and one that is silent loses it`(
        jump: Int64
    )
        async throws
    {
        let world = try await World(groups: 8)
        _ = try await draft(world)
        let (one, two) = (try world.lease("R1"), try world.lease("R2"))
        let now = Self.start
        let first = try await world.ledger.claim(announcement: 1, lease: one, after: 0, limit: 9, at: now)
        #expect(first.effects.count == 8)
        // Its holder is another process, which is there as long as this one is.
        let holder = ProcessIdentity(number: getppid()).description
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: "UPDATE lease SET holder = ?, renewedAt = ?, renewedUptime = ? WHERE runID = 'R1'",
                // However long the test waits for its turn, it was heard of just now.
                arguments: [holder, now, Uptime.now + 3_600_000_000]
            )
        }
        let second = try await world.ledger.claim(announcement: 1, lease: two, after: 0, limit: 9, at: now + jump)
        #expect(second.effects.isEmpty)
        let held = try await world.ledger.resume("R1", by: "Adele Vance", grants: "", at: now + jump)
        #expect(throws: LeaseHeld.self) { try held.get() }
        #expect(try await world.ledger.runsAtWork(at: now + jump)["R1"] != nil)
        #expect(try await world.ledger.condition(at: now + jump).abandonedRuns.isEmpty)
        try await world.ledger.renew(one, at: now + jump)

        let silent = Uptime.now - LeaseRule.span - 1
        try await world.ledger.write { db, _ in
            try db.execute(sql: "UPDATE lease SET renewedUptime = ? WHERE runID = 'R1'", arguments: [silent])
        }
        let third = try await world.ledger.claim(announcement: 1, lease: two, after: 0, limit: 9, at: now + jump)
        #expect(third.effects.count == 8)
    }

    /// A backend without keys whose answers are all lost, and which shows what was written when the read lag is over.
    private struct Lagging: ReconcilingService {
        let next: UnkeyedStore
        let clocks: Clocks
        let jump: Int64
        let readLag: Int64 = 30_000_000
        let written = Shared()

        final class Shared: Sendable {
            let times = Mutex<[String: Int64]>([:])
        }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            defer { clocks.set(by: jump) }
            do { return try await next.respond(to: request) } catch {
                written.times.withLock { $0[request.path] = $0[request.path] ?? clocks.uptime }
                throw error
            }
        }
        func leavesMark(_ request: GraphRequest) -> Bool { true }
        func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts {
            let time = written.times.withLock { $0[request.path] }
            guard let time, clocks.uptime >= time + readLag else { return .nowhere }
            let made = #"{"id":"C","threads":[{"id":"T","posts":[{"id":"P"}]}]}"#
            return Whereabouts(copies: 1, answer: GraphResponse(status: 201, body: Array(made.utf8)))
        }
    }

    @Test(arguments: [hour, -hour])
    func `a lost answer is looked for as long as it may be invisible, and nothing is sent twice`(
        jump: Int64
    )
        async throws
    {
        let world = try await World(groups: 6)
        let draft = try await draft(world)
        let clocks = Clocks()
        let line = UnkeyedStore(world.store, after: 100)
        let lagging = Lagging(next: line, clocks: clocks, jump: jump)
        let delivery = try delivery(world, clocks.sender(lagging, lagging))
        let (tally, findings, halt) = try await draft.deliver(by: delivery, watcher: WaveWatcher())
        #expect(halt == nil && tally.sent == 6 && findings.isEmpty)
        #expect(line.posts == 6)
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
        #expect(clocks.slept.allSatisfy { $0 <= 30_000_000 }, "nobody waits for the clock to come back")
        #expect(tally.deliveryTime >= 0 && tally.deliveryTime < Self.hour)
    }

    @Test(arguments: [hour, -hour])
    func `what an earlier run gave up is looked for as long as it may be invisible`(jump: Int64) async throws {
        let world = try await World(groups: 1)
        let draft = try await draft(world)
        let clocks = Clocks()
        let line = UnkeyedStore(world.store, after: 100)
        let lagging = Lagging(next: line, clocks: clocks, jump: 0)
        let effect = try #require(try await world.open("news").first)
        try await world.ledger.begin([effect.id], lease: try world.lease(), at: clocks.now)
        _ = try? await lagging.respond(to: effect.request(by: world.store.operatorCaller))
        let lost = Settlement(effect: effect.id, event: .lose, status: 0, message: "cut", at: clocks.now)
        try await world.ledger.settle([lost], lease: try world.lease())
        clocks.set(by: jump)
        let delivery = try delivery(world, clocks.sender(lagging, lagging))
        let outcome = try await delivery.deliver(
            announcement: 1,
            named: "news",
            to: Set(world.groups),
            progress: { _ in }
        )
        _ = draft
        #expect(outcome.already == 1 && line.posts == 1)
        #expect(try await world.conversations(of: world.groups[0]) == 1)
    }

    @Test(arguments: [hour, -hour])
    func `the pause between waves is as long as it was to be`(jump: Int64) async throws {
        let world = try await World(groups: 4)
        let draft = try await draft(world)
        let clocks = Clocks()
        var waves = Waves()
        waves.parts = [.count(1), .rest]
        waves.pause = .seconds(600)
        waves.grace = .seconds(30)
        let (tally, _, halt) = try await draft.deliver(
            by: try delivery(world, clocks.sender(world.store)),
            in: waves,
            // Whoever is told of the wait knows when it was to end; then the clock is set.
            watcher: WaveWatcher(waits: { wait in if wait != nil { clocks.set(by: jump) } })
        )
        #expect(halt == nil && tally.sent == 4 && tally.deliveryTime == 0)
        #expect(clocks.slept == [30_000_000, 600_000_000])
        let kept = try await world.ledger.waves(run: "R1", announcement: "news")
        #expect(kept.allSatisfy { $0.span.map { $0 >= 0 } ?? false && ($0.endedAt ?? 0) >= $0.startedAt })
    }

    @Test func `what is waited for the grace, a pause, a word and the window counts as no sending`() async throws {
        let world = try await World(groups: 4)
        let draft = try await draft(world)
        let clocks = Clocks()
        clocks.set(by: -Self.hour)
        var waves = Waves()
        waves.parts = [.count(1), .rest]
        waves.pause = .seconds(600)
        waves.grace = .seconds(30)
        waves.confirms = true
        waves.window = SendWindow(opens: 8 * 60, closes: 18 * 60, days: Set(1...5), zone: .gmt)
        let (tally, _, halt) = try await draft.deliver(
            by: try delivery(world, clocks.sender(world.store)),
            in: waves,
            watcher: WaveWatcher(
                // Each answer takes a second.
                progress: { progress in if progress.done > 0 { clocks.sleep(.seconds(1)) } },
                confirm: { _, _ in
                    clocks.sleep(.seconds(900))
                    return nil
                }
            )
        )
        #expect(halt == nil && tally.sent == 4)
        #expect(clocks.slept.reduce(0, +) > 3_300_000_000)
        #expect(tally.deliveryTime == 4_000_000)
    }

    @Test func `nothing is sent outside the window by the new time`() async throws {
        let world = try await World(groups: 10)
        let draft = try await draft(world)
        let clocks = Clocks()
        let window = SendWindow(opens: 8 * 60, closes: 18 * 60, days: Set(1...5), zone: .gmt)
        var waves = Waves()
        waves.window = window
        let sentAt = Mutex<[Int64]>([])
        let isSet = Mutex(false)
        let (tally, _, halt) = try await draft.deliver(
            by: try delivery(world, clocks.sender(world.store)),
            in: waves,
            watcher: WaveWatcher(progress: { progress in
                if progress.done > 0 { sentAt.withLock { $0.append(clocks.now) } }
                let isFirst = isSet.withLock { isSet in
                    defer { isSet = isSet || progress.done >= 4 }
                    return !isSet && progress.done >= 4
                }
                // From 08:30 to 07:30.
                if isFirst { clocks.set(by: -Self.hour) }
            })
        )
        #expect(halt == nil && tally.sent == 10)
        let slept = clocks.slept.reduce(0, +)
        #expect(slept > 29 * 60_000_000 && slept <= 30 * 60_000_000, "until 08:00 by the new time")
    }

    @Test func `whoever waits for a window sees that the clock was set to it`() async throws {
        let world = try await World(groups: 3)
        let draft = try await draft(world)
        let clocks = Clocks()
        clocks.set(by: -Self.hour)
        var waves = Waves()
        waves.window = SendWindow(opens: 8 * 60, closes: 18 * 60, days: Set(1...5), zone: .gmt)
        let waits = Mutex(0)
        let (tally, _, _) = try await draft.deliver(
            by: try delivery(world, clocks.sender(world.store)),
            in: waves,
            watcher: WaveWatcher(waits: { wait in
                guard wait != nil else { return }
                waits.withLock { $0 += 1 }
                clocks.set(by: Self.hour)
            })
        )
        #expect(tally.sent == 3 && waits.withLock { $0 } == 1)
        #expect(clocks.slept.reduce(0, +) <= 60_000_000)
    }

    @Test func `the ledger's times stay in order, and the last run is the one that began last`() async throws {
        let world = try await World(groups: 1)
        var record = World.record("R3")
        record.startedAt = Self.start
        let lease = try await world.ledger.begin(record)
        try await world.ledger.end(lease, .finished, at: Self.start - Self.hour)
        let ended = try #require(try await world.ledger.runs(named: "R3").first)
        #expect(ended.endedAt == ended.startedAt && ended.span == 0)
        var later = World.record("R4")
        later.origin = "R3"
        later.kind = .retry
        later.startedAt = Self.start - Self.hour
        try await world.ledger.begin(later)
        #expect(try await world.ledger.runs(named: "last").map(\.id) == ["R4"])
        #expect(try await world.ledger.runs(limit: 9).map(\.id) == ["R4", "R3", "R2", "R1"])
        #expect(try await world.ledger.family(of: "R3") == ["R3", "R4"])
    }
}
