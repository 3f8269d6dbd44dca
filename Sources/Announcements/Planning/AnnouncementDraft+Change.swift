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

    /// What becomes of posts, by the rule for changes.
    ///
    /// - Returns: A decision for each post, and why a changed one is not sent where there is more to say.
    /// - Throws: ``StorageError``, or ``NoAnswer`` if the backend had to be asked and did not answer.
    func decide(_ posts: [RenderedPost]) async throws -> (decisions: [PlanDecision], reasons: [GroupID: String]) {
        let rule = changes?.rule ?? .report
        var decisions = try await ledger.plan(
            posts,
            announcement: announcement,
            named: name,
            repostsUndone: rule == .new,
            lease: lease
        )
        let changed = decisions.indices.filter { decisions[$0] == .changed }
        var reasons: [GroupID: String] = [:]
        var further: [(index: Int, post: RenderedPost)] = []
        switch rule {
        case .report, .skip: return (decisions, [:])
        case .new: further = changed.map { ($0, posts[$0].further(inThread: nil)) }
        case .reply:
            let places = try await changes?.threads.places(of: name, in: changed.map { posts[$0].group }) ?? [:]
            for index in changed {
                switch places[posts[index].group] {
                case .thread(let thread): further.append((index, posts[index].further(inThread: thread)))
                case .nowhere(let reason): reasons[posts[index].group] = reason
                case nil: break
                }
            }
        }
        guard !further.isEmpty else { return (decisions, reasons) }
        let verdicts = try await ledger.plan(
            further.map(\.post),
            announcement: announcement,
            named: name,
            lease: lease
        )
        for (place, verdict) in zip(further, verdicts) { decisions[place.index] = verdict }
        return (decisions, reasons)
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
