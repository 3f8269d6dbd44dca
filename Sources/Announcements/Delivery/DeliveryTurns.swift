import Synchronization

/// Lets the deliveries of one announcement in one process happen one after the other: each finds then what the one before has
/// sent.
///
/// Processes keep out of one another's way by their claims in the ledger (``Ledger/Claim``), which two deliveries under one
/// lease share.
package final class DeliveryTurns: Sendable {
    private let turns = Turns<String>()
    private let begun = Mutex<[String: Int]>([:])
    private let opened = Mutex<Set<String>>([])

    package init() {}

    /// Whether nobody has opened an announcement under the name before in this process.
    package func isFirst(_ name: String) -> Bool { opened.withLock { $0.insert(name).inserted } }

    /// Does something as the only one at work on an announcement.
    ///
    /// - Parameters:
    ///   - name: The announcement's name.
    ///   - body: What is done; it is told how many deliveries of the name there were before in this process.
    /// - Returns: What it returns.
    /// - Throws: What it throws.
    package func take<Value: Sendable>(_ name: String, _ body: (Int) async throws -> Value) async throws -> Value {
        try await turns.take(name) {
            let part = begun.withLock { begun in
                defer { begun[name, default: 0] += 1 }
                return begun[name, default: 0]
            }
            return try await body(part)
        }
    }
}
