import Announcements
import Foundation
import GraphModel
import LuaRuntime
import ScriptHost

/// Replies in the threads that a run's announcements have: with one text, or with what a corrected script renders.
struct CorrectErrand: Errand {
    static let kind = RunRecord.Kind.correct
    /// Under these paths, which no file of a script's can have, the ledger keeps the text, and what was planned.
    private static let textPath = "/correction"
    private static let planPath = "/planned"

    /// What is replied.
    enum Content: Sendable {
        case text(String, isHTML: Bool)
        /// What the announcements of a script render.
        case script(LuaChunk, folder: String, arguments: [String])
    }

    let content: Content

    init(_ content: Content) {
        self.content = content
    }

    init(_ record: RunRecord, ledger: Ledger) async throws {
        if let text = try await ledger.kept(Self.textPath, run: record.id) {
            content = .text(String(decoding: text, as: UTF8.self), isHTML: record.arguments.contains("--html"))
            return
        }
        guard let source = try await ledger.kept(RunPlace.scriptPath, run: record.id),
            let folder = try await ledger.kept(RunPlace.folderPath, run: record.id)
        else { throw Failure(.failed, "The ledger does not have the correction of the run \(record.id).") }
        let script = LuaChunk(name: record.script, source: source)
        content = .script(script, folder: String(decoding: folder, as: UTF8.self), arguments: record.arguments)
    }

    var arguments: [String] {
        switch content {
        case .text(_, let isHTML): isHTML ? ["--body", "--html"] : ["--body"]
        case .script(_, _, let arguments): arguments
        }
    }

    var script: String? {
        if case .script(let script, _, _) = content { script.name } else { nil }
    }

    var files: [String: [UInt8]] {
        switch content {
        case .text(let text, _): [Self.textPath: Array(text.utf8)]
        case .script(let script, let folder, _):
            [RunPlace.scriptPath: script.source, RunPlace.folderPath: Array(folder.utf8)]
        }
    }

    func carryOut(_ site: ErrandSite) async throws -> ErrandEnding {
        let tallies: [AnnouncementTally]
        if let planned = try await site.ledger.kept(Self.planPath, run: site.lease.run) {
            tallies = try Self.tallies(in: planned)
            // What was refused before it was stopped is tried once more, as when a script is resumed.
            try await site.ledger.takeUp(.failed, of: site.lease.run, lease: site.lease)
        } else {
            tallies = try await plan(site)
            try await site.ledger.keep(Self.json(tallies), path: Self.planPath, run: site.lease.run)
        }
        var wanted: [(tally: AnnouncementTally, groups: Set<GroupID>)] = []
        for tally in tallies {
            let open: [EffectState] = [.planned, .sending]
            let groups = try await site.ledger.groups(announcement: tally.name, run: site.lease.run, in: open).groups
            wanted.append((tally, groups))
        }
        if let refusal = await site.refusal(of: wanted) {
            for tally in tallies { try await discard(tally, site) }
            return refusal
        }
        return try await site.deliver(tallies)
    }

    private func discard(_ tally: AnnouncementTally, _ site: ErrandSite) async throws {
        let number = try await site.ledger.announcement(named: tally.name, lease: site.lease, at: site.now())
        try await site.ledger.discardPlan(announcement: number, lease: site.lease)
    }

    // MARK: Planning

    private func plan(_ site: ErrandSite) async throws -> [AnnouncementTally] {
        let planner = CorrectionPlanner(site)
        switch content {
        case .text(let text, let isHTML):
            let reached = try await reached(site) {
                try await addressed(by: site.origin, site)
            }
            let body = ReplyBody.text(text, isHTML: isHTML)
            for (name, groups) in reached.threads.sorted(by: { $0.key < $1.key }) {
                for group in groups.keys.sorted() {
                    for thread in reached(name, group) {
                        try await planner.add(body, nil, to: thread, of: group, in: name)
                    }
                }
            }
            try await planner.finish()
            if await planner.tallies.isEmpty {
                site.screen.say("No thread that the run \(site.origin.id) reached is there to reply in.")
            }
        case .script(let script, let folder, let arguments):
            // The script says whom it is for, so that the posts of other runs count wherever it has a text for them.
            let reached = try await reached(site, nil)
            let rendering = ScriptRendering(
                backend: site.backend,
                script: script,
                folder: folder,
                arguments: arguments,
                limits: site.limits.limits(in: site.herald),
                screen: site.screen,
                now: site.now
            )
            try await rendering.run { post in
                let threads = reached(post.announcement, post.group)
                guard !threads.isEmpty else {
                    return await planner.leaveOut(of: post.announcement, isKnown: reached.has(post.announcement))
                }
                let (body, shared) = try ReplyBody.reply(from: post.body)
                for thread in threads {
                    try await planner.add(body, shared, to: thread, of: post.group, in: post.announcement)
                }
            }
            try await planner.finish()
            await tellWhoIsLeftOut(reached, planner, site)
        }
        return await planner.tallies
    }

    private func tellWhoIsLeftOut(_ reached: ReachedThreads, _ planner: CorrectionPlanner, _ site: ErrandSite) async {
        for name in await planner.unknown.sorted() {
            site.screen.say("'\(name)' is no announcement of the run \(site.origin.id), and is left out.")
        }
        let tallies = await planner.tallies
        for name in reached.threads.keys.sorted() where !reached.hasOthers.contains(name) {
            let rendered = tallies.first { $0.name == name }?.targets ?? 0
            let missing = reached.count(of: name) - rendered
            if missing > 0 {
                site.screen.say(
                    "\(missing.grouped) thread\(missing == 1 ? "" : "s") of '\(name)' get nothing: the script has no text "
                        + "for them."
                )
            }
        }
        for tally in tallies where tally.excluded > 0 {
            site.screen.say(
                "\(tally.excluded.grouped) target\(tally.excluded == 1 ? "" : "s") of '\(tally.name)' have not been reached "
                    + "by the run \(site.origin.id), and get nothing."
            )
        }
    }

    private func reached(
        _ site: ErrandSite,
        _ groups: (() async throws -> [String: Set<GroupID>])?
    ) async throws -> ReachedThreads {
        try await ReachedThreads.find(
            of: site.origin,
            ledger: site.ledger,
            reader: site.reader,
            width: site.width,
            groups: groups
        )
    }

    /// The groups that a run addressed, by its announcements: its script is run once more for them, with the files that
    /// it read then.
    private func addressed(by origin: RunRecord, _ site: ErrandSite) async throws -> [String: Set<GroupID>] {
        var script = origin
        // A run that sends again addresses those whom the first one did.
        while script.kind == .retry, let name = script.origin { script = try await site.ledger.only(name) }
        let run = script.id
        guard let source = try await site.ledger.kept(RunPlace.scriptPath, run: run),
            let folder = try await site.ledger.kept(RunPlace.folderPath, run: run)
        else {
            throw Failure(
                .failed,
                "The run \(origin.id) found posts of other runs in place, and it is not known in which groups. Say whom the "
                    + "correction is for by a script: herald correct \(origin.id) SCRIPT"
            )
        }
        let ledger = site.ledger
        let rendering = ScriptRendering(
            backend: site.backend,
            script: LuaChunk(name: script.script, source: source),
            folder: String(decoding: folder, as: UTF8.self),
            arguments: script.arguments,
            limits: site.limits.limits(in: site.herald),
            screen: nil,
            now: site.now,
            kept: { try await ledger.kept($0, run: run) },
            journal: try await ledger.journal(run: run)
        )
        let collected = PostCollection()
        do {
            try await rendering.run { post in
                var post = post
                post.body = []
                await collected.add(post)
            }
        } catch let failure as Failure {
            throw Failure(
                .failed,
                "The run \(origin.id) found posts of other runs in place, and in which groups cannot be seen any more, "
                    + "since its script fails: \(failure.message). Say whom the correction is for by a script: herald "
                    + "correct \(origin.id) SCRIPT"
            )
        }
        var groups: [String: Set<GroupID>] = [:]
        for post in await collected.posts { groups[post.announcement, default: []].insert(post.group) }
        return groups
    }

    // MARK: What was planned

    private static func json(_ tallies: [AnnouncementTally]) -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.array { writer in
                for tally in tallies {
                    writer.object { writer in
                        writer.member("name", tally.name)
                        writer.member("targets", tally.targets)
                        writer.member("already", tally.already)
                        writer.member("excluded", tally.excluded)
                        writer.member("ambiguous", tally.ambiguous)
                    }
                }
            }
        }
    }

    private static func tallies(in json: [UInt8]) throws -> [AnnouncementTally] {
        try JSONValue(json).elements?.map { value in
            var tally = AnnouncementTally(name: value["name"]?.string ?? "")
            tally.targets = Int(value["targets"]?.double ?? 0)
            tally.already = Int(value["already"]?.double ?? 0)
            tally.excluded = Int(value["excluded"]?.double ?? 0)
            tally.ambiguous = Int(value["ambiguous"]?.double ?? 0)
            return tally
        } ?? []
    }
}

/// Plans replies in the ledger, many in a transaction.
private actor CorrectionPlanner {
    private let ledger: Ledger
    private let lease: Lease
    private let now: @Sendable () -> Int64
    private var counts: [String: AnnouncementTally] = [:]
    private var waiting: [String: [RenderedPost]] = [:]
    /// The announcements of a script that the corrected run does not have.
    private(set) var unknown: Set<String> = []

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

    /// Plans a reply in a thread.
    func add(
        _ body: [UInt8],
        _ shared: SharedPart?,
        to thread: String,
        of group: GroupID,
        in announcement: String
    ) async throws {
        var post = RenderedPost(group: group, body: body, shared: shared)
        post.path = "/groups/\(group)/threads/\(PercentEncoding.encode(thread))/reply"
        // Its key names the thread and the text, so that the same correction is sent once however often it is repeated.
        post.isFurther = true
        waiting[announcement, default: []].append(post)
        if waiting[announcement]?.count == Self.batch { try await store(announcement) }
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
        for decision in decisions {
            tally.targets += 1
            switch decision {
            case .planned: break
            case .already: tally.already += 1
            // The key names the content: it is the same correction, which another run has under way, or has lost sight of.
            case .unsettled, .changed, .ambiguous, .busy: tally.ambiguous += 1
            }
        }
        counts[name] = tally
    }
}

/// Posts as they come, from several tasks.
private actor PostCollection {
    private(set) var posts: [ScriptRendering.Post] = []

    func add(_ post: ScriptRendering.Post) { posts.append(post) }
}
