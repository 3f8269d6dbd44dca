import EmbeddedGraph
import Foundation
import GRDB
import GraphClient
import GraphModel
import Synchronization
import Testing

@testable import Announcements

/// What scripts write one at a time, once for each key, where the backend keeps no keys.
@Suite struct UnkeyedWritesTests {
    private let world: World
    private let line: UnkeyedStore
    private let sender: Sender
    private static let key = IdempotencyKey(.explicit, "mine")

    init() async throws {
        world = try await World(groups: 1)
        line = UnkeyedStore(world.store)
        sender = Self.sender(MarkingService(line, readLag: 0, serviceRoot: GraphRequest.localServiceRoot))
    }

    private static func sender(_ service: any ReconcilingService) -> Sender {
        Sender(service, reconciler: service, now: { 1_700_000_000_500_000 }, sleep: { _ in })
    }

    private func service(_ run: String = "R1", by sender: Sender? = nil) throws -> LedgerService {
        LedgerService(sender ?? self.sender, ledger: world.ledger, lease: try world.lease(run))
    }

    private func write(_ text: String, key: IdempotencyKey? = key) -> GraphRequest {
        GraphRequest(
            .post,
            "/groups/\(world.groups[0])/threads",
            body: Array(#"{"topic":"T","posts":[{"body":{"content":"\#(text)"}}]}"#.utf8),
            caller: world.store.operatorCaller,
            key: key
        )
    }

    /// How far the ledger's only write has come.
    private func state() async throws -> EffectState? {
        try await world.ledger.read { db in
            try Int64.fetchOne(db, sql: "SELECT state FROM effect").flatMap { EffectState(rawValue: $0) }
        }
    }

    // MARK: Other content

    @Test func `other content under a key that was used is refused in every run, and nothing is sent`() async throws {
        let first = try await service().respond(to: write("A"))
        #expect(first.status == 201)
        for run in ["R1", "R2", "R2"] {
            let answer = try await service(run).respond(to: write("B"))
            #expect(answer.status == 422 && answer.error?.code == GraphError.Code.keyReused.rawValue)
            let message = answer.error?.message ?? ""
            #expect(message.contains("'mine' was used by run R1 at "), "\(message)")
        }
        #expect(line.posts == 1)
        let again = try await service("R2").respond(to: write("A"))
        #expect(again.isReplayed && again.body == first.body)
    }

    @Test(arguments: [EffectState.sending, .ambiguous])
    func `other content under a key whose write is unproven is refused, and not taken for it`(
        state: EffectState
    ) async throws {
        #expect(try await service().respond(to: write("A")).status == 201)
        try await world.ledger.write { db, _ in
            try db.execute(
                sql: "UPDATE effect SET state = ?, status = NULL, answer = NULL, location = NULL",
                arguments: [state.rawValue]
            )
        }
        try await world.kill("R1")
        #expect(try await service("R2").respond(to: write("B")).status == 422)
        #expect(try await self.state() == state)
        #expect(try await service("R2").respond(to: write("A")).isReplayed)
        #expect(try await self.state() == .sent)
        #expect(try await service("R2").respond(to: write("B")).status == 422)
        #expect(line.posts == 1)
    }

    @Test func `a refused write may be repeated with other content`() async throws {
        var refused = write("A")
        refused.body = Array("{}".utf8)
        #expect(try await service().respond(to: refused).status == 400)
        #expect(try await service().respond(to: write("B")).status == 201)
        #expect(try await service().respond(to: write("B")).isReplayed)
    }

    // MARK: At the same time

    /// Holds the first write until it is let go, and then may lose it before it is sent.
    private final class Held: ReconcilingService {
        private let next: any ReconcilingService
        private let isLost: Bool
        private let seen = Mutex(0)
        private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        private let (releases, release) = AsyncStream.makeStream(of: Void.self)

        init(_ next: any ReconcilingService, losingFirst isLost: Bool) {
            self.next = next
            self.isLost = isLost
        }

        var writes: Int { seen.withLock(\.self) }
        var readLag: Int64 { next.readLag }
        func letGo() { release.finish() }
        func waitForFirst() async { for await _ in arrivals { return } }
        func leavesMark(_ request: GraphRequest) -> Bool { next.leavesMark(request) }
        func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts {
            try await next.find(key, for: request, since: since)
        }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            guard request.method.isWrite else { return try await next.respond(to: request) }
            let number = seen.withLock { seen in
                seen += 1
                return seen
            }
            if number == 1 {
                arrival.yield()
                for await _ in releases {}
                if isLost { throw NoAnswer(.notDone, "The line was down.") }
            }
            return try await next.respond(to: request)
        }
    }

    @Test(arguments: [false, true])
    func `a write that is asked for again while it is under way waits, and is done once`(isLost: Bool) async throws {
        let held = Held(
            MarkingService(line, readLag: 0, serviceRoot: GraphRequest.localServiceRoot),
            losingFirst: isLost
        )
        let service = try service(by: Self.sender(held))
        let (write, other) = (write("A"), write("B"))
        let first = Task { try await service.respond(to: write) }
        await held.waitForFirst()
        let second = Task { try await service.respond(to: write) }
        while service.turns.count(Self.key) < 1, held.writes < 2 { await Task.yield() }
        let third = Task { try await service.respond(to: other) }
        while service.turns.count(Self.key) < 2, held.writes < 2 { await Task.yield() }
        held.letGo()
        if isLost {
            await #expect(throws: NoAnswer.self) { try await first.value }
            #expect(try await second.value.status == 201)
        } else {
            let answer = try await second.value
            #expect(try await first.value.body == answer.body)
            #expect(answer.isReplayed)
        }
        #expect(try await third.value.status == 422)
        #expect(line.posts == 1)
        #expect(service.turns.count(Self.key) == 0)
    }

    @Test func `a write that waited for its turn is not sent when it was cancelled meanwhile`() async throws {
        let held = Held(
            MarkingService(line, readLag: 0, serviceRoot: GraphRequest.localServiceRoot),
            losingFirst: true
        )
        let service = try service(by: Self.sender(held))
        let write = write("A")
        let first = Task { try await service.respond(to: write) }
        await held.waitForFirst()
        let second = Task { try await service.respond(to: write) }
        while service.turns.count(Self.key) < 1, held.writes < 2 { await Task.yield() }
        second.cancel()
        held.letGo()
        await #expect(throws: NoAnswer.self) { try await first.value }
        let stopped = await #expect(throws: NoAnswer.self) { try await second.value }
        #expect(stopped?.outcome == .notDone)
        #expect(line.posts == 0)
    }

    // MARK: Taken back

    @Test(arguments: [false, true])
    func `a write that was taken back is not made again under its key`(keepsKeys: Bool) async throws {
        let sender = keepsKeys ? Sender(world.store, now: { 9 }) : sender
        for key in [Self.key, nil] {
            let request = write("A", key: key)
            let made = try await service(by: sender).respond(to: request)
            #expect(made.status == 201 && !made.isReplayed)
            let thread = try #require(try JSONValue(made.body)["id"]?.string)
            let path = request.path + "/" + PercentEncoding.encode(thread)
            let deletion = GraphRequest(.delete, path, caller: world.store.operatorCaller)
            #expect(try await world.store.respond(to: deletion).status == 204)
            let effect = try #require(
                try await world.ledger.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM effect") }
            )
            try await world.ledger.undo([effect], lease: try world.lease("R2"), at: 10)

            for run in key == nil ? ["R1"] : ["R1", "R2"] {
                let answer = try await service(run, by: sender).respond(to: request)
                #expect(answer.status == 409 && answer.error?.code == GraphError.Code.keyReused.rawValue)
                let message = answer.error?.message ?? ""
                #expect(message.contains("taken back by run R2") && message.contains(key?.text ?? "R1/"), "\(message)")
            }
            #expect(try await world.read("/groups/\(world.groups[0])/threads")["value"]?.elements?.isEmpty == true)
            let states = try await world.ledger.read { try Int64.fetchSet($0, sql: "SELECT state FROM effect") }
            #expect(states == [EffectState.undone.rawValue])
        }
        // A write without a key of its own is another one in another run.
        #expect(try await service("R2", by: sender).respond(to: write("A", key: nil)).status == 201)
    }
}
