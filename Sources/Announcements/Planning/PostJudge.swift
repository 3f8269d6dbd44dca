import GraphModel

/// Stores rendered posts of an announcement, some at a time, and says what becomes of each: what the ledger, the rule for
/// changes and the groups themselves make of it.
///
/// It has no state, so that posts are stored while the next are rendered.
struct PostJudge: Sendable {
    /// The announcement's name.
    let name: String
    let ledger: Ledger
    let lease: Lease
    /// The announcement's number in the ledger.
    let announcement: Int64
    /// Where the posts go instead of being planned for delivery, and whether they are the first there of the name.
    let plan: (recorder: PlanRecorder, isFirst: Bool)?
    /// What looks at the groups before anything is sent to them; nil if that is left to the sending.
    let targets: (any GroupDirectory)?
    /// What becomes of groups that have other content.
    let changes: (rule: ChangeRule, threads: FirstThread)?
    let now: @Sendable () -> Int64

    /// Posts as they are to be made, and what becomes of them.
    struct Decided: Sendable {
        var posts: [RenderedPost]
        /// A decision for each post.
        var decisions: [PlanDecision]
        /// Why a changed one is not sent, where there is more to say.
        var reasons: [GroupID: String] = [:]
    }

    /// What has become of posts.
    struct Judged: Sendable {
        /// Those that their groups do not refuse.
        var kept: [(post: RenderedPost, decision: PlanDecision)] = []
        var refused: [(post: RenderedPost, refusal: TargetFacts.Refusal)] = []
        /// Why a changed one is not sent, where there is more to say.
        var reasons: [GroupID: String] = [:]
    }

    /// Stores posts, and says what becomes of each.
    ///
    /// - Throws: ``StorageError``, or ``NoAnswer`` if the backend had to be asked and did not answer.
    func judge(_ posts: [RenderedPost]) async throws -> Judged {
        guard !posts.isEmpty else { return Judged() }
        var posts = posts
        let facts = try await look(at: &posts)
        let decided = try await decide(posts)
        let decisions =
            try await plan?.recorder.record(
                decided,
                facts,
                of: name,
                isFirst: plan?.isFirst ?? true,
                skipsChanged: changes?.rule == .skip
            ) ?? decided.decisions
        var judged = Judged(reasons: decided.reasons)
        judged.kept.reserveCapacity(posts.count)
        for (post, decision) in zip(decided.posts, decisions) {
            if decision == .planned || decision == .unsettled, let refusal = facts[post.group]?.refusal,
                plan != nil || (refusal.isCertain && decision == .planned)
            {
                judged.refused.append((post, refusal))
            } else {
                judged.kept.append((post, decision))
            }
        }
        if plan == nil, !judged.refused.isEmpty {
            try await ledger.refuse(judged.refused, named: name, lease: lease, at: now())
        }
        return judged
    }

    /// Looks at the groups of posts, which get their names; nothing is known of a group that could not be looked at.
    private func look(at posts: inout [RenderedPost]) async throws -> [GroupID: TargetFacts] {
        guard let targets else { return [:] }
        let facts: [GroupID: TargetFacts]
        do { facts = try await targets.facts(of: posts.map(\.group)) } catch {
            // A plan promises that it has looked; a run learns from the sending what it could not see before.
            if plan != nil { throw error }
            return [:]
        }
        for index in posts.indices {
            if let name = facts[posts[index].group]?.name { posts[index].groupName = name }
        }
        return facts
    }

    /// What becomes of posts, by the rule for changes.
    private func decide(_ posts: [RenderedPost]) async throws -> Decided {
        let rule = changes?.rule ?? .report
        var decided = Decided(posts: posts, decisions: try await store(posts, repostsUndone: rule == .new))
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
        let verdicts = try await store(further.map { decided.posts[$0] }, repostsUndone: false)
        for (index, verdict) in zip(further, verdicts) { decided.decisions[index] = verdict }
        return decided
    }

    /// What the ledger makes of posts, which are stored in it unless a plan is made.
    private func store(_ posts: [RenderedPost], repostsUndone: Bool) async throws -> [PlanDecision] {
        guard plan == nil else {
            return try await ledger.foresee(posts, named: name, repostsUndone: repostsUndone)
        }
        return try await ledger.plan(
            posts,
            announcement: announcement,
            named: name,
            repostsUndone: repostsUndone,
            lease: lease
        )
    }
}
