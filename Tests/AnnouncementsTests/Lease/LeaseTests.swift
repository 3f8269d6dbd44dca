import EmbeddedGraph
import Foundation
import GraphModel
import Storage
import Synchronization
import Testing

@testable import Announcements

/// Who may write for a run, and who goes on with its work.
@Suite struct LeaseTests {
    @Test func `a lease is lost when its holder is gone or silent for more than five seconds`() {
        func isLost(at time: Int64, uptime: Int64 = 1, isGone: Bool = false, sharesUptime: Bool = false) -> Bool {
            LeaseRule.isLost(
                LeaseRule.Moment(time: 10_000_000, uptime: 1),
                now: LeaseRule.Moment(time: time, uptime: uptime),
                isGone: isGone,
                sharesUptime: sharesUptime
            )
        }
        #expect(!isLost(at: 15_000_000))
        #expect(isLost(at: 15_000_001))
        #expect(isLost(at: 10_000_000, isGone: true))
        // The clock was set back; a living holder renews by the new time within a second.
        #expect(!isLost(at: 6_000_000))
        #expect(isLost(at: 4_000_000))
        // On the same machine the time of day tells nothing.
        #expect(!isLost(at: 3_610_000_000, uptime: 5_000_001, sharesUptime: true))
        #expect(!isLost(at: -3_590_000_000, uptime: 5_000_001, sharesUptime: true))
        #expect(isLost(at: 10_000_000, uptime: 5_000_002, sharesUptime: true))
    }

    @Test func `a process is told from one that has ended and from one of another machine`() throws {
        let own = ProcessIdentity.current
        #expect(!own.isGone && ProcessIdentity(description: own.description) == own)
        var parts = own.description.split(separator: " ").map(String.init)
        parts[2] = "1"
        #expect(ProcessIdentity(description: parts.joined(separator: " ")).isGone, "the number was given away again")
        parts[0] = "elsewhere"
        #expect(!ProcessIdentity(description: parts.joined(separator: " ")).isGone)
        #expect(!ProcessIdentity(description: "").isGone)
    }

    @Test func `a run is not resumed while it is at work, and at once when its process has ended`() async throws {
        let world = try await World(groups: 1)
        let held = try await world.ledger.resume("R1", by: "Adele Vance", grants: "", at: 2)
        #expect(throws: LeaseHeld.self) { try held.get() }
        try await world.kill("R1")
        let lease = try await world.ledger.resume("R1", by: "Adele Vance", grants: "", at: 10_000_000).get()
        #expect(lease.id > (try world.lease("R2").id), "the fencing number grows")
        #expect(try await world.ledger.runs(named: "R1").first?.state == .running)
    }

    @Test func `the trail says who went on with a run, and what was granted for it`() async throws {
        let world = try await World(groups: 1)
        try await world.kill("R1")
        _ = try await world.ledger.resume("R1", by: "Megan Bowen", grants: "2 groups, 10 posts", at: 10_000_000).get()
        let entry = try #require(try await world.ledger.audit(run: "R1", limit: 10).last)
        #expect(entry.event == "run.resumed" && entry.actor == "Megan Bowen")
        #expect(entry.detail.contains(#""operator":"Megan Bowen","grants":"2 groups, 10 posts""#))
    }

    @Test func `who was superseded can write nothing`() async throws {
        let world = try await World(groups: 3)
        let old = try world.lease()
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let effects = try await world.open("news")
        try await world.kill("R1")
        let new = try await world.ledger.resume("R1", by: "Adele Vance", grants: "", at: 10_000_000).get()
        let settlement = Settlement(effect: effects[0].id, event: .succeed, status: 201, at: 1)
        let request = GraphRequest(.post, "/groups", body: [], caller: world.store.operatorCaller)
        let key = IdempotencyKey(.explicit, "k")
        let writes: [() async throws -> Void] = [
            { try await world.ledger.settle([settlement], lease: old) },
            { try await world.ledger.begin([effects[0].id], lease: old, at: 1) },
            { try await world.ledger.renew(old, at: 1) },
            { try await world.ledger.end(old, .finished, at: 1) },
            { _ = try await world.ledger.begin(request, key: key, lease: old, at: 1) },
            { try await world.ledger.record(request, key: key, answer: GraphResponse(status: 201), lease: old, at: 1) },
            { _ = try await world.ledger.claim(announcement: 1, lease: old, after: 0, limit: 9, at: 1) },
            { try await world.ledger.assure(old, at: 1) },
        ]
        for write in writes {
            let error = await #expect(throws: StorageError.self) { try await write() }
            #expect(error?.code == .superseded)
            #expect(error?.message.contains("gone on with the run R1") == true)
        }
        #expect(try await world.ledger.runs(named: "R1").first?.state == .running)
        let claim = try await world.ledger.claim(announcement: 1, lease: new, after: 0, limit: 9, at: 10_000_000)
        #expect(claim.effects.map(\.state) == [.planned, .planned, .planned])
    }

    @Test func `a run takes over what a dead one had claimed, and leaves alone what a living one has`() async throws {
        let world = try await World(groups: 40)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let (one, two) = (try world.lease("R1"), try world.lease("R2"))
        let first = try await world.ledger.claim(announcement: 1, lease: one, after: 0, limit: 16, at: 5)
        let second = try await world.ledger.claim(announcement: 1, lease: two, after: 0, limit: 16, at: 5)
        let third = try await world.ledger.claim(announcement: 1, lease: one, after: first.last, limit: 16, at: 5)
        #expect(first.effects.count == 16 && second.effects.count == 16 && third.effects.count == 8)
        #expect(Set((first.effects + second.effects + third.effects).map(\.id)).count == 40)
        #expect(third.isLast && !first.isLast)
        #expect(
            try await world.ledger.claim(announcement: 1, lease: two, after: 0, limit: 40, at: 5).effects.count == 16
        )
        try await world.kill("R1")
        let all = try await world.ledger.claim(announcement: 1, lease: two, after: 0, limit: 40, at: 10_000_000)
        #expect(all.effects.count == 40 && !all.isLast)
    }

    @Test func `two runs of an announcement share its work: each sends, and each waits for the other's part`()
        async throws
    {
        let world = try await World(groups: 200)
        async let first = world.announce("news", "hello", to: world.groups, run: "R1")
        async let second = world.announce("news", "hello", to: world.groups, run: "R2")
        let (one, two) = try await (first.tally, second.tally)
        #expect(one.sent + two.sent == 200 && one.sent + one.already == 200 && two.sent + two.already == 200)
        #expect(one.isComplete && two.isComplete)
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
    }

    @Test func `a run waits for what another has claimed, and goes on with it when that one dies`() async throws {
        let world = try await World(groups: 20)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        #expect(try await world.open("news").count == 20)
        let waits = Mutex(0)
        var delivery = try world.delivery("R2")
        delivery.sender = Sender(
            world.store,
            now: { 10_000_000 },
            sleep: { _ in
                let count = waits.withLock { count in
                    count += 1
                    return count
                }
                if count == 3 { try await world.kill("R1") }
            }
        )
        let other = try await world.draft("news", run: "R2")
        for group in world.groups where await other.admit(group) {
            try await other.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await other.finish()
        let (tally, _, halt) = try await other.deliver(by: delivery, watcher: WaveWatcher())
        #expect(tally.sent == 20 && halt == nil && waits.withLock { $0 } == 3)
    }

    @Test func `other content under a name that another run is sending is not planned`() async throws {
        let world = try await World(groups: 4)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let other = try await world.announce("news", "bye", to: world.groups, run: "R2")
        #expect(other.tally.changed == 4 && other.tally.sent == 0)
        #expect(other.findings.allSatisfy { $0.message.contains("Another run is sending other content") })
        let (tally, _, _) = try await draft.deliver(by: world.delivery(), watcher: WaveWatcher())
        #expect(tally.sent == 4)
    }

    @Test func `two processes cannot both begin one run again`() async throws {
        let world = try await World(groups: 1)
        try await world.kill("R1")
        let second = try Ledger(path: world.ledger.path)
        async let a = world.ledger.resume("R1", by: "Adele Vance", grants: "", at: 10_000_000)
        async let b = second.resume("R1", by: "Adele Vance", grants: "", at: 10_000_000)
        let leases = try await [a, b].compactMap { try? $0.get() }
        #expect(leases.count == 1)
        try second.close()
    }
}
