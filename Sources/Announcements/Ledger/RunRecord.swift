/// One execution of a script, as the ledger keeps it.
package struct RunRecord: Sendable, Equatable {
    /// How a run ended, or that it has not.
    package enum State: String, Sendable {
        /// Still at work, or died without a word.
        case running
        /// The script came to its end, whatever became of its targets.
        case finished
        /// The script raised an error, or a limit ended it.
        case failed
        /// Somebody stopped it.
        case interrupted
        /// An announcement of its was stopped between two waves, and waits for somebody's word.
        case held
    }

    /// What was executed.
    package enum Kind: String, Sendable {
        /// A script, live.
        case run
        /// A plan.
        case apply
        /// The failed or unproven targets of another run.
        case retry
        /// Replies to the posts of another run.
        case correct
        /// The taking back of another run.
        case undo
    }

    /// The run's name: when it started and four random characters, `20260115T083000-k3f9`.
    package var id: String
    package var kind: Kind
    /// The run or the plan that it acts upon; nil for a script that was run live.
    package var origin: String?
    /// The script's file name.
    package var script: String
    /// SHA-256 of the script's source, in hexadecimal.
    package var scriptHash: String
    package var arguments: [String]
    /// What answered the run's requests, for a person: a file or an address.
    package var backend: String
    /// Who ran it.
    package var operatorName: String
    /// What it was granted on a backend that is not embedded, for a person.
    package var grants: String
    package var state: State
    /// Microseconds since 1970.
    package var startedAt: Int64
    /// Microseconds since 1970; nil while it runs.
    package var endedAt: Int64?
    /// Why it failed, in one sentence.
    package var message: String?

    /// How long it took, by the clock on the wall, in microseconds; nil while it runs, and never less than nothing,
    /// wherever the clock was set meanwhile.
    package var span: Int64? { endedAt.map { max(0, $0 - startedAt) } }

    /// Notes that it has ended.
    ///
    /// - Parameter time: Microseconds since 1970.
    package mutating func end(at time: Int64) { endedAt = max(time, startedAt) }

    package init(
        id: String,
        kind: Kind = .run,
        origin: String? = nil,
        script: String,
        scriptHash: String,
        arguments: [String],
        backend: String,
        operatorName: String,
        grants: String = "",
        state: State,
        startedAt: Int64,
        endedAt: Int64? = nil,
        message: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.origin = origin
        self.script = script
        self.scriptHash = scriptHash
        self.arguments = arguments
        self.backend = backend
        self.operatorName = operatorName
        self.grants = grants
        self.state = state
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.message = message
    }
}

/// What one announcement of one run came to.
package struct AnnouncementTally: Sendable, Equatable {
    /// The announcement's name.
    package var name: String
    /// Targets in the list, each group counted once.
    package var targets = 0
    /// Posts made by this run.
    package var sent = 0
    /// Targets that had the post before this run.
    package var already = 0
    /// Targets that have a post of this announcement with other content, and got none.
    package var changed = 0
    /// Targets that the backend refused.
    package var failed = 0
    /// Targets whose outcome cannot be proved; nothing more is sent to them.
    package var ambiguous = 0
    /// Targets for which the script gave no body.
    package var skipped = 0
    /// Targets that were left out by `except`, or by the list of those who want nothing.
    package var excluded = 0
    /// Entries of the list that named a group which stood in it already.
    package var duplicates = 0
    /// Targets not yet sent to when the run was stopped.
    package var unsent = 0
    /// Posts that a plan sends when it is applied; 0 in a run.
    package var planned = 0
    /// Microseconds from the first send to the last answer.
    package var deliveryTime: Int64 = 0

    package init(name: String) {
        self.name = name
    }

    /// Adds the targets of another delivery of the same announcement; what was sent and how long it took stay as they are.
    mutating func add(_ other: AnnouncementTally) {
        targets += other.targets
        already += other.already
        changed += other.changed
        failed += other.failed
        ambiguous += other.ambiguous
        skipped += other.skipped
        excluded += other.excluded
        duplicates += other.duplicates
        unsent += other.unsent
    }

    /// Whether every target has its post, or was meant to have none.
    package var isComplete: Bool { changed == 0 && failed == 0 && ambiguous == 0 && unsent == 0 }
}

/// A target of which there is something to say.
package struct Finding: Sendable, Equatable {
    /// What there is to say.
    package enum Kind: String, Sendable, CaseIterable {
        /// Its post has other content.
        case changed
        /// The backend refused it.
        case failed
        /// Its outcome cannot be proved.
        case ambiguous
        /// It stood in the list more than once.
        case duplicate
        /// It has the post more than once.
        case doubled
        /// It was left out, since it is on the list of those that want nothing.
        case excluded
    }

    package var kind: Kind
    /// The announcement's name.
    package var announcement: String
    /// The group's id.
    package var target: String
    /// The refusal's code, if there was one.
    package var code: String?
    /// Why, in one sentence.
    package var message: String

    package init(kind: Kind, announcement: String, target: String, code: String? = nil, message: String) {
        self.kind = kind
        self.announcement = announcement
        self.target = target
        self.code = code
        self.message = message
    }
}
