package import GraphModel
import Synchronization

/// Remembers the writes of a run: a service that wraps the backend.
///
/// A write without a key of its own gets one from the run, the request and how many times the run has asked for the
/// same so far; so a resumed run, which asks for the same writes in the same number, gets the first answers. A write
/// that is settled under its key is answered from the ledger at once; one whose key stands for another write, or was
/// taken back, is refused. Reads pass through.
package final class LedgerService: GraphService {
    private let sender: Sender
    private let ledger: Ledger
    private let lease: Lease
    let turns = Turns<IdempotencyKey>()
    private let occurrences = Mutex<[[UInt8]: Int]>([:])

    /// Wraps a backend, as a sender reaches it, for one run.
    package init(_ sender: Sender, ledger: Ledger, lease: Lease) {
        self.sender = sender
        self.ledger = ledger
        self.lease = lease
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method.isWrite else { return try await sender.backend.respond(to: request) }
        var request = request
        guard let key = request.key else {
            let key = nextKey(for: request)
            request.key = key
            return try await write(request, key: key)
        }
        return try await turns.take(key) {
            // It may have waited for long.
            guard !Task.isCancelled else { throw NoAnswer(.notDone, "The run was stopped before the write was sent.") }
            return try await write(request, key: key)
        }
    }

    private func write(_ request: GraphRequest, key: IdempotencyKey) async throws -> GraphResponse {
        var attempt: (effect: Int64, attemptedAt: Int64?)?
        repeat {
            if let known = try await ledger.known(request, key: key) { return response(known, to: request) }
            guard sender.writesAhead else { break }
            switch try await ledger.begin(request, key: key, lease: lease, at: sender.now()) {
            case .attempt(let effect, let attemptedAt): attempt = (effect, attemptedAt)
            // What the other run learns is this run's answer as well.
            case .elsewhere: try await sender.sleep(Delivery.patience)
            case .known(let known): return response(known, to: request)
            }
        } while attempt == nil
        let outcome = try await sender.carryOut(
            request,
            attemptedAt: attempt?.attemptedAt,
            endedAt: sender.uptime(),
            mayLeave: { [ledger, lease, now = sender.now] in try await ledger.assure(lease, at: now()) },
            willRepeat: {
                if let attempt { try await ledger.begin([attempt.effect], lease: lease, at: sender.now()) }
            }
        )
        switch outcome {
        case .answered(let response, _, _):
            // A replay under the run's own key means that the run died between the send and this record.
            try await ledger.record(request, key: key, answer: response, lease: lease, at: sender.now())
            return response
        case .notDone(let reason):
            if let attempt, attempt.attemptedAt == nil { try await settle(attempt.effect, .release, reason.message) }
            throw reason
        case .stopped: throw NoAnswer(.unknown, "The run was stopped before it was known whether the write was done.")
        case .ambiguous(let reason):
            if let attempt { try await settle(attempt.effect, .lose, reason) }
            throw NoAnswer(
                .unknown,
                "It cannot be proved whether \(request.method.rawValue) \(request.path.prefix(120)) was done: \(reason) "
                    + "Nothing more is sent for it. Look at the group; resuming the run looks again."
            )
        }
    }

    private func response(_ known: KnownWrite, to request: GraphRequest) -> GraphResponse {
        switch known {
        case .answered(let response): response
        case .refused(let error): GraphResponse(error, id: GroupID.random().text, to: request, now: sender.now())
        }
    }

    private func settle(_ effect: Int64, _ event: EffectState.Event, _ reason: String) async throws {
        try await ledger.settle(
            [
                Settlement(effect: effect, event: event, status: 0, message: reason, at: sender.now())
            ],
            lease: lease
        )
    }

    private func nextKey(for request: GraphRequest) -> IdempotencyKey {
        let hash = request.hash
        let occurrence = occurrences.withLock { counts in
            counts[hash, default: 0] += 1
            return counts[hash, default: 0]
        }
        return IdempotencyKey(.explicit, "\(lease.run)/\(hash.prefix(12).hexadecimal)/\(occurrence)")
    }
}
