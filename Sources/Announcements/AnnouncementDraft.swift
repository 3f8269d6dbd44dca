package import GraphModel

/// An announcement while its posts are rendered: nothing has been sent, and a fault sends nothing at all.
///
/// Posts are stored in the ledger as they come, so that memory does not grow with their number beyond two ids of 16 bytes a target.
package actor AnnouncementDraft {
    /// A fault of the script or of its data.
    ///
    /// It names the place.
    package struct Fault: Sendable, Equatable {
        /// What is wrong, where, and what to do about it.
        package var message: String
        /// How many targets have it.
        package var count: Int
    }

    /// A group that does not take its post.
    package struct Refusal: Sendable, Equatable {
        /// The group's name, or its id.
        package var group: String
        /// What the group does, without a final stop.
        package var predicate: String

        package init(group: String, predicate: String) {
            self.group = group
            self.predicate = predicate
        }
    }

    /// The announcement's name.
    package nonisolated let name: String
    /// The right to write for the run that makes it.
    package nonisolated let lease: Lease
    /// How many different faults are kept; the rest is counted only.
    package static let faultLimit = 20

    let ledger: Ledger
    private let now: @Sendable () -> Int64
    let announcement: Int64
    /// Where the posts go instead of being planned for delivery, and where in it they begin.
    private let plan: (recorder: PlanRecorder, mark: Int64, isFirst: Bool)?
    private let targetReader: (any GroupDirectory)?
    /// What becomes of groups that have other content.
    var changes: (rule: ChangeRule, threads: FirstThread)?
    /// The groups that are left out.
    var excluded: Set<GroupID> = []
    private var seen: Set<GroupID> = []
    private var waiting: [RenderedPost] = []
    /// The storing of the posts before those that wait: it goes on while they are rendered.
    private var storing: Task<PostJudge.Judged, any Error>?
    private var tally: AnnouncementTally
    private var findings: [Finding] = []
    private var planned: Set<GroupID> = []
    private var refusals: [Refusal] = []
    /// How many of the posts that are to be sent reply in the thread of an earlier one.
    package private(set) var replies = 0
    /// What is odd about the posts that are to be sent.
    package private(set) var oddities = PostOddities()
    private var faults: [Fault] = []
    private var faultIndex: [String: Int] = [:]
    private var unlistedFaults = 0

    /// How many posts are stored in one transaction.
    private static let batch = 1000

    /// Begins an announcement.
    ///
    /// - Parameters:
    ///   - name: Its name; each group gets one post under it, ever.
    ///   - lease: The right to write for the run that makes it.
    ///   - ledger: Where it is remembered.
    ///   - targets: What looks at the groups before anything is sent to them; nil if that is left to the sending.
    ///   - now: Gives microseconds since 1970.
    /// - Throws: ``StorageError``.
    package init(
        name: String,
        lease: Lease,
        ledger: Ledger,
        targets: (any GroupDirectory)? = nil,
        now: @escaping @Sendable () -> Int64
    ) async throws {
        self.name = name
        self.lease = lease
        self.ledger = ledger
        self.now = now
        targetReader = targets
        plan = nil
        tally = AnnouncementTally(name: name)
        announcement = try await ledger.announcement(named: name, lease: lease, at: now())
    }

    /// Begins an announcement that is planned and not delivered.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - plan: What records its posts.
    ///   - targets: What looks at the groups.
    ///   - now: Gives microseconds since 1970.
    package init(
        name: String,
        plan: PlanRecorder,
        targets: (any GroupDirectory)?,
        now: @escaping @Sendable () -> Int64
    ) async {
        self.name = name
        self.now = now
        lease = .none(plan.plan.id)
        ledger = plan.ledger
        targetReader = targets
        let (mark, isFirst) = await plan.begin(name)
        self.plan = (plan, mark, isFirst)
        tally = AnnouncementTally(name: name)
        announcement = 0
    }

    /// How many targets the list has so far, each group counted once.
    package var targets: Int { tally.targets }

    /// Takes a group into the list; false if it is there already or is left out, and then its post must not be added.
    package func admit(_ group: GroupID) -> Bool {
        guard seen.insert(group).inserted else {
            tally.duplicates += 1
            findings.append(
                Finding(
                    kind: .duplicate,
                    announcement: name,
                    target: group.text,
                    message: "The group stands in the list more than once; it gets one post."
                )
            )
            return false
        }
        if excluded.contains(group) {
            tally.excluded += 1
            return false
        }
        tally.targets += 1
        return true
    }

    /// Notes of what the posts are rendered.
    ///
    /// - Parameter origin: The hash of the texts and of the list; nil if it cannot be told.
    /// - Returns: Whether those to whom the run has sent its post already (``sent(to:)``) got just that one: then it need
    ///   not be rendered to know it.
    /// - Throws: ``StorageError``.
    package func begin(of origin: [UInt8]?) async throws -> Bool {
        guard plan == nil else { return false }
        return try await ledger.note(origin: origin, of: name, lease: lease)
    }

    /// Of some groups, those to which the run has sent its post, before it was interrupted.
    ///
    /// - Throws: ``StorageError``.
    package nonisolated func sent(to groups: [GroupID]) async throws -> Set<GroupID> {
        try await ledger.sent(name, to: groups, by: lease.run)
    }

    /// Notes that an admitted group has its post.
    package func noteSent() {
        tally.already += 1
    }

    /// Adds the rendered post of an admitted group; one caller adds one after the other.
    ///
    /// - Throws: ``StorageError``, or ``NoAnswer`` if the backend had to be asked, for this post or for one before it.
    package func add(_ post: RenderedPost) async throws {
        guard faults.isEmpty else { return }
        waiting.append(post)
        guard waiting.count == Self.batch else { return }
        let (posts, judge) = (waiting, judge)
        waiting = []
        try await finishStoring()
        storing = Task.detached { try await judge.judge(posts) }
    }

    private func finishStoring() async throws {
        guard let judging = storing else { return }
        storing = nil
        note(try await judging.value)
    }

    /// Notes that the script gave no body for an admitted group.
    package func skip(_ group: GroupID) {
        tally.skipped += 1
    }

    /// Notes a fault; the same fault of many targets is kept once, with their number.
    ///
    /// - Parameters:
    ///   - kind: What makes two faults the same.
    ///   - message: What is wrong with the first target that has it.
    package func fault(_ kind: String, _ message: String) {
        if let index = faultIndex[kind] {
            faults[index].count += 1
        } else if faults.count < Self.faultLimit {
            faultIndex[kind] = faults.count
            faults.append(Fault(message: message, count: 1))
        } else {
            unlistedFaults += 1
        }
    }

    /// Ends the rendering.
    ///
    /// - Returns: The faults found, and how many more there are that are not listed. If there are any, what was planned
    ///   has been taken back.
    package func finish() async throws -> (faults: [Fault], unlisted: Int) {
        try await finishStoring()
        seen = []
        if faults.isEmpty {
            let posts = waiting
            waiting = []
            note(try await judge.judge(posts))
        } else {
            waiting = []
            try await takeBack()
        }
        return (faults, unlistedFaults)
    }

    /// What the plan comes to: to which groups a post will be sent, and how many have it already or have other content.
    package var summary: (groups: Set<GroupID>, tally: AnnouncementTally) { (planned, tally) }

    /// Takes back what is planned: it is not to be sent.
    package func discard() async throws {
        planned = []
        replies = 0
        try await takeBack()
    }

    private func takeBack() async throws {
        guard let plan else {
            return try await ledger.discardPlan(announcement: announcement, lease: lease)
        }
        try await plan.recorder.discard(name, from: plan.mark, isFirst: plan.isFirst)
    }

    /// The groups that do not take their posts, the first of them.
    package var refused: [Refusal] { refusals }

    /// Ends the planning of an announcement that is not delivered.
    ///
    /// - Parameter waves: In which parts it would be.
    /// - Returns: The counts, and what there is to say of single targets.
    /// - Throws: ``StorageError``.
    package func recordPlan(_ waves: Waves) async throws -> (tally: AnnouncementTally, findings: [Finding]) {
        tally.planned = planned.count
        try await plan?.recorder.finish(tally, waves)
        return (tally, findings)
    }

    // MARK: A plan that is carried out

    /// Takes over what a plan counted of the announcement.
    func adopt(_ planned: PlanAnnouncement) {
        tally.skipped = planned.skipped
        tally.excluded = planned.excluded
        tally.duplicates = planned.duplicates
        // Those without a post in the plan count as targets, too.
        tally.targets = planned.skipped
    }

    /// Takes note of a group that gets no post, for what the plan says of it.
    ///
    /// It may have one by another list of the plan under the same name.
    func take(_ item: PlanItem) {
        if let group = item.target {
            let isNew = seen.insert(group).inserted
            if excluded.contains(group) {
                if isNew { tally.excluded += 1 }
                return
            }
        }
        tally.targets += 1
        switch item.decision {
        case .new: break
        case .already: tally.already += 1
        case .changed: note(.changed, item.target, nil, item.message ?? Self.reason(.changed))
        case .ambiguous: note(.ambiguous, item.target, nil, item.message ?? Self.reason(.ambiguous))
        case .refused: note(.failed, item.target, item.code, item.message ?? "The group does not take it.")
        }
    }

    private func note(_ kind: Finding.Kind, _ target: GroupID?, _ code: String?, _ message: String) {
        switch kind {
        case .changed: tally.changed += 1
        case .ambiguous: tally.ambiguous += 1
        case .failed: tally.failed += 1
        case .duplicate, .doubled, .excluded: break
        }
        findings.append(
            Finding(kind: kind, announcement: name, target: target?.text ?? "", code: code, message: message)
        )
    }

    /// Sends what is planned, wave by wave, and records what came of it.
    ///
    /// - Parameters:
    ///   - delivery: How to send.
    ///   - waves: In which parts.
    ///   - part: Which of the run's deliveries of the name this is, counted from 0.
    ///   - watcher: Who is told, and asked.
    /// - Returns: The counts, what there is to say of single targets, and why sending stopped if it did.
    /// - Throws: ``StorageError``.
    package func deliver(
        by delivery: Delivery,
        in waves: Waves = Waves(),
        part: Int = 0,
        watcher: WaveWatcher
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let groups = planned
        planned = []
        let (posts, parts, announced) = (groups.count, waves.sizes(of: groups.count).count, tally)
        try await ledger.audit(.announcementPlanned, lease: lease, at: now()) { writer in
            writer.member("announcement", announced.name)
            writer.member("targets", announced.targets)
            writer.member("posts", posts)
            writer.member("waves", parts)
        }
        try await ledger.keep(waves, of: name, run: lease.run)
        let course = WaveCourse(
            delivery: delivery,
            waves: waves,
            watcher: watcher,
            announcement: announcement,
            name: name,
            part: part
        )
        let (outcome, time) = try await course.run(to: consume groups)
        tally.deliveryTime = time
        tally.sent = outcome.sent
        tally.already += outcome.already
        for finding in outcome.findings {
            switch finding.kind {
            case .changed: tally.changed += 1
            case .ambiguous: tally.ambiguous += 1
            case .failed: tally.failed += 1
            case .duplicate, .doubled, .excluded: break
            }
        }
        tally.unsent = posts - outcome.answered
        findings += outcome.findings
        try await ledger.leave(announcement: announcement, lease: lease)
        try await ledger.record(tally, findings, lease: lease)
        return (tally, findings, outcome.halt)
    }

    /// Takes note of what becomes of posts.
    private func note(_ judged: PostJudge.Judged) {
        for (post, decision) in judged.kept {
            switch decision {
            case .planned, .unsettled:
                planned.insert(post.group)
                if post.path.hasSuffix("/reply") { replies += 1 }
                oddities.note(post)
            case .already: tally.already += 1
            case .changed where changes?.rule == .skip: tally.skipped += 1
            case .changed, .busy:
                note(.changed, post.group, nil, judged.reasons[post.group] ?? Self.reason(decision))
            case .ambiguous: note(.ambiguous, post.group, nil, Self.reason(decision))
            }
        }
        for (post, refusal) in judged.refused {
            note(.failed, post.group, refusal.code, refusal.message)
            guard refusals.count < Self.faultLimit else { continue }
            refusals.append(Refusal(group: post.groupName ?? post.group.text, predicate: refusal.predicate))
        }
    }

    /// What stores posts, and says what becomes of each.
    private var judge: PostJudge {
        PostJudge(
            name: name,
            ledger: ledger,
            lease: lease,
            announcement: announcement,
            plan: plan.map { ($0.recorder, $0.isFirst) },
            targets: targetReader,
            changes: changes,
            now: now
        )
    }

    /// Why a group gets nothing, for a person.
    static func reason(_ decision: PlanDecision) -> String {
        switch decision {
        case .busy: "Another run is sending other content under this name just now; nothing was sent."
        case .ambiguous: "It cannot be proved whether the group has the post; nothing was sent."
        case .changed, .planned, .already, .unsettled:
            "The group has a post of this announcement with other content; nothing was sent."
        }
    }
}
