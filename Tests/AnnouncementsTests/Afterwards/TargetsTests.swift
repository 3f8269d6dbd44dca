import EmbeddedGraph
import GRDB
import GraphModel
import Storage
import Testing

@testable import Announcements

/// What the ledger tells of runs that have been, and how runs take up what others left.
@Suite struct TargetsTests {
    @Test func `the targets of a run are read in pages, with what became of them`() async throws {
        let world = try await World(groups: 5)
        let stranger = GroupID.random()
        _ = try await world.announce("a", "x", to: world.groups + [stranger])
        var read: [TargetRecord] = []
        try await world.ledger.forEachPage(of: .runs(["R1"]), bodies: true) { read += $0 }
        #expect(read.map(\.group) == world.groups + [stranger])
        #expect(read.map(\.state) == Array(repeating: .sent, count: 5) + [.failed])
        #expect(read[0].made?.conversation != nil)
        #expect(read[0].made?.thread != nil)
        #expect(read[0].body == World.body("x"))
        #expect(read[5].code == "Request_ResourceNotFound")
        #expect(try await world.ledger.targets(.runs(["R1"]), in: [.failed], limit: 9).map(\.group) == [stranger])
        #expect(try await world.ledger.targets(.runs([]), limit: 9).isEmpty)
        #expect(try await world.ledger.targets(.announcements(["a"]), limit: 2).count == 2)
        #expect(try await world.ledger.counts(["R1"]) == [.sent: 5, .failed: 1])
        #expect(try await world.ledger.announcements(of: ["R1"]) == ["a"])
    }

    @Test func `what another run takes up is planned once more, and goes out as it was`() async throws {
        let world = try await World(groups: 2)
        let stranger = GroupID.random()
        _ = try await world.announce("a", "x", to: world.groups + [stranger])
        var record = World.record("R3")
        (record.kind, record.origin) = (.retry, "R1")
        let lease = try await world.ledger.begin(record)
        try await world.ledger.takeUp(.failed, of: "R1", lease: lease)
        #expect(try await world.ledger.groups(announcement: "a", run: "R3", in: [.planned]).groups == [stranger])
        #expect(try await world.ledger.groups(announcement: "a", run: "R1", in: [.sent]).effects == 2)
        #expect(try await world.ledger.family(of: "R1") == ["R1", "R3"])
        var delivery = try world.delivery()
        delivery = Delivery(
            ledger: world.ledger,
            lease: lease,
            sender: Sender(world.store, now: { 7 }),
            caller: world.store.operatorCaller,
            width: 4
        )
        var tally = AnnouncementTally(name: "a")
        tally.targets = 1
        let result = try await Redelivery(delivery).deliver(tally, watcher: WaveWatcher())
        #expect(result.tally.failed == 1)
        #expect(result.findings.map(\.target) == [stranger.text])
        // It may be taken up once more.
        try await world.ledger.takeUp(.failed, of: "R1", lease: lease)
        #expect(try await world.ledger.groups(announcement: "a", run: "R3", in: [.planned]).effects == 1)
    }

    @Test func `replies that a run has planned go out into their threads`() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("a", "x", to: world.groups)
        let sent = try await world.ledger.targets(.runs(["R1"]), limit: 9)
        let number = try await world.ledger.announcement(named: "a", lease: try world.lease(), at: 1)
        let posts = sent.map { target in
            let group = target.group ?? world.groups[0]
            let body = #"{"post":{"body":{"contentType":"text","content":"x"}}}"#
            var post = RenderedPost(group: group, body: Array(body.utf8))
            post.path = "/groups/\(group)/threads/\(target.made?.thread ?? "")/reply"
            post.isFurther = true
            return post
        }
        let decisions = try await world.ledger.plan(posts, announcement: number, named: "a", lease: try world.lease())
        #expect(decisions.allSatisfy { $0 == .planned })
        let result = try await Redelivery(world.delivery()).deliver(
            AnnouncementTally(name: "a"),
            watcher: WaveWatcher()
        )
        #expect(result.tally.sent == 2)
        #expect(result.tally.unsent == 0)
        let replies = try await world.ledger.targets(.runs(["R1"]), limit: 99).filter { $0.path.hasSuffix("/reply") }
        #expect(replies.allSatisfy { $0.state == .sent && $0.made?.beginsThread == false })
        #expect(replies.map { $0.made?.thread } == sent.map { $0.made?.thread })
    }

    @Test func `only what was sent is taken back, once, and becomes that of the run that did it`() async throws {
        let world = try await World(groups: 2)
        let stranger = GroupID.random()
        _ = try await world.announce("a", "x", to: world.groups + [stranger])
        let effects = try await world.ledger.targets(.runs(["R1"]), limit: 9).map(\.effect)
        let lease = try world.lease("R2")
        try await world.ledger.undo(effects, lease: lease, at: 9)
        try await world.ledger.undo(effects, lease: lease, at: 9)
        #expect(try await world.ledger.undone(announcement: "a", run: "R2") == 2)
        #expect(try await world.ledger.counts(["R1", "R2"]) == [.undone: 2, .failed: 1])
        let again = try await world.announce("a", "x", to: world.groups)
        #expect(again.tally.sent == 0)
        #expect(again.tally.already == 2)
    }

    @Test func `a run that did nothing is forgotten, one that did something is kept`() async throws {
        let world = try await World(groups: 1)
        #expect(try await world.ledger.forget(try world.lease("R2"), at: 9))
        #expect(try await world.ledger.runs(limit: 9).map(\.id) == ["R1"])
        _ = try await world.announce("a", "x", to: world.groups)
        #expect(try await !world.ledger.forget(try world.lease("R1"), at: 9))
        #expect(try await world.ledger.runs(limit: 9).count == 1)
    }

    @Test func `a run is at work while its lease is renewed`() async throws {
        let world = try await World(groups: 1)
        // However long the test waits for its turn, they were heard of just now.
        let heard = Uptime.now + 3_600_000_000
        try await world.ledger.write { db, _ in
            try db.execute(sql: "UPDATE lease SET renewedUptime = ?", arguments: [heard])
        }
        #expect(try await Set(world.ledger.runsAtWork(at: 2).keys) == ["R1", "R2"])
        try await world.ledger.end(try world.lease("R1"), .finished, at: 3)
        #expect(try await Set(world.ledger.runsAtWork(at: 4).keys) == ["R2"])
        let silent = Uptime.now - LeaseRule.span - 1
        try await world.ledger.write { db, _ in
            try db.execute(sql: "UPDATE lease SET renewedUptime = ?", arguments: [silent])
        }
        #expect(try await world.ledger.runsAtWork(at: 5).isEmpty)
    }

    @Test(
        "what a write made is read from its path and its answer",
        arguments: [
            ("conversations", #"{"id":"C","thread":"T","post":"P"}"#, "C", "T", "P"),
            ("conversations", #"{"id":"C","topic":"x","threads":[{"id":"T","posts":[{"id":"P"}]}]}"#, "C", "T", "P"),
            ("threads", #"{"id":"T","topic":"x"}"#, nil, "T", nil),
            ("conversations/C%3D/threads", #"{"id":"T"}"#, "C=", "T", nil),
            ("threads/T%3D%3D/reply", "", nil, "T==", "P="),
        ] as [(String, String, String?, String?, String?)]
    )
    func made(path: String, answer: String, conversation: String?, thread: String?, post: String?) throws {
        let group = GroupID.random()
        let location = path.hasSuffix("reply") ? "https://graph.example/v1.0/groups/G/threads/T/posts/P%3D" : nil
        let made = try #require(
            MadeItem(path: "/groups/\(group)/\(path)", answer: Array(answer.utf8), location: location)
        )
        #expect(made.group == group)
        #expect(made.conversation == conversation)
        #expect(made.thread == thread)
        #expect(made.post == post)
        #expect(made.canBeDeleted == !path.hasSuffix("reply"))
    }

    @Test("what makes no post is nothing made", arguments: ["/groups", "/groups/x/threads", "/users/1/threads", "/me"])
    func nothing(path: String) {
        #expect(MadeItem(path: path, answer: [], location: nil) == nil)
    }
}
