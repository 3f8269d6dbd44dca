/// Lets the deliveries of one announcement in one process happen one after the other: each finds then what the one before has
/// sent.
///
/// Processes keep out of one another's way by their claims in the ledger (``Ledger/Claim``), which two deliveries under one
/// lease share.
package actor DeliveryTurns {
    private var begun: [String: Int] = [:]
    /// Who waits for an announcement that is being delivered; nobody delivers what is not in here.
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    package init() {}

    /// Does something as the only one at work on an announcement.
    ///
    /// - Parameters:
    ///   - name: The announcement's name.
    ///   - body: What is done; it is told how many deliveries of the name there were before in this process.
    /// - Returns: What it returns.
    /// - Throws: What it throws.
    package func take<Result: Sendable>(
        _ name: String,
        _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        if waiting[name] == nil {
            waiting[name] = []
        } else {
            await withCheckedContinuation { waiting[name]?.append($0) }
        }
        defer { release(name) }
        let part = begun[name, default: 0]
        begun[name] = part + 1
        return try await body(part)
    }

    private func release(_ name: String) {
        if waiting[name]?.isEmpty ?? true {
            waiting[name] = nil
        } else {
            waiting[name]?.removeFirst().resume()
        }
    }
}
