package import GraphModel
import Synchronization

/// Remembers the writes of a run: a service that wraps the backend.
///
/// A write without a key of its own gets one from the run, the request and how many times the run has asked for the
/// same so far; so a resumed run, which asks for the same writes in the same number, gets the first answers. A write
/// that is settled under its key is answered from the ledger at once. Reads pass through.
package final class LedgerService: GraphService {
    private let backend: any GraphService
    private let ledger: Ledger
    private let run: String
    private let now: @Sendable () -> Int64
    private let occurrences = Mutex<[[UInt8]: Int]>([:])

    /// Wraps a backend for one run; `now` gives microseconds since 1970.
    package init(_ backend: any GraphService, ledger: Ledger, run: String, now: @escaping @Sendable () -> Int64) {
        self.backend = backend
        self.ledger = ledger
        self.run = run
        self.now = now
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method.isWrite else { return try await backend.respond(to: request) }
        var request = request
        let key = request.key ?? nextKey(for: request)
        request.key = key
        if let settled = try await ledger.settledAnswer(to: request, key: key) { return settled }
        let response = try await backend.respond(to: request)
        // A replay under the run's own key means that the run died between the send and this record.
        try await ledger.record(request, key: key, answer: response, run: run, at: now())
        return response
    }

    private func nextKey(for request: GraphRequest) -> IdempotencyKey {
        let hash = request.hash
        let occurrence = occurrences.withLock { counts in
            counts[hash, default: 0] += 1
            return counts[hash, default: 0]
        }
        return IdempotencyKey(.explicit, "\(run)/\(hash.prefix(12).hexadecimal)/\(occurrence)")
    }
}
