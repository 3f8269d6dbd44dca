package import GraphModel
import Synchronization

/// A service that refuses what is too much for Microsoft Graph, with 429 and `Retry-After`, by ``ThrottleLimits``.
///
/// Who comes back before the time it was told waits longer each time.
package struct ThrottlingService<Time: Clock<Duration>>: GraphService {
    private let service: any GraphService
    private let state: SharedThrottle
    private let clock: Time
    private let start: Time.Instant

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - service: What carries requests out.
    ///   - limits: What is too much.
    ///   - clock: By which time passes.
    package init(_ service: any GraphService, _ limits: ThrottleLimits, clock: Time) {
        self.service = service
        self.clock = clock
        start = clock.now
        state = SharedThrottle(ThrottleState(limits))
    }

    private var now: Duration { start.duration(to: clock.now) }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let demand = ThrottleState.Demand(request)
        switch state.value.withLock({ $0.admit(demand, at: now) }) {
        case .refused(let refusal):
            var error = GraphError(429, .throttled, refusal.message)
            error.code = refusal.code
            var response = SimulatedRefusal.response(error, retryAfter: refusal.retryAfter, to: request)
            for field in refusal.fields { response.headers[field.name] = field.value }
            return response
        case .admitted(let fields):
            defer { state.value.withLock { $0.finish(demand, at: now) } }
            var response = try await service.respond(to: request)
            for field in fields { response.headers[field.name] = field.value }
            return response
        }
    }
}

/// The state, of which all copies of a service have the same.
private final class SharedThrottle: Sendable {
    let value: Mutex<ThrottleState>

    init(_ state: ThrottleState) { value = Mutex(state) }
}
