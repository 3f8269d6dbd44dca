package import GraphModel

extension AnnouncementDraft {
    /// Says what becomes of groups that have other content.
    ///
    /// - Parameters:
    ///   - rule: What becomes of them.
    ///   - threads: Where their first posts are found.
    package func change(by rule: ChangeRule, finding threads: FirstThread) {
        changes = (rule, threads)
    }

    /// Leaves groups out, whenever they are admitted later.
    package func exclude(_ groups: Set<GroupID>) {
        if excluded.isEmpty { excluded = groups } else { excluded.formUnion(groups) }
    }

    /// Posts as they are to be made, and what becomes of them.
    struct Decided: Sendable {
        var posts: [RenderedPost]
        /// A decision for each post.
        var decisions: [PlanDecision]
        /// Why a changed one is not sent, where there is more to say.
        var reasons: [GroupID: String] = [:]
    }

    /// What becomes of posts, by the rule for changes.
    ///
    /// - Throws: ``StorageError``, or ``NoAnswer`` if the backend had to be asked and did not answer.
    func decide(_ posts: [RenderedPost]) async throws -> Decided {
        let rule = changes?.rule ?? .report
        var decided = Decided(posts: posts, decisions: try await judge(posts, repostsUndone: rule == .new))
        let changed = decided.decisions.indices.filter { decided.decisions[$0] == .changed }
        var further: [Int] = []
        switch rule {
        case .report, .skip: return decided
        case .new:
            for index in changed { decided.posts[index] = posts[index].further(inThread: nil) }
            further = changed
        case .reply:
            let places = try await changes?.threads.places(of: name, in: changed.map { posts[$0].group }) ?? [:]
            for index in changed {
                switch places[posts[index].group] {
                case .thread(let thread):
                    decided.posts[index] = posts[index].further(inThread: thread)
                    further.append(index)
                case .nowhere(let reason): decided.reasons[posts[index].group] = reason
                case nil: break
                }
            }
        }
        guard !further.isEmpty else { return decided }
        let verdicts = try await judge(further.map { decided.posts[$0] }, repostsUndone: false)
        for (index, verdict) in zip(further, verdicts) { decided.decisions[index] = verdict }
        return decided
    }
}

extension RenderedPost {
    /// The same content for a group that has another post of the announcement already.
    ///
    /// - Parameter thread: The thread that it is a reply in; nil if it begins a conversation.
    /// - Returns: A post whose key names the content, whichever way it is made.
    func further(inThread thread: String?) -> RenderedPost {
        var further = self
        further.isFurther = true
        guard let thread, let post else { return further }
        further.content = hash
        further.path = "/groups/\(group)/threads/\(PercentEncoding.encode(thread))/reply"
        let start = Array(#"{"post":"#.utf8)
        further.body = start + body[post] + [UInt8(ascii: "}")]
        further.shared?.offset += start.count - post.lowerBound
        further.post = nil
        return further
    }
}
