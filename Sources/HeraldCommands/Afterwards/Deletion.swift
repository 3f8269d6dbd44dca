import Announcements
import GraphModel

/// Deletes what a write has made.
struct Deletion: Sendable {
    /// What came of it.
    enum Outcome: Sendable, Equatable {
        case deleted
        /// It was gone already.
        case gone
        /// It is not found, and was made so lately that it may not be visible yet.
        case unseen
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
    /// - Parameters:
    ///   - made: What is deleted.
    ///   - isYoung: Whether it was made so lately that the backend may not find it yet.
    /// - Returns: What came of it.
    /// - Throws: ``NoAnswer`` if the backend does not answer.
    func delete(_ made: MadeItem, isYoung: Bool = false) async throws -> Outcome {
        do {
            if !evenAnswered {
                switch try await finding(for: made) {
                case .gone:
                    // Whether others have answered is seen later.
                    if isYoung { return .unseen }
                case .answers(let answers): if !answers.isEmpty { return .answered(answers.count) }
                }
            }
        } catch let error as GraphError {
            // What cannot be looked at is not known to be without answers.
            return .refused(code: error.code, message: "It cannot be seen whether others answered: \(error.message)")
        }
        guard let refusal = try await refusal(of: made) else { return .deleted }
        guard refusal.status == 404 else { return .refused(code: refusal.code, message: refusal.message) }
        if isYoung { return .unseen }
        // A backend may know of it in one place and not in another.
        do { if case .gone = try await finding(for: made) { return .gone } } catch is GraphError {}
        return .refused(
            code: refusal.code,
            message: "The backend does not find it to delete it, and readers still see it; take it back later on."
        )
    }

    private func finding(for made: MadeItem) async throws -> ThreadAnswers.Finding {
        let reader = GraphReader(service: backend.service, caller: backend.caller, root: backend.serviceRoot)
        return try await ThreadAnswers(reader: reader).finding(for: made)
    }

    /// Why it is not deleted, which a 404 says that it cannot be since it is not there; nil if it is.
    private func refusal(of made: MadeItem) async throws -> GraphError? {
        let group = GraphPath("/groups").appending(made.group.text)
        var refusal: GraphError?
        if let conversation = made.conversation, made.beginsThread {
            refusal = try await deletion(of: group.appending("conversations").appending(conversation))
            guard refusal != nil else { return nil }
        }
        guard let thread = made.thread else { return refusal }
        guard let error = try await deletion(of: group.appending("threads").appending(thread)) else { return nil }
        // The thread is gone, so is what it was the content of, whatever the backend says of that.
        return error.status == 404 || refusal?.status == 404 ? error : refusal ?? error
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
