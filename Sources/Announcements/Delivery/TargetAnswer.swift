/// What came of one target, told as soon as it is known.
package struct TargetAnswer: Sendable, Equatable {
    /// How it ended.
    package enum Outcome: String, Sendable {
        case sent, already, failed, ambiguous
        /// It was taken back.
        case undone
        /// It stays, though it was to be taken back.
        case kept
    }

    /// The group's id.
    package var target: String
    /// The group's name, if it is known.
    package var name: String?
    package var outcome: Outcome
    /// The refusal's code, if there was one.
    package var code: String?
    /// Why it failed, or cannot be known, in one sentence.
    package var message: String?

    package init(
        target: String,
        name: String? = nil,
        outcome: Outcome,
        code: String? = nil,
        message: String? = nil
    ) {
        self.target = target
        self.name = name
        self.outcome = outcome
        self.code = code
        self.message = message
    }
}
