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
        var tallies: [AnnouncementTally]
        var excluded: [String: [Finding]]
        let planner = CorrectionPlanner(site)
        let known = try await planned(site)
        let isPlanned = known != nil
        if let known {
            (tallies, excluded) = known
            for index in tallies.indices {
                let name = tallies[index].name
                let given = try await site.giveUpSuppressed(of: name)
                tallies[index].targets -= given.count
                tallies[index].excluded += given.count
                excluded[name, default: []] += given
            }
        } else {
            do { tallies = try await plan(by: planner, site) } catch let mismatch as CorrectionMismatch {
                return .refused(code: CorrectionMismatch.code, reason: mismatch.reason)
            }
            excluded = await planner.excluded
        }
        var wanted: [RunMonitor.Preview] = []
        for tally in tallies {
            // What was refused before it was stopped is tried once more, as when a script is resumed, and what is unproven
            // may be sent.
            let open: [EffectState] = isPlanned ? [.planned, .sending, .failed, .ambiguous] : [.planned, .sending]
            let groups = try await site.ledger.groups(announcement: tally.name, run: site.lease.run, in: open).groups
                .subtracting(site.suppressed)
            // One reply a group is planned at a time.
            let posts = groups.count + (await planner.waitingReplies(of: tally.name))
            wanted.append(RunMonitor.Preview(tally: tally, groups: groups, posts: posts))
        }
        guard tallies.contains(where: { $0.targets > 0 }) else { return .idle(tallies) }
        if let refusal = await site.refusal(of: wanted, saying: await summaries(of: wanted, planner)) {
            // What was planned before it was stopped has been allowed once, and is what a resumed run goes on with.
            if !isPlanned { for tally in tallies { try await discard(tally, site) } }
            return refusal
        }
        if isPlanned {
            try await site.ledger.takeUp(.failed, of: site.lease.run, except: site.suppressed, lease: site.lease)
        } else {
            try await planner.takeUpUnsettled()
            tallies = await planner.tallies
            // Where more is to be planned once this is sent, a run that is resumed plans anew; what was sent has its key.
            if await planner.isComplete {
                try await site.ledger.keep(Self.json(tallies, excluded), path: Self.planPath, run: site.lease.run)
            }
        }
        var ending = try await site.deliver(tallies, excluded: excluded)
        while ending == .done, await !planner.isComplete {
            try await planner.planNext()
            try await planner.takeUpUnsettled()
            tallies = await planner.tallies
            ending = try await site.deliver(tallies, excluded: excluded)
        }
        return ending
    }

    /// What is said of each announcement before anything is sent.
    private func summaries(
        of wanted: [RunMonitor.Preview],
        _ planner: CorrectionPlanner
    ) async -> [String: [String]] {
        var summaries: [String: [String]] = [:]
        for preview in wanted {
            let name = preview.tally.name
            let summary = CorrectionSummary(
                tally: preview.tally,
                replies: preview.toSend,
                groups: preview.groups.count,
                gaps: await planner.gaps[name] ?? [],
                oddities: await planner.oddities[name] ?? PostOddities(),
                example: await planner.examples[name]
            )
            summaries[name] = summary.lines
        }
        return summaries
    }

    private func discard(_ tally: AnnouncementTally, _ site: ErrandSite) async throws {
        let number = try await site.ledger.announcement(named: tally.name, lease: site.lease, at: site.now())
        try await site.ledger.discardPlan(announcement: number, lease: site.lease)
    }

    // MARK: Planning

    private func plan(by planner: CorrectionPlanner, _ site: ErrandSite) async throws -> [AnnouncementTally] {
        switch content {
        case .text(let text, let isHTML):
            let reached = try await reached(site) {
                try await addressed(by: site.origin, site)
            }
            let body = ReplyBody.text(text, isHTML: isHTML)
            let wording = ReachedThreads.wording(of: body)
            for (name, groups) in reached.threads.sorted(by: { $0.key < $1.key }) {
                for group in groups.keys.sorted() {
                    if site.suppressed.contains(group) {
                        await planner.exclude(group, from: name)
                        continue
                    }
                    for thread in reached(name, group) {
                        try await planner.add(
                            body,
                            nil,
                            to: thread,
                            of: group,
                            reached.names[group],
                            in: name,
                            saysNothingNew: reached.says(wording, in: thread, of: group)
                        )
                    }
                }
            }
            try await planner.finish()
            await planner.note(try await CorrectionSummary.gaps(of: site.origin, reached, ledger: site.ledger))
            await tellWhoIsSuppressed(planner, site)
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
                if site.suppressed.contains(post.group) {
                    return await planner.exclude(post.group, from: post.announcement)
                }
                let (body, shared) = try ReplyBody.reply(from: post.body)
                let wording = ReachedThreads.wording(of: body)
                for thread in threads {
                    try await planner.add(
                        body,
                        shared,
                        to: thread,
                        of: post.group,
                        reached.names[post.group],
                        in: post.announcement,
                        saysNothingNew: reached.says(wording, in: thread, of: post.group)
                    )
                }
            }
            try await planner.finish()
            guard await !planner.tallies.isEmpty else {
                throw CorrectionMismatch(
                    run: site.origin.id,
                    announced: reached.threads.keys.sorted(),
                    script: script.name,
                    rendered: await planner.unknown.sorted()
                )
            }
            await planner.note(try await CorrectionSummary.gaps(of: site.origin, reached, ledger: site.ledger))
            await tellWhoIsSuppressed(planner, site)
            await tellWhoIsLeftOut(reached, planner, site)
        }
        return await planner.tallies
    }

    private func tellWhoIsSuppressed(_ planner: CorrectionPlanner, _ site: ErrandSite) async {
        for (name, left) in await planner.excluded.sorted(by: { $0.key < $1.key }) {
            site.screen.say(
                "\(left.count.grouped) group\(left.count == 1 ? "" : "s") of '\(name)' \(left.count == 1 ? "is" : "are") left out: "
                    + "on the list of `herald suppress`."
            )
        }
    }

    private func tellWhoIsLeftOut(_ reached: ReachedThreads, _ planner: CorrectionPlanner, _ site: ErrandSite) async {
        for name in await planner.unknown.sorted() {
            site.screen.say("'\(name)' is no announcement of the run \(site.origin.id), and is left out.")
        }
        let tallies = await planner.tallies
        let suppressed = await planner.excluded
        for name in reached.threads.keys.sorted() where !reached.hasOthers.contains(name) {
            let rendered = tallies.first { $0.name == name }?.targets ?? 0
            let left = (suppressed[name] ?? []).compactMap { GroupID($0.target) }
                .reduce(0) { $0 + reached(name, $1).count }
            let missing = reached.count(of: name) - rendered - left
            if missing > 0 {
                site.screen.say(
                    "\(missing.grouped) thread\(missing == 1 ? "" : "s") of '\(name)' get nothing: the script has no text "
                        + "for them."
                )
            }
        }
        for tally in tallies {
            let unreached = tally.excluded - (suppressed[tally.name]?.count ?? 0)
            guard unreached > 0 else { continue }
            site.screen.say(
                "\(unreached.grouped) target\(unreached == 1 ? "" : "s") of '\(tally.name)' have not been reached "
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
                    + "correction is for by a script: " + site.backend.choice.hint("correct \(origin.id) SCRIPT")
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
                    + "since its script fails: \(failure.message). Say whom the correction is for by a script: "
                    + site.backend.choice.hint("correct \(origin.id) SCRIPT")
            )
        }
        var groups: [String: Set<GroupID>] = [:]
        for post in await collected.posts { groups[post.announcement, default: []].insert(post.group) }
        return groups
    }

    // MARK: What was planned

    private static func json(_ tallies: [AnnouncementTally], _ excluded: [String: [Finding]]) -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.array { writer in
                for tally in tallies {
                    writer.object { writer in
                        writer.member("name", tally.name)
                        writer.member("targets", tally.targets)
                        writer.member("already", tally.already)
                        writer.member("excluded", tally.excluded)
                        writer.member("ambiguous", tally.ambiguous)
                        writer.name("leftOut")
                        writer.array { writer in
                            for finding in excluded[tally.name] ?? [] { writer.string(finding.target) }
                        }
                    }
                }
            }
        }
    }

    /// What this run planned before it was stopped; nil if that is not known, or not all there any more: other runs may
    /// have put theirs in its place, or taken it up.
    private func planned(
        _ site: ErrandSite
    ) async throws -> (tallies: [AnnouncementTally], excluded: [String: [Finding]])? {
        guard let json = try await site.ledger.kept(Self.planPath, run: site.lease.run) else { return nil }
        let planned = try Self.planned(in: json)
        let states: [EffectState] = [.planned, .sending, .sent, .failed, .ambiguous]
        for tally in planned.tallies {
            let own = try await site.ledger.groups(announcement: tally.name, run: site.lease.run, in: states).effects
            guard own >= tally.targets - tally.already - tally.ambiguous else { return nil }
        }
        return planned
    }

    private static func planned(
        in json: [UInt8]
    ) throws -> (tallies: [AnnouncementTally], excluded: [String: [Finding]]) {
        var excluded: [String: [Finding]] = [:]
        let tallies = try JSONValue(json).elements?.map { value in
            var tally = AnnouncementTally(name: value["name"]?.string ?? "")
            tally.targets = Int(value["targets"]?.double ?? 0)
            tally.already = Int(value["already"]?.double ?? 0)
            tally.excluded = Int(value["excluded"]?.double ?? 0)
            tally.ambiguous = Int(value["ambiguous"]?.double ?? 0)
            excluded[tally.name] = value["leftOut"]?.elements?.compactMap { $0.string.flatMap { GroupID($0) } }
                .map { ErrandSite.leftOut($0, of: tally.name) }
            return tally
        }
        return (tallies ?? [], excluded)
    }
}

/// Posts as they come, from several tasks.
private actor PostCollection {
    private(set) var posts: [ScriptRendering.Post] = []

    func add(_ post: ScriptRendering.Post) { posts.append(post) }
}
