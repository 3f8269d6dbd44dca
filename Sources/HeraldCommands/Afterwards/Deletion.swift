import Announcements
import GraphModel

/// Deletes what a write has made.
struct Deletion: Sendable {
    /// What came of it.
    enum Outcome: Sendable, Equatable {
        case deleted
        /// It was gone already.
        case gone
        /// Others have answered in it, so many posts; it was left as it is.
        case answered(Int)
        /// The backend refused.
        case refused(code: String, message: String)
    }

    /// How often a deletion of which no answer came is tried before the backend is given up.
    private static let attempts = 4

    let backend: RunBackend
    /// Whether what others have answered in goes, too.
    let evenAnswered: Bool
    /// Lets time pass.
    let wait: @Sendable (Duration) async throws -> Void

    /// Deletes a conversation, or a thread.
    ///
    /// What cannot be deleted as a conversation is deleted thread by thread: some backends refuse the one and do the
    /// other (reference, section 13.2).
    ///
    /// - Throws: ``NoAnswer`` if the backend does not answer.
    func delete(_ made: MadeItem) async throws -> Outcome {
        do {
            if !evenAnswered {
                let reader = GraphReader(service: backend.service, caller: backend.caller, root: backend.serviceRoot)
                switch try await ThreadAnswers(reader: reader).finding(for: made) {
                // A reader may not see yet what was made just now; the deletion tells.
                case .gone: break
                case .answers(let answers): if !answers.isEmpty { return .answered(answers.count) }
                }
            }
        } catch let error as GraphError {
            // What cannot be looked at is not known to be without answers.
            return .refused(code: error.code, message: "It cannot be seen whether others answered: \(error.message)")
        }
        let group = GraphPath("/groups").appending(made.group.text)
        var refusal: GraphError?
        if let conversation = made.conversation, made.beginsThread {
            let error = try await deletion(of: group.appending("conversations").appending(conversation))
            guard let error else { return .deleted }
            refusal = error
        }
        guard let thread = made.thread else { return Self.outcome(of: refusal) }
        guard let error = try await deletion(of: group.appending("threads").appending(thread)) else { return .deleted }
        // The thread is gone, so is what it was the content of, whatever the backend says of that.
        return error.status == 404 ? .gone : Self.outcome(of: refusal?.status == 404 ? error : refusal ?? error)
    }

    private static func outcome(of error: GraphError?) -> Outcome {
        guard let error, error.status != 404 else { return .gone }
        return .refused(code: error.code, message: error.message)
    }

    /// Why the backend does not delete something; nil if it has.
    private func deletion(of path: GraphPath) async throws -> GraphError? {
        var request = GraphRequest(.delete, path.description, caller: backend.caller, serviceRoot: backend.serviceRoot)
        request.headers["Accept"] = "application/json"
        var attempt = 1
        while true {
            do {
                let (service, request) = (backend.service, request)
                // Waited for although the run is stopped: what has been deleted is to be recorded.
                return try await Task { try await service.respond(to: request) }.value.error
            } catch let reason as NoAnswer {
                // What is deleted twice is gone once (RFC 9110, section 9.2.2).
                guard attempt < Self.attempts, !Task.isCancelled else { throw reason }
                try? await wait(.milliseconds(250 << attempt))
                attempt += 1
            }
        }
    }
}
