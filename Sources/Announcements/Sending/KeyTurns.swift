import GraphModel
import Synchronization

/// Lets writes under the same key go one after the other, in the order in which they came.
///
/// While the first is under way the ledger cannot tell whether it was done; whoever asks again waits until it can.
final class KeyTurns: Sendable {
    private let waiting = Mutex<[IdempotencyKey: [CheckedContinuation<Void, Never>]]>([:])

    /// Does something once nobody else does anything under the key.
    func take<Value: Sendable>(_ key: IdempotencyKey, _ body: () async throws -> Value) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { pass(key) }
        return try await body()
    }

    /// How many wait for their turn.
    func count(_ key: IdempotencyKey) -> Int { waiting.withLock { $0[key]?.count ?? 0 } }

    private func pass(_ key: IdempotencyKey) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard let first = waiting[key]?.first else {
                waiting[key] = nil
                return nil
            }
            waiting[key]?.removeFirst()
            return first
        }
        next?.resume()
    }
}
