package import GraphModel

/// A write that a run wants, as the ledger keeps it.
package struct Effect: Sendable {
    /// The effect's number in its ledger, in the order of planning.
    package var id: Int64
    /// The group that it addresses, if it addresses one.
    package var target: GroupID?
    package var key: IdempotencyKey
    package var method: GraphRequest.Method
    package var path: String
    package var body: [UInt8]
    package var state = EffectState.planned
    /// When the first attempt began that is not known to have failed, in microseconds since 1970; nil if there was none.
    package var attemptedAt: Int64?

    /// The request that carries the effect out.
    package func request(by caller: Caller) -> GraphRequest {
        GraphRequest(method, path, body: body, caller: caller, key: key)
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
