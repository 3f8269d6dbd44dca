/// What the ledger makes of a rendered post.
package enum PlanDecision: Sendable, Equatable {
    /// It will be sent.
    case planned
    /// The group has it, with this very content.
    case already
    /// The group has a post of this announcement with other content.
    case changed
    /// An attempt was made to send this very content, and nothing tells how it ended: it is looked for, and sent if it is
    /// not there.
    case unsettled
    /// Nobody knows whether the group has it, and it would be other content.
    case ambiguous
    /// Another run is about to send other content under this name.
    case busy
}

/// Decides what becomes of a rendered post whose key the ledger knows already.
enum PlanRule {
    /// Decides.
    ///
    /// - Parameters:
    ///   - state: How far the known effect has come.
    ///   - isSame: Whether its content is the same.
    ///   - isContested: Whether another run is at work on the announcement.
    ///   - repostsUndone: Whether a post that was taken back is to be made again.
    /// - Returns: What becomes of the post, and whether it takes the known effect's place.
    static func verdict(
        on state: EffectState,
        isSame: Bool,
        isContested: Bool,
        repostsUndone: Bool = false
    ) -> (decision: PlanDecision, replaces: Bool) {
        switch state {
        case .undone where repostsUndone: (.changed, false)
        case .sent, .undone: (isSame ? .already : .changed, false)
        case .ambiguous: (isSame ? .unsettled : .ambiguous, false)
        case .sending:
            if isSame { (.unsettled, false) } else { (isContested ? .busy : .ambiguous, false) }
        case .planned where isContested:
            // It is the other run's as well; whoever comes to it first sends it.
            (isSame ? .planned : .busy, false)
        case .planned, .failed, .skipped: (.planned, true)
        }
    }
}
