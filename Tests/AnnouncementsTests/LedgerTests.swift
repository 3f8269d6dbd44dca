import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import Announcements

@Suite struct LedgerTests {
    @Test func `runs are found by their beginning, newest first`() async throws {
        let world = try await World(groups: 1)
        #expect(try await world.ledger.runs(named: "R").count == 2)
        let run = try #require(try await world.ledger.runs(named: "R1").first)
        #expect(run.arguments == ["a", "b\"c"] && run.state == .running && run.endedAt == nil)
        try await world.ledger.end(world.lease(), .failed, message: "no", at: 9)
        let ended = try #require(try await world.ledger.runs(named: "R1").first)
        #expect(ended.state == .failed && ended.message == "no" && ended.endedAt == 9)
    }

    @Test func `a run sees the files that it read first`() async throws {
        let ledger = try await World(groups: 1).ledger
        try await ledger.keep([1, 2], path: "a.csv", run: "R1")
        try await ledger.keep([3], path: "a.csv", run: "R1")
        try await ledger.keep([1, 2], path: "b.csv", run: "R2")
        #expect(try await ledger.kept("a.csv", run: "R1") == [1, 2])
        #expect(try await ledger.kept("b.csv", run: "R2") == [1, 2])
        #expect(try await ledger.kept("b.csv", run: "R1") == nil)
    }

    @Test func `a resumed run's writes are answered from the ledger`() async throws {
        let world = try await World(groups: 1)
        let request = GraphRequest(
            .post,
            "/groups/\(world.groups[0])/conversations",
            body: World.body("hello"),
            caller: world.store.operatorCaller
        )
        func service() throws -> LedgerService {
            LedgerService(Sender(world.store, now: { 3 }), ledger: world.ledger, lease: try world.lease())
        }
        let first = try service()
        let a = try await first.respond(to: request)
        let b = try await first.respond(to: request)
        #expect(a.status == 201 && b.status == 201 && a.body != b.body, "the same write twice in a run is two writes")

        let resumed = try service()
        #expect(try await resumed.respond(to: request).body == a.body)
        #expect(try await resumed.respond(to: request).body == b.body)
        #expect(try await resumed.respond(to: request).isReplayed == false, "a third one is new")
        #expect(try await world.conversations(of: world.groups[0]) == 3)
        let writes = try await world.ledger.writes(run: "R1")
        #expect(writes.sent == 3 && writes.failed == 0)
    }

    @Test func `an explicit key holds across runs`() async throws {
        let world = try await World(groups: 1)
        let request = GraphRequest(
            .post,
            "/groups/\(world.groups[0])/conversations",
            body: World.body("hello"),
            caller: world.store.operatorCaller,
            key: IdempotencyKey(.explicit, "mine")
        )
        for run in ["R1", "R2"] {
            let service = LedgerService(
                Sender(world.store, now: { 3 }),
                ledger: world.ledger,
                lease: try world.lease(run)
            )
            #expect(try await service.respond(to: request).status == 201)
        }
        #expect(try await world.conversations(of: world.groups[0]) == 1)
    }
}
