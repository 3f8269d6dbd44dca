import Announcements
import GraphModel

/// Plans replies in the ledger, many in a transaction.
actor CorrectionPlanner {
    private let ledger: Ledger
    private let lease: Lease
    private let now: @Sendable () -> Int64
    private var counts: [String: AnnouncementTally] = [:]
    private var waiting: [String: [RenderedPost]] = [:]
    /// The groups that have a reply planned, by the announcements: each has one at a time, so that none is taken for
    /// another's rival.
    private var planned: [String: Set<GroupID>] = [:]
    /// The replies in further threads of such groups.
    private var later: [(announcement: String, post: RenderedPost)] = []
    /// The replies that nobody knows to be there: another run has attempted them.
    private var unsettled: [String: [RenderedPost]] = [:]
    /// The announcements of a script that the corrected run does not have.
    private(set) var unknown: Set<String> = []
    /// What there is to say of the groups that want nothing.
    private(set) var excluded: [String: [Finding]] = [:]
    /// The first reply of each announcement.
    private(set) var examples: [String: CorrectionSummary.Example] = [:]
    /// What is odd about the replies, by the announcements.
    private(set) var oddities: [String: PostOddities] = [:]
    /// The paths of the replies that say what the posts say.
    private var unchanged: Set<String> = []
    /// Why targets are not reached.
    private(set) var gaps: [String: [CorrectionSummary.Gap]] = [:]

    private static let batch = 1000

    init(_ site: ErrandSite) {
        (ledger, lease, now) = (site.ledger, site.lease, site.now)
    }

    /// What is planned of each announcement.
    var tallies: [AnnouncementTally] { counts.values.sorted { $0.name < $1.name } }

    /// Counts a target that gets nothing.
    func leaveOut(of announcement: String, isKnown: Bool) {
        guard isKnown else {
            unknown.insert(announcement)
            return
        }
        counts[announcement, default: AnnouncementTally(name: announcement)].excluded += 1
    }

    /// Counts a group that wants nothing.
    func exclude(_ group: GroupID, from announcement: String) {
        excluded[announcement, default: []].append(ErrandSite.leftOut(group, of: announcement))
        counts[announcement, default: AnnouncementTally(name: announcement)].excluded += 1
    }

    /// Keeps why targets are not reached.
    func note(_ gaps: [String: [CorrectionSummary.Gap]]) { self.gaps = gaps }

    /// How many replies of an announcement are planned once those before them have been sent.
    func waitingReplies(of announcement: String) -> Int { later.count { $0.announcement == announcement } }

    /// Plans a reply in a thread.
    ///
    /// - Parameters:
    ///   - body: The JSON body of the request, without what is shared.
    ///   - shared: What many have in common.
    ///   - thread: The thread.
    ///   - group: The group that has it.
    ///   - groupName: The group's name, if it is known.
    ///   - announcement: The announcement that is corrected.
    ///   - saysNothingNew: Whether the post that is corrected says the same.
    /// - Throws: ``StorageError``.
    func add(
        _ body: [UInt8],
        _ shared: SharedPart?,
        to thread: String,
        of group: GroupID,
        _ groupName: String?,
        in announcement: String,
        saysNothingNew: Bool
    ) async throws {
        var post = RenderedPost(group: group, groupName: groupName, body: body, shared: shared)
        if examples[announcement] == nil {
            examples[announcement] = CorrectionSummary.Example(group: groupName ?? group.text, body: body)
        }
        post.path = "/groups/\(group)/threads/\(PercentEncoding.encode(thread))/reply"
        if saysNothingNew { unchanged.insert(post.path) }
        // Its key names the thread and the text, so that the same correction is sent once however often it is repeated.
        post.isFurther = true
        try await add(post, in: announcement)
    }

    /// Whether nothing is left to be planned once what is planned has been sent.
    var isComplete: Bool { later.isEmpty }

    /// Plans the next reply for the groups that get several.
    func planNext() async throws {
        planned = [:]
        let posts = later
        later = []
        for (announcement, post) in posts { try await add(post, in: announcement) }
        try await finish()
    }

    private func add(_ post: RenderedPost, in announcement: String) async throws {
        guard planned[announcement, default: []].insert(post.group).inserted else {
            look(at: post, in: announcement)
            return later.append((announcement, post))
        }
        waiting[announcement, default: []].append(post)
        if waiting[announcement]?.count == Self.batch { try await store(announcement) }
    }

    private func look(at post: RenderedPost, in announcement: String) {
        let isUnchanged = unchanged.contains(post.path)
        oddities[announcement, default: PostOddities()].note(post, saysNothingNew: isUnchanged)
    }

    /// Stores what is waiting.
    func finish() async throws {
        for name in waiting.keys.sorted() { try await store(name) }
    }

    private func store(_ name: String) async throws {
        guard let posts = waiting.removeValue(forKey: name) else { return }
        let number = try await ledger.announcement(named: name, lease: lease, at: now())
        let decisions = try await ledger.plan(posts, announcement: number, named: name, lease: lease)
        var tally = counts[name] ?? AnnouncementTally(name: name)
        // What the run itself has sent is counted when it goes on.
        tally.already -= try await ledger.sent(posts, named: name, by: lease.run)
        for (post, decision) in zip(posts, decisions) {
            tally.targets += 1
            switch decision {
            case .planned: look(at: post, in: name)
            case .already: tally.already += 1
            // The key names the content: it is the same correction, which another run has under way, or has lost sight of.
            case .unsettled:
                look(at: post, in: name)
                unsettled[name, default: []].append(post)
                tally.ambiguous += 1
            case .changed, .ambiguous, .busy: tally.ambiguous += 1
            }
        }
        counts[name] = tally
    }

    /// Takes up what others have lost sight of: it is looked for, and sent if it is not there.
    func takeUpUnsettled() async throws {
        for (name, posts) in unsettled {
            let number = try await ledger.announcement(named: name, lease: lease, at: now())
            let taken = try await ledger.takeUpUnsettled(posts, announcement: number, named: name, lease: lease)
            counts[name]?.ambiguous -= taken
        }
        unsettled = [:]
    }
}
