import EmbeddedGraph
import Foundation
import GraphModel
import GraphServer
import Synchronization
import Testing

/// Clients that meet faults and limits over real connections.
struct FaultsOverHTTPTests {
    private static let conversations = RunningServer.groupPath + "/conversations"

    /// Sends the same request until it is answered by something else than a refusal to be repeated.
    ///
    /// - Returns: The answer, and how often nothing came.
    private static func insist(_ bytes: [UInt8], port: Int) async throws -> (RunningServer.Answer, cuts: Int) {
        var cuts = 0
        while true {
            let received = try await RawConnection.exchange(bytes, port: port)
            guard !received.isEmpty else {
                cuts += 1
                continue
            }
            return (try #require(RawConnection.answer(received)), cuts)
        }
    }

    private static func create(_ number: Int) -> [UInt8] {
        RawConnection.request(
            "POST",
            conversations,
            headers: [("Idempotency-Key", "rest-\(number)")],
            body: Array(RunningServer.conversation("Rest \(number)").utf8)
        )
    }

    @Test(arguments: ["lost-reply=30%", "reset=30%", "lost-reply=20%,reset=20%"])
    func `200 creations over a line that breaks make 200 conversations`(_ faults: String) async throws {
        try await RunningServer.with { store in
            FaultingService(store, try FaultSpecification(faults), seed: 5, clock: ContinuousClock())
        } _: { server in
            var cuts = 0
            var replayed = 0
            for number in 0..<200 {
                let (answer, cut) = try await Self.insist(Self.create(number), port: server.port)
                #expect(answer.status == 201)
                cuts += cut
                replayed += answer.headers["x-replayed"] == nil ? 0 : 1
            }
            #expect(cuts > 40)
            #expect(faults.contains("lost-reply") == (replayed > 0))
            let count = try await Self.count(server)
            #expect(count == 200)
        }
    }

    /// How many conversations the store holds, asked past the faults.
    private static func count(_ server: RunningServer) async throws -> Int {
        let path = "/groups/\(RunningServer.group)/conversations/$count"
        let answer = try await server.store.respond(
            to: GraphRequest(.get, path, caller: server.store.operatorCaller)
        )
        return try #require(Int(String(decoding: answer.body, as: UTF8.self)))
    }

    @Test func `a lost reply is a write that was done, and not a byte of an answer`() async throws {
        try await RunningServer.with { store in
            FaultingService(store, try FaultSpecification("lost-reply=100%"), seed: 1, clock: ContinuousClock())
        } _: { server in
            let received = try await RawConnection.exchange(Self.create(1), port: server.port)
            #expect(received.isEmpty)
            let count = try await Self.count(server)
            #expect(count == 1)
        }
    }

    @Test func `a reset is a write that was not done, and not a byte of an answer`() async throws {
        try await RunningServer.with { store in
            FaultingService(store, try FaultSpecification("reset=100%"), seed: 1, clock: ContinuousClock())
        } _: { server in
            let received = try await RawConnection.exchange(Self.create(1), port: server.port)
            #expect(received.isEmpty)
            let count = try await Self.count(server)
            #expect(count == 0)
        }
    }

    // Reference, section 12, throttling of items.
    @Test(arguments: [("lost-reply", 504, 1), ("reset", 503, 0), ("throttle", 429, 0), ("unavailable", 503, 0)])
    func `in a batch faults meet the items, and the batch is answered`(
        _ fault: String,
        _ status: Int,
        _ made: Int
    ) async throws {
        try await RunningServer.with { store in
            FaultingService(store, try FaultSpecification("\(fault)=100%"), seed: 1, clock: ContinuousClock())
        } _: { server in
            let item = """
                {"id":"1","method":"POST","url":"/groups/\(RunningServer.group)/conversations",\
                "headers":{"Content-Type":"application/json"},"body":\(RunningServer.conversation("Rest"))}
                """
            let answer = try await server.send("POST", "/v1.0/$batch", #"{"requests":[\#(item)]}"#)
            #expect(answer.status == 200)
            let response = try #require(answer.json["responses"]?.elements?.first)
            #expect(response["status"] == .integer(Int64(status)))
            #expect(response["headers"]?["Retry-After"]?.string.flatMap { Int($0) }.map { $0 >= 1 } == true)
            #expect(response["body"]?["error"]?["code"]?.string != nil)
            let count = try await Self.count(server)
            #expect(count == made)
        }
    }

    // Reference, section 13.2, throttled.
    @Test func `refusals by a simulator look like Graph's`() async throws {
        for (fault, status, code) in [
            ("throttle", 429, "TooManyRequests"), ("unavailable", 503, "serviceNotAvailable"),
        ] {
            try await RunningServer.with { store in
                FaultingService(store, try FaultSpecification("\(fault)=100%"), seed: 1, clock: ContinuousClock())
            } _: { server in
                let answer = try await server.send("POST", Self.conversations, RunningServer.conversation("Rest"))
                #expect(answer.status == status)
                #expect(answer.code == code)
                #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { $0 >= 1 } == true)
                #expect(answer.json["error"]?["innerError"]?["request-id"]?.string == answer.headers["request-id"])
                let count = try await Self.count(server)
                #expect(count == 0)
            }
        }
    }

    @Test func `what was made is missing from reads within the lag`() async throws {
        try await RunningServer.with { store in
            FaultingService(store, try FaultSpecification("read-lag=1000s"), seed: 1, clock: ContinuousClock())
        } _: { server in
            let made = try await server.send("POST", Self.conversations, RunningServer.conversation("Rest"))
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.string)
            let read = try await server.send("GET", Self.conversations + "/" + id)
            #expect(read.status == 404)
            #expect(read.code == "ErrorItemNotFound")
            let list = try await server.send("GET", Self.conversations)
            #expect(list.json["value"] == .array([]))
        }
    }

    @Test func `clients that obey Retry-After come through under Graph's limits`() async throws {
        // Time passes only by what clients wait, so that what is refused does not depend on the machine.
        let clock = WaitedClock()
        try await RunningServer.with { store in
            var limits = ThrottleLimits.graph
            limits.requests = RateLimit(60, per: .seconds(30))
            return ThrottlingService(store, limits, clock: clock)
        } _: { server in
            let refused = try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<3 {
                    group.addTask {
                        var refused = 0
                        for number in 0..<40 {
                            while true {
                                let (answer, _) = try await Self.insist(
                                    Self.create(client * 1000 + number),
                                    port: server.port
                                )
                                guard answer.status == 429 else {
                                    #expect(answer.status == 201)
                                    #expect(answer.headers["ratelimit-limit"] == "60")
                                    break
                                }
                                refused += 1
                                let seconds = try #require(answer.headers["retry-after"].flatMap { Int($0) })
                                clock.wait(.seconds(seconds))
                            }
                        }
                        return refused
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(refused > 0)
            let count = try await Self.count(server)
            #expect(count == 120)
        }
    }
}

/// A clock that goes on when somebody waits, and by as much.
private final class WaitedClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private let time = Mutex(Duration.zero)

    var now: Instant { Instant(offset: time.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Duration?) async { wait(now.duration(to: deadline)) }
    func wait(_ duration: Duration) { time.withLock { $0 += max(.zero, duration) } }
}
