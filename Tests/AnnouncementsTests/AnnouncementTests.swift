import EmbeddedGraph
import GraphModel
import Synchronization
import Testing

@testable import Announcements

@Suite struct AnnouncementTests {
    @Test func `each group gets one post, however often it is announced`() async throws {
        let world = try await World(groups: 100)
        let first = try await world.announce("news", "hello", to: world.groups)
        #expect(first.tally.sent == 100 && first.tally.already == 0 && first.tally.isComplete)
        let second = try await world.announce("news", "hello", to: world.groups, run: "R2")
        #expect(second.tally.sent == 0 && second.tally.already == 100 && second.tally.isComplete)
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
        #expect(try await world.ledger.tallies(run: "R1").map(\.sent) == [100])
        #expect(try await world.ledger.tallies(run: "R2").map(\.already) == [100])
    }

    @Test func `other content under the same name is listed and not sent`() async throws {
        let world = try await World(groups: 3)
        _ = try await world.announce("news", "hello", to: Array(world.groups.prefix(2)))
        let second = try await world.announce("news", "bye", to: world.groups, run: "R2")
        #expect(second.tally.sent == 1 && second.tally.changed == 2 && !second.tally.isComplete)
        #expect(second.findings.map(\.kind) == [.changed, .changed])
        #expect(try await world.conversations(of: world.groups[0]) == 1)
    }

    @Test func `a group twice in the list gets one post, and it is said`() async throws {
        let world = try await World(groups: 2)
        let outcome = try await world.announce("news", "hello", to: world.groups + [world.groups[0]])
        #expect(outcome.tally.targets == 2 && outcome.tally.sent == 2 && outcome.tally.duplicates == 1)
        let kept = try await world.ledger.findings(run: "R1", limit: 10)
        #expect(outcome.findings == kept)
        #expect(outcome.findings.map(\.target) == [world.groups[0].text])
    }

    @Test func `a target that is refused fails alone, and is tried again by the next run`() async throws {
        let world = try await World(groups: 5)
        let missing = GroupID.random()
        let first = try await world.announce("news", "hello", to: world.groups + [missing])
        #expect(first.tally.sent == 5 && first.tally.failed == 1)
        #expect(first.findings.map(\.code) == ["Request_ResourceNotFound"])
        _ = try await world.store.importGroups([
            Group(id: missing, displayName: "Late", mailNickname: "late", created: GraphDate(microseconds: 0))
        ])
        let second = try await world.announce("news", "hello", to: world.groups + [missing], run: "R2")
        #expect(second.tally.sent == 1 && second.tally.already == 5 && second.tally.isComplete)
    }

    @Test func `what was sent but not settled is found again by its key`() async throws {
        let world = try await World(groups: 10)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        // As a crash leaves it: the store has the posts, the ledger has them as planned.
        for group in world.groups.prefix(4) {
            let response = try await world.store.respond(
                to: GraphRequest(
                    .post,
                    "/groups/\(group)/conversations",
                    body: World.body("hello"),
                    caller: world.store.operatorCaller,
                    key: .announcement("news", group: group)
                )
            )
            #expect(response.status == 201)
        }
        let second = try await world.announce("news", "hello", to: world.groups, run: "R2")
        #expect(second.tally.sent == 6 && second.tally.already == 4)
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
    }

    @Test func `a fault takes back what was planned`() async throws {
        let world = try await World(groups: 1500)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        await draft.fault("missing/name", "line 7: the variable {{name}} is missing")
        await draft.fault("missing/name", "line 9: the variable {{name}} is missing")
        let (faults, unlisted) = try await draft.finish()
        #expect(faults == [.init(message: "line 7: the variable {{name}} is missing", count: 2)] && unlisted == 0)
        #expect(try await world.open("news").isEmpty)
    }

    @Test func `what a resumed run sent before counts as sent`() async throws {
        var world = try await World(groups: 10)
        _ = try await world.announce("news", "hello", to: Array(world.groups.prefix(4)))
        try await world.resume()
        _ = try await world.announce("news", "hello", to: world.groups)
        let tally = try #require(try await world.ledger.tallies(run: "R1").first)
        #expect(tally.targets == 10 && tally.sent == 10 && tally.already == 0)
    }

    @Test func `what one process announces twice adds up, and again when it is resumed`() async throws {
        var world = try await World(groups: 10)
        func announceBoth() async throws -> AnnouncementTally? {
            for part in [world.groups[..<4], world.groups[4...]] {
                _ = try await world.announce("news", "hello", to: Array(part) + [GroupID.random()])
            }
            return try await world.ledger.tallies(run: "R1").first
        }
        let tally = try #require(try await announceBoth())
        #expect(tally.targets == 12 && tally.sent == 10 && tally.failed == 2)
        #expect(try await world.ledger.findings(run: "R1", limit: 9).count == 2)
        try await world.resume()
        let again = try #require(try await announceBoth())
        #expect(again.targets == 12 && again.sent == 10 && again.already == 0 && again.failed == 2)
        #expect(try await world.ledger.findings(run: "R1", limit: 9).count == 2)
    }

    @Test func `two runs of one announcement at once make one post for each group`() async throws {
        let world = try await World(groups: 200)
        async let first = world.announce("news", "hello", to: world.groups, run: "R1")
        async let second = world.announce("news", "hello", to: world.groups.reversed(), run: "R2")
        let tallies = try await [first.tally, second.tally]
        // Whoever lost a race for a group's plan has nothing to send for it; nobody sends twice.
        #expect(tallies.map(\.sent).reduce(0, +) == 200)
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
    }

    @Test func `an interrupted delivery settles what is in flight and keeps the rest`() async throws {
        let world = try await World(groups: 300)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let running = Mutex<Task<(tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?), any Error>?>(
            nil
        )
        let gate = AsyncStream<Void>.makeStream()
        let task = Task {
            for await _ in gate.stream { break }
            let watcher = WaveWatcher(progress: { progress in
                if progress.done == 20 { running.withLock { $0?.cancel() } }
            })
            return try await draft.deliver(by: world.delivery(width: 4), watcher: watcher)
        }
        running.withLock { $0 = task }
        gate.continuation.yield()
        let outcome = try await task.value
        #expect(outcome.halt == .interrupted)
        #expect(outcome.tally.sent >= 20 && outcome.tally.unsent == 300 - outcome.tally.sent)
        let rest = try await world.announce("news", "hello", to: world.groups, run: "R2")
        #expect(rest.tally.sent == outcome.tally.unsent && rest.tally.already == outcome.tally.sent)
    }
}
