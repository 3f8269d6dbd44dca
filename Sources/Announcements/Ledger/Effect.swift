package import GraphModel

/// A write that a run wants, as the ledger keeps it.
package struct Effect: Sendable {
    /// The effect's number in its ledger, in the order of planning.
    package var id: Int64
    /// The group that it addresses, if it addresses one.
    package var target: GroupID?
    /// The group's name, if it was known when the effect was planned.
    package var targetName: String?
    package var key: IdempotencyKey
    package var method: GraphRequest.Method
    package var path: String
    package var body: [UInt8]
    /// What the body has in common with others, and is kept once for all of them.
    package var shared: SharedPart?
    package var state = EffectState.planned
    /// When the first attempt began that is not known to have failed, in microseconds since 1970; nil if there was none.
    package var attemptedAt: Int64?

    /// The request that carries the effect out.
    package func request(by caller: Caller) -> GraphRequest {
        GraphRequest(method, path, body: shared?.whole(body) ?? body, caller: caller, key: key)
    }
}

/// Bytes that the bodies of many requests have in common, such as attachments: kept once, and put into each when it is
/// sent.
package struct SharedPart: Sendable, Equatable {
    package let bytes: [UInt8]
    /// SHA-256 of the bytes.
    package let hash: [UInt8]
    /// Where in a body they belong.
    package var offset: Int

    /// Names bytes that stand at `offset` of a body.
    package init(_ bytes: [UInt8], at offset: Int) {
        self.init(bytes, hash: SHA256.hash(bytes), at: offset)
    }

    init(_ bytes: [UInt8], hash: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.hash = hash
        self.offset = offset
    }

    /// A body with the bytes in their place.
    package func whole(_ body: [UInt8]) -> [UInt8] {
        var whole: [UInt8] = []
        whole.reserveCapacity(body.count + bytes.count)
        whole += body[..<min(offset, body.count)]
        whole += bytes
        whole += body[min(offset, body.count)...]
        return whole
    }
}

/// What came of an attempt, as the ledger is told.
package struct Settlement: Sendable {
    /// The effect's number in its ledger.
    package var effect: Int64
    package var event: EffectState.Event
    /// The status of the backend's answer.
    package var status: Int
    /// What of the answer is kept: the ids of what was made, as JSON.
    package var answer: [UInt8] = []
    /// The refusal's code and message.
    package var code: String?
    package var message: String?
    /// When it was settled, in microseconds since 1970.
    package var at: Int64
}
