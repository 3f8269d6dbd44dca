/// What answers Graph requests: the embedded store, a client of a server, or a service that wraps another.
package protocol GraphService: Sendable {
    /// Answers one request. A refusal is an answer too: a response whose status is 400 or more.
    ///
    /// - Throws: ``NoAnswer``, and only that, if no answer came.
    func respond(to request: GraphRequest) async throws -> GraphResponse
}

/// No answer came to a request.
package struct NoAnswer: Error, Sendable, CustomStringConvertible {
    /// What is known of the write that was asked for.
    package enum Outcome: Sendable, Equatable {
        /// Certainly not done: it may be sent again.
        case notDone
        /// Done or not: only a look, or the key, can tell.
        case unknown
    }

    package var outcome: Outcome
    /// One sentence for a person: what happened and what they can do about it.
    package var message: String
    /// Whether there is no room for the write: it is in vain until somebody makes some.
    package var lacksRoom = false
    /// Whether sending it again is in vain until a person has done something: nobody is signed in any more, or another
    /// process has taken the run over.
    package var isFinal = false

    package init(_ outcome: Outcome, _ message: String) {
        self.outcome = outcome
        self.message = message
    }

    package var description: String { message }
}
