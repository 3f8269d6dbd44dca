package import GraphModel

/// What a run wanted of one group, or of one place, and what became of it.
package struct TargetRecord: Sendable {
    /// The effect's number in its ledger.
    package var effect: Int64
    /// The run that planned it last, or that settled it.
    package var run: String
    /// The announcement's name; nil for a single write.
    package var announcement: String?
    /// The group that it addresses.
    package var group: GroupID?
    /// The group's name, if it was known when the effect was planned.
    package var groupName: String?
    package var method: String
    package var path: String
    package var state: EffectState
    /// The status of the backend's answer.
    package var status: Int?
    /// The refusal's code and message.
    package var code: String?
    package var message: String?
    /// What it has made, if it has made a post.
    package var made: MadeItem?
    /// When an attempt began, on backends without keys, and when it was settled: microseconds since 1970.
    package var attemptedAt: Int64?
    package var settledAt: Int64?
    /// The request's body without what it shares with others; empty unless it was asked for.
    package var body: [UInt8] = []
    /// Where in the body what it shares with others belongs, and the hash of that; nil if it shares nothing, or was not asked.
    package var shared: (hash: [UInt8], offset: Int)?
}
