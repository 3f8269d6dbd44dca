import GraphModel

/// One thing that somebody did, as the audit trail keeps it.
package struct AuditEntry: Sendable, Equatable {
    /// What happened.
    package enum Event: String, Sendable, CaseIterable {
        /// A run began: what was executed, with what, against what, and what it was granted.
        case runBegan = "run.began"
        /// A run was taken up again.
        case runResumed = "run.resumed"
        /// A run ended, and how.
        case runEnded = "run.ended"
        /// An announcement was rendered and is about to be sent.
        case announcementPlanned = "announcement.planned"
        /// Outcomes of posts were recorded: how many of each kind, and a hash over all of them.
        case postsSettled = "posts.settled"
        /// A single write of a script was answered.
        case writeSettled = "write.settled"
        /// A plan was made.
        case planMade = "plan.made"
        /// Groups were put on the list of those that get no announcement.
        case groupsSuppressed = "suppression.added"
        /// Groups were taken off that list.
        case groupsReleased = "suppression.removed"
        /// What old runs had kept was removed.
        case ledgerCompacted = "ledger.compacted"
    }

    /// Counted from 1, without a gap.
    package var sequence: Int64
    /// Microseconds since 1970.
    package var at: Int64
    /// Who did it.
    package var actor: String
    /// The run in which it was done, if it was done in one.
    package var run: String?
    /// What was done: an ``Event``, or one that a newer version knows.
    package var event: String
    /// What there is to say of it: a JSON object, without bodies and secrets.
    package var detail: String
    /// The hash of the entry before; 32 zeros for the first.
    package var previousHash: [UInt8]
    /// SHA-256 of all the others.
    package var hash: [UInt8]

    /// The hash that the other fields call for.
    package var expectedHash: [UInt8] {
        var hasher = SHA256()
        hasher.update(previousHash)
        // The length of each field stands before it, so that no two entries read the same.
        for field in ["\(sequence)", "\(at)", actor, run ?? "", event, detail] {
            hasher.update("\(field.utf8.count):")
            hasher.update(field)
        }
        return hasher.finalize()
    }

    /// The hash before the first entry.
    static let beginning = [UInt8](repeating: 0, count: 32)
}

/// What a look at the whole audit trail found.
package struct AuditVerdict: Sendable, Equatable {
    /// How many entries were looked at.
    package var entries: Int
    /// The hash of the last of them; that of the beginning if there is none.
    package var head: [UInt8]
    /// The number of the first entry that is not as it was written, and what is wrong with it.
    package var fault: (sequence: Int64, reason: String)?
    /// Whether the hash that was asked for is one of the trail's.
    package var knowsHash = true

    package static func == (a: AuditVerdict, b: AuditVerdict) -> Bool {
        (a.entries, a.head, a.knowsHash) == (b.entries, b.head, b.knowsHash)
            && a.fault?.sequence == b.fault?.sequence && a.fault?.reason == b.fault?.reason
    }
}
