import Synchronization

/// Lets what goes by the same key happen one after the other, in the order in which it came.
///
/// While a write, or the delivery of an announcement, is under way the ledger cannot tell what will have been done; whoever
/// comes with the same waits until it can.
final class Turns<Key: Hashable & Sendable>: Sendable {
    private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// Does something once nobody else does anything under the key.
    func take<Value: Sendable>(_ key: Key, _ body: () async throws -> Value) async throws -> Value {
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
    func count(_ key: Key) -> Int { waiting.withLock { $0[key]?.count ?? 0 } }

    private func pass(_ key: Key) {
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
