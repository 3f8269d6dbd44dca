import GraphModel

/// Records what a script would send, in the order in which it would.
package actor PlanRecorder {
    /// What is made.
    package nonisolated let plan: PlanRecord
    nonisolated let ledger: Ledger
    private var last: Int64 = 0
    private var occurrences: [[UInt8]: Int] = [:]
    private var explicit: [IdempotencyKey: Int64] = [:]
    private var notes: [String] = []
    /// The announcements that have been planned.
    private var names: Set<String> = []
    /// When they go out, by their names.
    private var schedules: [String: Waves] = [:]

    /// Begins a plan in the ledger.
    ///
    /// - Throws: ``StorageError``.
    package init(_ plan: PlanRecord, ledger: Ledger) async throws {
        self.plan = plan
        self.ledger = ledger
        try await ledger.begin(plan)
    }

    /// Whether anything has been recorded.
    package var hasRecorded: Bool { last > 0 }

    /// Notes what there is to know before the plan is applied, once.
    package func note(_ sentence: String) {
        if !notes.contains(sentence) { notes.append(sentence) }
    }

    // MARK: Single writes

    /// What becomes of a write that is recorded.
    enum Recorded: Sendable {
        /// It is this item now.
        case new(Int64)
        /// The same was recorded under this key before, as this item.
        case again(Int64)
        /// Something else was recorded under this key before.
        case other(Int64)
    }

    /// The place that the next write gets.
    var next: Int64 { last + 1 }

    /// Records a single write of the script.
    ///
    /// - Parameters:
    ///   - request: The write.
    ///   - facts: What is known of the group that it leads to.
    /// - Returns: What became of it.
    /// - Throws: ``StorageError``.
    func record(_ request: GraphRequest, facts: TargetFacts?) async throws -> Recorded {
        if let key = request.key, let ordinal = explicit[key] {
            let before = try await item(ordinal)
            let path = Self.path(of: request)
            let isSame =
                before.map { $0.method == request.method && $0.path == path && $0.body == request.body } ?? true
            return isSame ? .again(ordinal) : .other(ordinal)
        }
        last += 1
        let ordinal = last
        let key = request.key ?? nextKey(for: request)
        if request.key != nil { explicit[key] = ordinal }
        var item = PlanItem(
            ordinal: ordinal,
            key: key,
            decision: .new,
            method: request.method,
            path: Self.path(of: request),
            headers: request.headers,
            body: request.body
        )
        item.target = Self.group(in: request.path)
        item.targetName = facts?.name
        item.members = facts?.members
        try await ledger.add([item], to: plan.id)
        return .new(ordinal)
    }

    /// An item that has been recorded.
    func item(_ ordinal: Int64) async throws -> PlanItem? {
        try await ledger.planItems(plan.id, after: ordinal - 1, limit: 1).first { $0.ordinal == ordinal }
    }

    private static func path(of request: GraphRequest) -> String {
        request.path + (request.query.isEmpty ? "" : "?" + request.query)
    }

    /// The group that a path leads to, or into; nil if it is not one that is there already.
    static func group(in path: String) -> GroupID? {
        let parts = path.split(separator: "/", maxSplits: 2)
        guard parts.count > 1, parts[0].lowercased() == "groups" else { return nil }
        return GroupID(PercentEncoding.decode(String(parts[1])))
    }

    private func nextKey(for request: GraphRequest) -> IdempotencyKey {
        let hash = request.hash
        occurrences[hash, default: 0] += 1
        return IdempotencyKey(.explicit, "\(plan.id)/\(hash.prefix(12).hexadecimal)/\(occurrences[hash, default: 1])")
    }

    // MARK: Announcements

    /// Where an announcement begins; what is planned of its name from there on is taken out if it is given up.
    func begin(_ name: String) -> (mark: Int64, isFirst: Bool) {
        (next, names.insert(name).inserted)
    }

    /// Records posts of an announcement, and says for each what would become of it.
    ///
    /// - Parameters:
    ///   - decided: The posts, and what the ledger makes of them.
    ///   - facts: What is known of their groups.
    ///   - name: The announcement's name.
    ///   - isFirst: Whether the plan has no other announcement of this name.
    ///   - skipsChanged: Whether groups with other content are left as they are, without a word.
    /// - Returns: A decision for each post.
    /// - Throws: ``StorageError``.
    func record(
        _ decided: PostJudge.Decided,
        _ facts: [GroupID: TargetFacts],
        of name: String,
        isFirst: Bool,
        skipsChanged: Bool
    ) async throws -> [PlanDecision] {
        let posts = decided.posts
        let known = isFirst ? [:] : try await ledger.planned(name, in: posts.map(\.group), plan: plan.id)
        var items: [PlanItem] = []
        items.reserveCapacity(posts.count)
        var verdicts = decided.decisions
        for (index, post) in posts.enumerated() {
            if let before = known[post.group] {
                // What the plan sends already is had by then.
                verdicts[index] = before.path == post.path && before.body == post.body ? .already : .changed
            }
            if skipsChanged, verdicts[index] == .changed { continue }
            last += 1
            var item = Self.item(post, verdicts[index], facts[post.group], of: name, at: last)
            if item.decision == .changed { item.message = decided.reasons[post.group] ?? item.message }
            items.append(item)
        }
        try await ledger.add(items, to: plan.id)
        return verdicts
    }

    private static func item(
        _ post: RenderedPost,
        _ decision: PlanDecision,
        _ facts: TargetFacts?,
        of name: String,
        at ordinal: Int64
    ) -> PlanItem {
        var item = PlanItem(
            ordinal: ordinal,
            key: post.key(in: name),
            decision: .new,
            method: .post,
            path: post.path,
            body: post.body
        )
        item.announcement = name
        item.target = post.group
        item.targetName = post.groupName
        item.members = facts?.members
        item.shared = post.shared
        item.content = post.content
        switch decision {
        case .planned, .unsettled:
            guard let refusal = facts?.refusal else { break }
            item.decision = .refused
            item.code = refusal.code
            item.message = refusal.message
        case .already: item.decision = .already
        case .changed, .busy:
            item.decision = .changed
            item.message = AnnouncementDraft.reason(decision)
        case .ambiguous:
            item.decision = .ambiguous
            item.message = AnnouncementDraft.reason(decision)
        }
        return item
    }

    /// Whether an announcement may go out so: a plan has one schedule for each name.
    package func admits(_ waves: Waves, of name: String) -> Bool {
        schedules[name] ?? waves == waves
    }

    /// Records what an announcement's items do not say of it.
    func finish(_ tally: AnnouncementTally, _ waves: Waves) async throws {
        var announcement = PlanAnnouncement(name: tally.name, settings: waves.json)
        schedules[tally.name] = waves
        announcement.targets = tally.targets
        announcement.skipped = tally.skipped
        announcement.excluded = tally.excluded
        announcement.duplicates = tally.duplicates
        try await ledger.add(announcement, to: plan.id)
    }

    /// Takes an announcement out of the plan again.
    func discard(_ name: String, from mark: Int64, isFirst: Bool) async throws {
        if isFirst { names.remove(name) }
        try await ledger.discard(announcement: name, from: mark, plan: plan.id)
    }

    // MARK: The end

    /// Ends the plan: nothing is recorded any more, and its hash is known.
    package func finish() async throws -> PlanRecord {
        var plan = plan
        plan.notes = notes
        plan.hash = try await ledger.seal(plan.id, notes: notes)
        return plan
    }

    /// Forgets the plan.
    package func discard() async throws { try await ledger.delete(plan: plan.id) }
}
