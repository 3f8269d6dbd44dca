import EmbeddedGraph
import GRDB
import GraphModel
import Testing

@testable import Announcements

/// What becomes of groups that have a post of the announcement with other content.
@Suite struct ChangeTests {
    @Test func `skip leaves them as they are, and nothing is wrong with that`() async throws {
        let world = try await World(groups: 3)
        _ = try await world.announce("news", "one", to: Array(world.groups.prefix(2)))
        let second = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .skip)
        #expect(second.tally.sent == 1 && second.tally.skipped == 2 && second.tally.changed == 0)
        #expect(second.tally.isComplete && second.findings.isEmpty)
        #expect(try await world.posts(of: world.groups[0]) == [["one"]])
    }

    @Test func `new begins a further conversation, once for each content`() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("news", "one", to: world.groups)
        let second = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .new)
        #expect(second.tally.sent == 2 && second.tally.isComplete)
        for text in ["two", "one"] {
            let again = try await world.announce("news", text, to: world.groups, run: "R2", onChange: .new)
            #expect(again.tally.already == 2 && again.tally.sent == 0)
        }
        for group in world.groups { #expect(try await Set(world.posts(of: group)) == [["one"], ["two"]]) }
    }

    @Test func `what a group has got later on is not changed content`() async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "one", to: world.groups)
        _ = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .new)
        let plain = try await world.announce("news", "two", to: world.groups, run: "R2")
        #expect(plain.tally.already == 1 && plain.tally.isComplete)
    }

    @Test func `reply answers in the thread of the first post, once for each content`() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("news", "one", to: world.groups)
        for _ in 1...2 { _ = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .reply) }
        let third = try await world.announce("news", "three", to: world.groups, run: "R2", onChange: .reply)
        #expect(third.tally.sent == 2 && third.tally.isComplete)
        for group in world.groups { #expect(try await world.posts(of: group) == [["one", "two", "three"]]) }
        // Nor is it sent once more in another way.
        let other = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .new)
        #expect(other.tally.already == 2)
    }

    @Test func `a reply holds what is attached`() async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "one", to: world.groups)
        let outcome = try await world.announce(
            "news",
            "two",
            to: world.groups,
            run: "R2",
            onChange: .reply,
            attached: SharedPartTests.part("hello")
        )
        #expect(outcome.tally.sent == 1)
        let group = world.groups[0]
        let thread = try await world.read("/groups/\(group)/threads")["value"]?.elements?.first?["id"]?.string ?? ""
        let posts = try await world.read("/groups/\(group)/threads/\(thread)/posts", query: "$expand=attachments")
        let attached = posts["value"]?.elements?.last?["attachments"]?.elements?.first
        #expect(attached?["contentBytes"]?.string == "aGVsbG8=")
    }

    @Test func `a thread that the ledger does not know is asked for`() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("news", "one", to: world.groups)
        // As a backend answers that tells of a conversation only, and one that tells nothing.
        let (known, unknown) = (world.groups[0].text, world.groups[1].text)
        try await world.ledger.write { db, _ in
            try db.execute(
                sql:
                    "UPDATE effect SET answer = CAST(json_remove(CAST(answer AS TEXT), '$.thread') AS BLOB) WHERE target = ?",
                arguments: [known]
            )
            try db.execute(sql: "UPDATE effect SET answer = NULL WHERE target = ?", arguments: [unknown])
        }
        let outcome = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .reply)
        #expect(outcome.tally.sent == 1 && outcome.tally.changed == 1)
        #expect(try await world.posts(of: world.groups[0]) == [["one", "two"]])
        #expect(outcome.findings.map(\.target) == [unknown])
        #expect(outcome.findings[0].message.contains("its thread cannot be found"))
    }

    @Test func `a post that was taken back stays so, unless it is to be made anew`() async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "one", to: world.groups)
        let group = world.groups[0]
        for conversation in try await world.read("/groups/\(group)/conversations")["value"]?.elements ?? [] {
            let path = "/groups/\(group)/conversations/\(conversation["id"]?.string ?? "")"
            _ = try await world.store.respond(to: GraphRequest(.delete, path, caller: world.store.operatorCaller))
        }
        try await world.ledger.write { db, _ in try db.execute(sql: "UPDATE effect SET state = 6") }
        #expect(try await world.announce("news", "one", to: world.groups, run: "R2").tally.already == 1)
        #expect(try await world.announce("news", "two", to: world.groups, run: "R2").tally.changed == 1)
        let reply = try await world.announce("news", "two", to: world.groups, run: "R2", onChange: .reply)
        #expect(reply.tally.changed == 1 && reply.findings[0].message.contains("onChange"))
        #expect(try await world.posts(of: group).isEmpty)
        for sent in [1, 0] {
            let new = try await world.announce("news", "one", to: world.groups, run: "R2", onChange: .new)
            #expect(new.tally.sent == sent && new.tally.already == 1 - sent)
        }
        #expect(try await world.posts(of: group) == [["one"]])
    }

    @Test func `what an earlier run planned and did not send makes way for newer content`() async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "one", to: world.groups)
        let group = world.groups[0]
        let draft = try await world.draft("news")
        await draft.change(
            by: .new,
            finding: FirstThread(
                ledger: world.ledger,
                sender: Sender(world.store, now: { 7 }),
                caller: world.store.operatorCaller
            )
        )
        _ = await draft.admit(group)
        try await draft.add(World.post("two", to: group))
        _ = try await draft.finish()
        try await world.ledger.end(world.lease("R1"), .interrupted, message: nil, at: 6)
        let outcome = try await world.announce("news", "three", to: [group], run: "R2", onChange: .new)
        #expect(outcome.tally.sent == 1)
        #expect(try await Set(world.posts(of: group)) == [["one"], ["three"]])
        #expect(try await world.open("news", run: "R2").isEmpty)
    }

    @Test func `while another run sends further content, nothing else is sent`() async throws {
        let world = try await World(groups: 1)
        _ = try await world.announce("news", "one", to: world.groups)
        let draft = try await world.draft("news")
        await draft.change(
            by: .new,
            finding: FirstThread(
                ledger: world.ledger,
                sender: Sender(world.store, now: { 7 }),
                caller: world.store.operatorCaller
            )
        )
        _ = await draft.admit(world.groups[0])
        try await draft.add(World.post("two", to: world.groups[0]))
        _ = try await draft.finish()
        let outcome = try await world.announce("news", "three", to: world.groups, run: "R2", onChange: .new)
        #expect(outcome.tally.sent == 0 && outcome.tally.changed == 1)
        #expect(outcome.findings[0].message.hasPrefix("Another run is sending other content"))
    }

    @Test func `groups that are left out are counted, and are no targets`() async throws {
        let world = try await World(groups: 3)
        let draft = try await world.draft("news")
        await draft.exclude([world.groups[0]])
        await draft.exclude([world.groups[1]])
        for group in world.groups + [world.groups[0]] where await draft.admit(group) {
            try await draft.add(World.post("one", to: group))
        }
        _ = try await draft.finish()
        let outcome = try await draft.deliver(by: world.delivery(), watcher: WaveWatcher())
        #expect(outcome.tally.targets == 1 && outcome.tally.sent == 1 && outcome.tally.excluded == 2)
        #expect(outcome.tally.duplicates == 1 && outcome.tally.isComplete)
        #expect(try await world.ledger.tallies(run: "R1").map(\.excluded) == [2])
        #expect(try await world.conversations(of: world.groups[0]) == 0)
    }
}
