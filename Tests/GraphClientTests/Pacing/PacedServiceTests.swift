import GraphModel
import Synchronization
import Testing

@testable import GraphClient

/// What is sent again, and what never is (reference, sections 13.2 and 15).
@Suite struct PacedServiceTests {
    private static let threads = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads"
    private static let adele = Caller(id: "a", displayName: "Adele", address: "adele@contoso.example", kind: .delegated)

    private static func read() -> GraphRequest { GraphRequest(.get, threads, caller: adele) }
    private static func write(key: String? = nil) -> GraphRequest {
        GraphRequest(
            .post,
            threads,
            body: Array("{}".utf8),
            caller: adele,
            key: key.map { IdempotencyKey(.explicit, $0) }
        )
    }

    private func paced(
        _ service: ScriptedService,
        keepsKeys: Bool = false,
        tries: Int = 4
    ) -> PacedService<ScriptedService> {
        var limits = PacingLimits()
        limits.tries = tries
        return PacedService(service, limits: limits, keepsKeys: keepsKeys, clock: service.clock, seed: 7)
    }

    @Test func `a refusal for being too many is waited out to the second, for writes too`() async throws {
        let service = ScriptedService([.answer(429, retryAfter: "7"), .answer(201)])
        let response = try await paced(service).respond(to: Self.write())
        #expect(response.status == 201)
        #expect(service.times == [0, 7_000_000])
    }

    @Test func `a fraction of a second is rounded up, never down`() async throws {
        let service = ScriptedService([.answer(429, retryAfter: "2.128"), .answer(200)])
        _ = try await paced(service).respond(to: Self.read())
        #expect(service.times == [0, 2_128_000])
    }

    @Test(arguments: [500, 502, 503, 504])
    func `a write that a server in trouble may have done is not sent again without a key`(status: Int) async throws {
        let service = ScriptedService([.answer(status), .answer(201)])
        let error = await #expect(throws: NoAnswer.self) { try await paced(service).respond(to: Self.write()) }
        #expect(error?.outcome == .unknown)
        #expect(service.times.count == 1)
    }

    @Test(arguments: [500, 502, 503, 504])
    func `under a key that the server keeps a write is sent again`(status: Int) async throws {
        let service = ScriptedService([.answer(status), .answer(201)])
        let response = try await paced(service, keepsKeys: true).respond(to: Self.write(key: "k"))
        #expect(response.status == 201)
        #expect(service.times.count == 2)
    }

    @Test func `a lost answer to a write is handed on as unknown, and repeated only under a kept key`() async throws {
        let lost = ScriptedService([.none(.unknown), .answer(201)])
        let error = await #expect(throws: NoAnswer.self) { try await paced(lost).respond(to: Self.write(key: "k")) }
        #expect(error?.outcome == .unknown)
        #expect(lost.times.count == 1)
        let kept = ScriptedService([.none(.unknown), .answer(201)])
        let response = try await paced(kept, keepsKeys: true).respond(to: Self.write(key: "k"))
        #expect(response.status == 201)
    }

    @Test func `what never reached the server is sent again`() async throws {
        let service = ScriptedService([.none(.notDone), .none(.notDone), .answer(201)])
        let response = try await paced(service).respond(to: Self.write())
        #expect(response.status == 201)
        #expect(service.times.count == 3)
    }

    @Test(arguments: [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 501, 507])
    func `a refusal that a repeat would not change is handed on at once`(status: Int) async throws {
        let service = ScriptedService([.answer(status)])
        let response = try await paced(service, keepsKeys: true).respond(to: Self.write(key: "k"))
        #expect(response.status == status)
        #expect(service.times.count == 1)
    }

    @Test func `the last refusal is handed on when the tries are used up`() async throws {
        let service = ScriptedService([.answer(429), .answer(429), .answer(429), .answer(429)])
        let response = try await paced(service).respond(to: Self.write())
        #expect(response.status == 429)
        #expect(service.times.count == 4)
    }

    @Test func `requests side by side end once each, whatever the service does`() async throws {
        var steps: [ScriptedService.Step] = []
        for number in 0..<400 { steps.append(number % 5 == 0 ? .answer(429, retryAfter: "1") : .answer(200)) }
        let service = ScriptedService(steps)
        let paced = paced(service, tries: 100)
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<300 { group.addTask { try await paced.respond(to: Self.read()).status } }
            return try await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
        }
        #expect(done == 300)
        #expect(service.mostAtOnce <= 3)
    }

    @Test func `a request that is cancelled while it waits is not sent`() async throws {
        let service = ScriptedService([.answer(429, retryAfter: "60"), .answer(200), .answer(200)])
        service.clock.isStopped = true
        let paced = paced(service)
        let first = Task { try await paced.respond(to: Self.read()) }
        while service.times.isEmpty { await Task.yield() }
        let second = Task { try await paced.respond(to: Self.read()) }
        first.cancel()
        second.cancel()
        for task in [first, second] {
            let error = await #expect(throws: NoAnswer.self) { try await task.value }
            #expect(error?.outcome == .notDone)
        }
        #expect(service.times.count == 1)
    }

    @Test func `the mailbox is the group's on its conversations and threads, and nobody's elsewhere`() {
        let group = "29981B6A-0e57-42dc-94c9-cd24f5306196"
        #expect(Pacer.mailbox(of: "/groups/\(group)/threads/T/reply") == group.lowercased())
        #expect(Pacer.mailbox(of: "/groups/\(group)/conversations") == group.lowercased())
        #expect(Pacer.mailbox(of: "/groups/\(group)") == Pacer.directory)
        #expect(Pacer.mailbox(of: "/groups/\(group)/members/$ref") == Pacer.directory)
        #expect(Pacer.mailbox(of: "/me") == Pacer.directory)
    }
}

/// Gives the answers that a test wants, in order, on a clock that moves when everything waits for it.
final class ScriptedService: GraphService {
    enum Step {
        case answer(Int, retryAfter: String? = nil)
        case none(NoAnswer.Outcome)
    }

    let clock = StillClock()
    private let state: Mutex<(steps: [Step], times: [Int64], atOnce: Int, most: Int)>

    init(_ steps: [Step]) { state = Mutex((steps, [], 0, 0)) }

    var times: [Int64] { state.withLock { $0.times } }
    var mostAtOnce: Int { state.withLock { $0.most } }

    func respond(to request: GraphRequest) async throws -> GraphResponse {
        let step = state.withLock { state in
            state.times.append(clock.now)
            state.atOnce += 1
            state.most = max(state.most, state.atOnce)
            return state.steps.isEmpty ? .answer(200) : state.steps.removeFirst()
        }
        await Task.yield()
        state.withLock { $0.atOnce -= 1 }
        switch step {
        case .answer(let status, let retryAfter):
            var response = GraphResponse(status: status)
            response.headers["Retry-After"] = retryAfter
            return response
        case .none(let outcome): throw NoAnswer(outcome, "The test says so.")
        }
    }
}

/// A clock that jumps to the time somebody waits for.
final class StillClock: PacingClock {
    private let time = Mutex<Int64>(0)
    private let stopped = Mutex(false)

    var now: Int64 { time.withLock { $0 } }
    /// Whether whoever waits waits for ever.
    var isStopped: Bool {
        get { stopped.withLock { $0 } }
        set { stopped.withLock { $0 = newValue } }
    }

    func sleep(until time: Int64) async {
        if isStopped {
            try? await Task.sleep(for: .seconds(3600))
        }
        self.time.withLock { $0 = max($0, time) }
    }
}
