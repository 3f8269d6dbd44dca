import EmbeddedGraph
import GRDB
import GraphModel
import Testing

@testable import Announcements

/// What a run sends of what it has taken up, and what it counts.
@Suite struct RedeliveryTests {
    private let world: World
    /// The thread that each group has.
    private let threads: [GroupID: String]

    init() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("a", "x", to: world.groups)
        var threads: [GroupID: String] = [:]
        for target in try await world.ledger.targets(.runs(["R1"]), limit: 9) {
            if let group = target.group { threads[group] = target.made?.thread }
        }
        (self.world, self.threads) = (world, threads)
    }

    /// Plans a reply and gives it a state.
    ///
    /// - Returns: What became of it when it was planned.
    @discardableResult
    private func plan(_ text: String, to group: GroupID, run: String, _ state: EffectState) async throws -> PlanDecision
    {
        let body = #"{"post":{"body":{"contentType":"text","content":"\#(text)"}}}"#
        var post = RenderedPost(group: group, body: Array(body.utf8))
        post.path = "/groups/\(group)/threads/\(threads[group] ?? "")/reply"
        post.isFurther = true
        let lease = try world.lease(run)
        let number = try await world.ledger.announcement(named: "a", lease: lease, at: 1)
        let decision = try await world.ledger.plan([post], announcement: number, named: "a", lease: lease)
        try await set(state, of: post)
        return decision[0]
    }

    private func set(_ state: EffectState, of post: RenderedPost) async throws {
        let key = post.key(in: "a").description
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: "UPDATE effect SET state = ?, attemptedAt = 5, settledAt = 6 WHERE key = ?",
                arguments: [state.rawValue, key]
            )
        }
    }

    /// Gives all replies in a state another.
    private func change(_ state: EffectState, to next: EffectState) async throws {
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: "UPDATE effect SET state = ? WHERE state = ? AND path LIKE '%/reply'",
                arguments: [next.rawValue, state.rawValue]
            )
        }
    }

    private func texts(of group: GroupID) async throws -> [String] {
        try await world.posts(of: group).first ?? []
    }

    private func delivery(_ lease: Lease) -> Delivery {
        var delivery = Delivery(
            ledger: world.ledger,
            lease: lease,
            sender: Sender(world.store, now: { 7 }),
            caller: world.store.operatorCaller,
            width: 4
        )
        delivery.batch = 1
        return delivery
    }

    private func tally(_ targets: Int) -> AnnouncementTally {
        var tally = AnnouncementTally(name: "a")
        tally.targets = targets
        return tally
    }

    @Test(arguments: [EffectState.planned, .sending, .ambiguous])
    func `a refused post goes out again without what another run has left for its group`(
        left: EffectState
    ) async throws {
        let group = world.groups[0]
        try await plan("refused", to: group, run: "R1", .failed)
        #expect(try await plan("never allowed", to: group, run: "R2", left) == .planned)
        try await world.kill("R2")
        var record = World.record("R3")
        (record.kind, record.origin) = (.retry, "R1")
        let lease = try await world.ledger.begin(record)
        try await world.ledger.takeUp(.failed, of: "R1", lease: lease)
        let result = try await Redelivery(delivery(lease)).deliver(tally(1), watcher: WaveWatcher())
        #expect(result.tally.sent == 1 && result.tally.unsent == 0 && result.findings.isEmpty)
        #expect(try await texts(of: group) == ["x", "refused"])
        let rest = try await world.ledger.targets(.runs(["R2"]), limit: 9)
        #expect(rest.map(\.state) == [left])
    }

    @Test func `of a group's unproven posts each is looked for, wherever it stands`() async throws {
        let group = world.groups[0]
        for text in ["one", "two", "three"] { try await plan(text, to: group, run: "R1", .skipped) }
        try await change(.skipped, to: .ambiguous)
        let result = try await Redelivery(delivery(try world.lease())).deliver(tally(5), watcher: WaveWatcher())
        #expect(result.tally.sent == 3 && result.tally.already == 2 && result.tally.unsent == 0)
        #expect(try await texts(of: group) == ["x", "one", "two", "three"])
    }

    @Test func `what was refused or lost before the run was stopped is told at its end, and counted`() async throws {
        try await plan("refused", to: world.groups[0], run: "R1", .failed)
        let result = try await Redelivery(delivery(try world.lease())).deliver(tally(3), watcher: WaveWatcher())
        #expect(result.tally.failed == 1 && result.tally.already == 2 && result.tally.unsent == 0)
        #expect(result.findings.map(\.target) == [world.groups[0].text])
        #expect(try await world.ledger.findings(run: "R1", limit: 9).map(\.kind) == [.failed])
    }

    @Test func `targets for which nothing is planned any more count as unsent`() async throws {
        try await plan("there", to: world.groups[0], run: "R1", .planned)
        let result = try await Redelivery(delivery(try world.lease())).deliver(tally(5), watcher: WaveWatcher())
        #expect(result.tally.sent == 1 && result.tally.already == 2 && result.tally.unsent == 2)
        #expect(result.tally.isComplete == false)
    }

    @Test func `a group that is to get nothing gets nothing of what is unproven either`() async throws {
        let (first, second) = (world.groups[0], world.groups[1])
        try await plan("one", to: first, run: "R1", .ambiguous)
        try await plan("two", to: second, run: "R1", .ambiguous)
        let result = try await Redelivery(delivery(try world.lease())).deliver(
            tally(4),
            except: [first],
            watcher: WaveWatcher()
        )
        #expect(result.tally.sent == 1 && result.tally.ambiguous == 1 && result.tally.unsent == 0)
        #expect(result.findings.map(\.kind) == [.ambiguous])
        #expect(try await texts(of: first) == ["x"])
        #expect(try await texts(of: second) == ["x", "two"])
    }
}
