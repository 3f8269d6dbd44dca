/// What becomes of a script's write whose key the ledger knows already.
enum WriteVerdict: Sendable, Equatable {
    /// It is sent; the state that this puts it into is given.
    case send(EffectState)
    /// An attempt was made, and nothing tells how it ended: it is looked for first.
    case look
    /// It is answered as it was the first time.
    case answer
    /// It is refused: the key stands for another write.
    case isOther
    /// It is refused: it was taken back.
    case isUndone
}

/// Decides what becomes of a script's write whose key the ledger knows already.
///
/// The rule of announcements (``PlanRule``), for what has a key of its own: what is settled, or may have been done, keeps
/// its content, and what was taken back stays so. A script gets no ids of what is not there any more, so it is refused.
enum WriteRule {
    /// Decides.
    ///
    /// - Parameters:
    ///   - state: How far the known effect has come.
    ///   - isSame: Whether it is the same request.
    /// - Returns: What becomes of the write.
    static func verdict(on state: EffectState, isSame: Bool) -> WriteVerdict {
        if let next = state.after(.plan)?.after(.begin) { return .send(next) }
        guard isSame else { return .isOther }
        switch state {
        case .sent: return .answer
        case .undone: return .isUndone
        case .planned, .sending, .failed, .ambiguous, .skipped: return .look
        }
    }
}
