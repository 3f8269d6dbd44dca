import EmbeddedGraph
import GraphClient
import GraphModel
import Storage
import Testing

@testable import Announcements

/// Exactly once where the backend keeps no keys.
@Suite struct UnkeyedDeliveryTests {
    private let world: World
    private let line: UnkeyedStore
    private let sender: Sender

    init() async throws {
        world = try await World(groups: 40)
        line = UnkeyedStore(world.store, seed: .random(in: .min ... .max))
        let marking = MarkingService(line, readLag: 0, serviceRoot: GraphRequest.localServiceRoot)
        sender = Sender(marking, reconciler: marking, now: { 1_700_000_000_500_000 }, sleep: { _ in })
    }

    private func announce(
        _ text: String,
        run: String = "R1"
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let draft = try await world.draft("news", run: run)
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body(text)))
        }
        _ = try await draft.finish()
        var delivery = Delivery(
            ledger: world.ledger,
            lease: try world.lease(run),
            sender: sender,
            caller: world.store.operatorCaller,
            width: 8
        )
        delivery.batch = 16
        delivery.ahead = 5
        return try await draft.deliver(by: delivery, watcher: WaveWatcher())
    }

    private func expectEachOnce() async throws {
        for group in world.groups { #expect(try await world.conversations(of: group) == 1) }
    }

    @Test func `over a line that loses requests and answers each group gets one post, and the counts are true`()
        async throws
    {
        line.lose(before: 15, after: 25)
        var (tally, findings, halt) = try await announce("hello")
        // Four losses in a row are possible, and end in what cannot be proved; the next run looks, and knows.
        while tally.ambiguous > 0 {
            #expect(findings.contains { $0.kind == .ambiguous })
            (tally, findings, halt) = try await announce("hello", run: "R2")
        }
        #expect(halt == nil && tally.sent + tally.already == 40 && tally.failed == 0)
        #expect(!findings.contains { $0.kind == .doubled })
        try await expectEachOnce()
    }

    @Test func `what a killed run had begun is looked for: what is there is not sent again, the rest is`() async throws
    {
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let effects = try await world.open("news")
        try await world.ledger.begin(effects.prefix(20).map(\.id), lease: try world.lease(), at: 1_700_000_000_400_000)
        for effect in effects.prefix(10) {
            _ = try await sender.backend.respond(to: effect.request(by: world.store.operatorCaller))
        }
        try await world.kill("R1")
        let (tally, findings, _) = try await announce("hello", run: "R2")
        #expect(tally.already == 10 && tally.sent == 30 && findings.isEmpty)
        #expect(line.posts == 40)
        try await expectEachOnce()
    }

    @Test func `where a look is not possible nothing is sent again, and the target is named`() async throws {
        struct Blind: ReconcilingService {
            let next: UnkeyedStore
            let readLag: Int64 = 0
            func respond(to request: GraphRequest) async throws -> GraphResponse { try await next.respond(to: request) }
            func leavesMark(_ request: GraphRequest) -> Bool { true }
            func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts {
                throw NoAnswer(.unknown, "The look was refused.")
            }
        }
        line.lose(before: 0, after: 100)
        let blind = Blind(next: line)
        let sender = Sender(blind, reconciler: blind, now: { 9 }, sleep: { _ in })
        for run in ["R1", "R2"] {
            let delivery = Delivery(
                ledger: world.ledger,
                lease: try world.lease(run),
                sender: sender,
                caller: world.store.operatorCaller,
                width: 4
            )
            let draft = try await world.draft("news", run: run)
            for group in world.groups where await draft.admit(group) {
                try await draft.add(RenderedPost(group: group, body: World.body("hello")))
            }
            _ = try await draft.finish()
            let (tally, findings, halt) = try await draft.deliver(by: delivery, watcher: WaveWatcher())
            #expect(tally.ambiguous == 40 && tally.sent == 0 && halt == nil)
            #expect(findings.allSatisfy { $0.kind == .ambiguous && $0.message.contains("The look was refused.") })
        }
        try await expectEachOnce()
    }

    @Test func `what was sent by another ledger is found when it is looked for first`() async throws {
        _ = try await announce("hello")
        let other = try await World(groups: 0)
        let first = Sender(
            sender.backend,
            reconciler: sender.reconciler,
            verifiesFirst: true,
            now: { 1_700_000_000_500_000 },
            sleep: { _ in }
        )
        let draft = try await AnnouncementDraft(
            name: "news",
            lease: try other.lease(),
            ledger: other.ledger,
            now: { 5 }
        )
        for group in world.groups where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        }
        _ = try await draft.finish()
        let delivery = Delivery(
            ledger: other.ledger,
            lease: try other.lease(),
            sender: first,
            caller: world.store.operatorCaller,
            width: 4
        )
        let (tally, _, _) = try await draft.deliver(by: delivery, watcher: WaveWatcher())
        #expect(tally.already == 40 && tally.sent == 0)
        try await expectEachOnce()
    }

    @Test func `a write leaves under the run's lease only, however long it has waited on its way out`() async throws {
        struct Slow: ReconcilingService {
            let world: World
            let next: UnkeyedStore
            let readLag: Int64 = 0
            func respond(to request: GraphRequest) async throws -> GraphResponse {
                // The process slept while the write waited in a queue, and another went on with the run.
                try await world.kill("R1")
                _ = try await world.ledger.resume("R1", by: "Adele Vance", grants: "", at: 1_700_000_000_900_000)
                world.ledger.freshness.forget()
                do { try await SendPermit.current?.check() } catch { throw NoAnswer(.notDone, "\(error)") }
                return try await next.respond(to: request)
            }
            func leavesMark(_ request: GraphRequest) -> Bool { true }
            func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts {
                .nowhere
            }
        }
        let draft = try await world.draft("news")
        let group = world.groups[0]
        _ = await draft.admit(group)
        try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        _ = try await draft.finish()
        let slow = Slow(world: world, next: line)
        let delivery = Delivery(
            ledger: world.ledger,
            lease: try world.lease(),
            sender: Sender(slow, reconciler: slow, now: { 1_700_000_000_500_000 }, sleep: { _ in }),
            caller: world.store.operatorCaller,
            width: 1
        )
        await #expect(throws: StorageError.self) { try await draft.deliver(by: delivery, watcher: WaveWatcher()) }
        #expect(line.posts == 0)
    }

    @Test func `a post that is there twice is said`() async throws {
        let draft = try await world.draft("news")
        let group = world.groups[0]
        _ = await draft.admit(group)
        try await draft.add(RenderedPost(group: group, body: World.body("hello")))
        _ = try await draft.finish()
        let effect = try #require(try await world.open("news").first)
        try await world.ledger.begin([effect.id], lease: try world.lease(), at: 1_700_000_000_400_000)
        for _ in 0..<2 { _ = try await sender.backend.respond(to: effect.request(by: world.store.operatorCaller)) }
        let delivery = Delivery(
            ledger: world.ledger,
            lease: try world.lease(),
            sender: sender,
            caller: world.store.operatorCaller,
            width: 4
        )
        let (tally, findings, _) = try await draft.deliver(by: delivery, watcher: WaveWatcher())
        #expect(tally.already == 1 && findings.map(\.kind) == [.doubled])
        #expect(try await world.ledger.findings(run: "R1", limit: 5).map(\.kind) == [.doubled])
    }

    // MARK: Single writes

    private func service(_ run: String) throws -> LedgerService {
        LedgerService(sender, ledger: world.ledger, lease: try world.lease(run))
    }

    @Test func `a script's write whose answer was lost is found, and the script gets its ids`() async throws {
        line.lose(before: 0, after: 100)
        let request = GraphRequest(
            .post,
            "/groups/\(world.groups[0])/threads",
            body: Array(#"{"Topic":"T","Posts":[{"body":{"content":"hello"}}]}"#.utf8),
            caller: world.store.operatorCaller
        )
        let response = try await service("R1").respond(to: request)
        let thread = try #require(try JSONValue(response.body)["id"]?.string)
        let posts = try await world.store.respond(
            to: GraphRequest(
                .get,
                "/groups/\(world.groups[0])/threads/\(thread)/posts",
                caller: world.store.operatorCaller
            )
        )
        #expect(try JSONValue(posts.body)["value"]?.elements?.count == 1)
        #expect(try await service("R1").respond(to: request).isReplayed)
        #expect(line.posts == 1)
    }

    @Test func `a write that leaves no mark is not sent again when its answer was lost, not by a resumed run either`()
        async throws
    {
        line.lose(before: 0, after: 100)
        let request = GraphRequest(
            .post,
            "/groups",
            body: Array(
                #"{"displayName":"New","mailNickname":"new","groupTypes":["Unified"],"mailEnabled":true,"securityEnabled":false}"#
                    .utf8
            ),
            caller: world.store.operatorCaller
        )
        for _ in 0..<2 {
            let error = await #expect(throws: NoAnswer.self) { try await service("R1").respond(to: request) }
            #expect(error?.message.contains("cannot be proved") == true)
        }
        #expect(line.posts == 1)
    }
}
