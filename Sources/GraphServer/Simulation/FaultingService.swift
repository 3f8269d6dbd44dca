package import GraphModel
import Synchronization

/// A service that breaks things: it loses answers, refuses, delays and hides what was just made, as a
/// ``FaultSpecification`` says.
///
/// A request that waits stands before whatever becomes of it, so a lost answer is lost after the write is durable. The
/// items of a batch suffer faults one by one, the batch itself does not: an item whose answer is lost has the status
/// 504, one that was cut off before it was carried out 503.
package struct FaultingService<Time: Clock<Duration>>: GraphService {
    private let service: any GraphService
    private let decisions: SharedDecisions
    private let clock: Time
    private let start: Time.Instant

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - service: What carries requests out.
    ///   - specification: What goes wrong.
    ///   - seed: The same seed and the same requests give the same faults.
    ///   - clock: By which it waits.
    package init(_ service: any GraphService, _ specification: FaultSpecification, seed: UInt64, clock: Time) {
        self.service = service
        self.clock = clock
        start = clock.now
        decisions = SharedDecisions(FaultDecisions(specification, seed: seed))
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let decision = decisions.state.withLock { $0.decide(request, at: start.duration(to: clock.now)) }
        if decision.delay > .zero {
            // Cancelled, the server ends: the request goes on without waiting for the rest.
            try? await clock.sleep(for: decision.delay)
        }
        switch decision.fate {
        case .reset: throw ConnectionCut(wasCarriedOut: false)
        case .throttled(let seconds):
            return refusal(
                GraphError(429, .throttled, "Too many requests. Try again after the time that Retry-After gives."),
                retryAfter: seconds,
                to: request
            )
        case .unavailable(let seconds):
            return refusal(
                GraphError(503, .unavailable, "The service is temporarily unavailable. Nothing was done; try again."),
                retryAfter: seconds,
                to: request
            )
        case .notProvisioned:
            return refusal(
                GraphError(404, .mailboxNotReady, "Resource provisioning is in progress. Please try again."),
                to: request
            )
        case .notVisible:
            return refusal(
                GraphError(404, .itemNotFound, "The specified object was not found in the store."),
                to: request
            )
        case .answered: return try await carryOut(request)
        case .lostReply:
            _ = try await carryOut(request)
            throw ConnectionCut(wasCarriedOut: true)
        }
    }

    private func carryOut(_ request: GraphRequest) async throws -> GraphResponse {
        var response = try await service.respond(to: request)
        let now = start.duration(to: clock.now)
        guard !request.method.isWrite else {
            decisions.state.withLock { $0.note(response, to: request, at: now) }
            return response
        }
        let invisible = decisions.state.withLock { $0.invisibleIDs(at: now) }
        if let rest = MadeObjects.removing(invisible, from: response.body) { response.body = rest }
        return response
    }

    private func refusal(_ error: GraphError, retryAfter: Int? = nil, to request: GraphRequest) -> GraphResponse {
        SimulatedRefusal.response(error, retryAfter: retryAfter, to: request)
    }
}

/// The decisions, of which all copies of a service have the same.
private final class SharedDecisions: Sendable {
    let state: Mutex<FaultDecisions>

    init(_ decisions: FaultDecisions) { state = Mutex(decisions) }
}
