import GraphModel

/// What the audit trail keeps of outcomes that were recorded together: how many of each kind, and one hash over all of them.
struct SettlementDigest: ~Copyable {
    private(set) var counts: [EffectState.Event: Int] = [:]
    private var hasher = SHA256()

    init() {}

    /// Adds an outcome: the effect's key, the hash of its content, the event and the status, each ended by a line end.
    mutating func add(_ settlement: Settlement, key: String, requestHash: [UInt8]) {
        counts[settlement.event, default: 0] += 1
        hasher.update("\(key)\n\(requestHash.hexadecimal)\n\(settlement.event.rawValue)\n\(settlement.status)\n")
    }

    /// The hash over all outcomes, in their order.
    mutating func finish() -> [UInt8] {
        var finished = SHA256()
        swap(&finished, &hasher)
        return finished.finalize()
    }
}
