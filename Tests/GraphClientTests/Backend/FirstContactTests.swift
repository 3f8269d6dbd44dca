import GraphModel
import Testing

@testable import GraphClient

/// By what a service is known is asked until it is.
@Suite struct FirstContactTests {
    private func contact(_ steps: [ScriptedService.Step]) async throws -> (Int, [Int64]) {
        let service = ScriptedService(steps)
        let caller = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let contact = try await FirstContact(service, GraphRequest(.get, "/me", caller: caller), clock: service.clock)
        return (contact.response.status, service.times)
    }

    @Test func `an answer that got lost, and a service in trouble, are asked again`() async throws {
        let (status, times) = try await contact([
            .none(.unknown), .answer(503), .answer(429, retryAfter: "7"), .answer(200),
        ])
        #expect(status == 200)
        #expect(times.count == 4)
        #expect(times[3] - times[2] == 7_000_000)
    }

    @Test func `a refused token, and a connection that cannot be made, are told at once`() async throws {
        #expect(try await contact([.answer(401), .answer(200)]).0 == 401)
        let reason = await #expect(throws: NoAnswer.self) { try await contact([.none(.notDone), .answer(200)]) }
        #expect(reason?.outcome == .notDone)
    }

    @Test func `a long wait is told, not waited for`() async throws {
        #expect(try await contact([.answer(429, retryAfter: "300"), .answer(200)]).0 == 429)
    }

    @Test func `it ends`() async throws {
        let (status, times) = try await contact(Array(repeating: .answer(503), count: 20))
        #expect(status == 503)
        #expect(times.count == 5)
    }
}
