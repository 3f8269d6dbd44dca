/// How far an effect has come.
///
/// The raw values stand in the ledger's file and never change their meaning.
package enum EffectState: Int64, Sendable, CaseIterable {
    /// Rendered and stored; not sent, as far as the ledger knows.
    case planned = 0
    /// Written ahead of a send to a backend without keys.
    case sending = 1
    /// The backend has it.
    case sent = 2
    /// The backend refused it; the next run tries again.
    case failed = 3
    /// It cannot be proved whether the backend has it; never sent again by itself.
    case ambiguous = 4
    /// The script, or a rule, decided against it.
    case skipped = 5
    /// Taken back; stays settled.
    case undone = 6

    /// What happens to an effect.
    package enum Event: String, Sendable, CaseIterable {
        /// A run has rendered it (again).
        case plan
        /// An attempt is about to be made.
        case begin
        /// The backend has carried it out, now or earlier.
        case succeed
        /// The backend has refused it.
        case refuse
        /// The attempt was certainly not made, or was not carried out.
        case release
        /// An attempt was made and nothing tells how it ended.
        case lose
        /// A rule decided against it.
        case skip
        /// It was taken back.
        case undo
    }

    /// Whether nothing more is to be sent under this effect's key.
    package var isSettled: Bool {
        switch self {
        case .sent, .ambiguous, .undone: true
        case .planned, .sending, .failed, .skipped: false
        }
    }

    /// The state after an event; nil if the event may not happen in this state.
    package func after(_ event: Event) -> EffectState? {
        switch (self, event) {
        case (.planned, .plan), (.failed, .plan), (.skipped, .plan): .planned
        // Again after an attempt only when a look has shown that the backend does not have it.
        case (.planned, .begin), (.failed, .begin), (.sending, .begin), (.ambiguous, .begin): .sending
        case (.sending, .release): .planned
        case (.planned, .succeed), (.sending, .succeed), (.failed, .succeed), (.ambiguous, .succeed): .sent
        case (.sent, .succeed): .sent
        case (.planned, .refuse), (.sending, .refuse), (.failed, .refuse), (.ambiguous, .refuse): .failed
        case (.sending, .lose): .ambiguous
        case (.planned, .skip), (.failed, .skip): .skipped
        case (.sent, .undo): .undone
        default: nil
        }
    }
}
