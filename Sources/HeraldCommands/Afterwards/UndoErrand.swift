import Announcements
import GraphClient
import GraphModel

/// Takes back what a run has made.
struct UndoErrand: Errand {
    static let kind = RunRecord.Kind.undo
    /// How the tally of what a script wrote outside of announcements is named.
    static let singleWrites = ""
    /// The codes of findings that tell of what stays.
    static let answeredCode = "answered"
    static let replyCode = "reply"
    static let otherCode = "notDeletable"

    /// Whether what others have answered in goes, too.
    let evenAnswered: Bool

    init(evenAnswered: Bool) {
        self.evenAnswered = evenAnswered
    }

    init(_ record: RunRecord, ledger: Ledger) async throws {
        evenAnswered = record.arguments.contains("--even-answered")
    }

    var arguments: [String] { evenAnswered ? ["--even-answered"] : [] }

    /// What there is to take back.
    private struct Inventory: Sendable {
        var deletable: [TargetRecord] = []
        /// What stays, and why.
        var findings: [Finding] = []
        /// How many of each announcement, or of the single writes, were made, and cannot be deleted.
        var made: [String: Int] = [:]
        var kept: [String: Int] = [:]
        var unproven = 0
        /// How many of the deletable are conversations.
        var conversations = 0

        mutating func add(_ target: TargetRecord) {
            let name = target.announcement ?? UndoErrand.singleWrites
            if target.state == .ambiguous {
                unproven += 1
                return
            }
            made[name, default: 0] += 1
            guard let item = target.made, item.canBeDeleted else {
                kept[name, default: 0] += 1
                findings.append(Self.finding(for: target, in: name))
                return
            }
            if item.conversation != nil { conversations += 1 }
            deletable.append(target)
        }

        private static func finding(for target: TargetRecord, in name: String) -> Finding {
            let isReply = target.made.map { !$0.beginsThread } ?? false
            return Finding(
                kind: .changed,
                announcement: name,
                target: target.group?.text ?? target.path,
                code: isReply ? UndoErrand.replyCode : UndoErrand.otherCode,
                message: isReply
                    ? "A reply in a thread cannot be taken back; it stays, unless its thread goes."
                    : target.method == "POST" && target.made != nil
                        ? "It is not known where it lies; look for it in the group."
                        : "\(target.method) \(target.path.prefix(120)) cannot be taken back."
            )
        }
    }

    func carryOut(_ site: ErrandSite) async throws -> ErrandEnding {
        let inventory = try await inventory(site)
        if inventory.unproven > 0 {
            site.screen.say(
                "\(Self.posts(inventory.unproven)) unproven: whether there is anything to delete is found out with: "
                    + site.backend.choice.hint("retry \(site.origin.id) --ambiguous")
            )
        }
        guard !inventory.made.isEmpty else {
            site.screen.say("Nothing that the run \(site.origin.id) made is left to be taken back.")
            // What it took back before it was stopped is told all the same.
            return try await names(takenBackBy: site).isEmpty ? .idle([]) : try await delete(inventory, site)
        }
        if !inventory.deletable.isEmpty {
            let answered = try await answered(inventory, site)
            show(inventory, answered: answered, site)
            if let refusal = try await refusal(inventory, answered: answered.count, site) { return refusal }
        } else {
            show(inventory, answered: [:], site)
        }
        return try await delete(inventory, site)
    }

    private func inventory(_ site: ErrandSite) async throws -> Inventory {
        var inventory = Inventory()
        let runs = try await site.ledger.family(of: site.origin.id)
        try await site.ledger.forEachPage(of: .runs(runs), in: [.sent, .ambiguous]) { page in
            for target in page { inventory.add(target) }
        }
        return inventory
    }

    // MARK: Before

    /// What others have answered in, by the numbers of the effects.
    private func answered(_ inventory: Inventory, _ site: ErrandSite) async throws -> [Int64: Int] {
        let answers = ThreadAnswers(reader: site.reader)
        let counts = try await sideBySide(inventory.deletable, width: site.width) { target in
            guard let made = target.made else { return 0 }
            do {
                guard case .answers(let found) = try await answers.finding(for: made) else { return 0 }
                return found.count
            } catch is GraphError {
                // The deletion will tell why it cannot be looked at.
                return 0
            }
        }
        var answered: [Int64: Int] = [:]
        for (target, count) in zip(inventory.deletable, counts) where count > 0 { answered[target.effect] = count }
        return answered
    }

    private func show(_ inventory: Inventory, answered: [Int64: Int], _ site: ErrandSite) {
        let threads = inventory.deletable.count - inventory.conversations
        var lines: [String] = []
        if !inventory.deletable.isEmpty {
            var parts: [String] = []
            if inventory.conversations > 0 { parts.append(Self.count(inventory.conversations, "conversation")) }
            if threads > 0 { parts.append(Self.count(threads, "thread")) }
            lines.append("The run \(site.origin.id) made \(parts.joined(separator: " and ")).")
        }
        if !answered.isEmpty {
            let number = answered.count
            lines.append(
                evenAnswered
                    ? "Others answered in \(number.grouped) of them; their answers go, too."
                    : "Others answered in \(number.grouped) of them, which stay; --even-answered deletes them, too."
            )
        }
        let kept = inventory.kept.values.reduce(0, +)
        if kept > 0 {
            lines.append("\(Self.count(kept, "write")) cannot be taken back: replies, and what made no post.")
        }
        lines.append("Mail that went out to members stays in their inboxes.")
        for line in lines where !site.isQuiet || !site.saysYes { site.screen.say(line) }
    }

    /// Why nothing is to be deleted; nil if it may be.
    private func refusal(_ inventory: Inventory, answered: Int, _ site: ErrandSite) async throws -> ErrandEnding? {
        let groups = Set(inventory.deletable.compactMap(\.group))
        // A deletion is no post.
        if let permits = site.backend.permits, let shortfall = try await permits(groups, 0) {
            let code = shortfall.isNothingGranted ? "grantMissing" : "grantExceeded"
            return .refused(code: code, reason: "\(shortfall.message); nothing was deleted")
        }
        if site.saysYes { return nil }
        let number = inventory.deletable.count - (evenAnswered ? 0 : answered)
        guard number > 0 else { return nil }
        guard site.herald.input.isTerminal, site.herald.error.isTerminal else {
            return .refused(
                code: "unconfirmed",
                reason:
                    "deleting takes a yes, and there is no terminal to ask on: allow it with --yes; nothing was deleted"
            )
        }
        let question = "Delete \(number.grouped) of them at \(site.backend.name)?"
        if await site.approval.says(question) { return nil }
        return Task.isCancelled
            ? .interrupted : .refused(code: "declined", reason: "it was declined; nothing was deleted")
    }

    // MARK: Deleting

    /// What came of the deletions so far.
    private struct Course: Sendable {
        var findings: [String: [Finding]] = [:]
        var gone: [String: Int] = [:]
        var failed: [String: Int] = [:]
        var answered: [String: Int] = [:]
        var done: [String: Int] = [:]
        var halt: ErrandEnding?
        /// How long nothing was done but waiting, in microseconds.
        var waited: Int64 = 0
    }

    /// How many deletions are recorded in one transaction.
    private static let batch = 256

    private func delete(_ inventory: Inventory, _ site: ErrandSite) async throws -> ErrandEnding {
        let start = site.herald.uptimeMicroseconds()
        var course = Course()
        let deletion = Deletion(backend: site.backend, evenAnswered: evenAnswered, wait: site.herald.wait)
        let total = inventory.deletable.count
        site.screen.track("deleted", total: total)
        var rest = inventory.deletable[...]
        var unseen: [TargetRecord] = []
        var hasWaited = false
        while course.halt == nil, !rest.isEmpty {
            let part = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(part.count)
            let outcomes = try await sideBySide(part, width: site.width) {
                [hasWaited] target -> Result<Deletion.Outcome, NoAnswer>? in
                guard !Task.isCancelled, let made = target.made else { return nil }
                let isYoung = !hasWaited && Self.lag(of: target, site) > 0
                do { return .success(try await deletion.delete(made, isYoung: isYoung)) } catch let reason as NoAnswer {
                    return .failure(reason)
                }
            }
            var undone: [Int64] = []
            let before = course.findings
            for (target, outcome) in zip(part, outcomes) {
                if case .success(.unseen) = outcome { unseen.append(target) }
                note(outcome, of: target, in: &course, undone: &undone)
            }
            try await site.ledger.undo(undone, lease: site.lease, at: site.now())
            tell(part, undone: Set(undone), course.findings, since: before, site)
            if Task.isCancelled { course.halt = .interrupted }
            site.screen.report(
                done: total - rest.count - unseen.count,
                failed: course.failed.values.reduce(0, +)
            )
            if course.halt == nil, rest.isEmpty, !unseen.isEmpty {
                let waitedFrom = site.herald.uptimeMicroseconds()
                hasWaited = await wait(for: unseen, site)
                course.waited += site.herald.uptimeMicroseconds() - waitedFrom
                if !hasWaited { course.halt = .interrupted }
                (rest, unseen) = (unseen[...], [])
            }
        }
        site.screen.endTracking()
        let time = site.herald.uptimeMicroseconds() - start - course.waited
        try await record(course, inventory, after: time, site)
        return course.halt ?? .done
    }

    /// How long what was made may not be visible yet, in microseconds.
    ///
    /// Where the clock has been set back since, no longer than if it had been made just now.
    private static func lag(of target: TargetRecord, _ site: ErrandSite) -> Int64 {
        let longest = site.backend.readLag
        guard longest > 0, let settledAt = target.settledAt else { return longest }
        return min(longest, max(0, settledAt + longest - site.now()))
    }

    /// Waits until all of it is visible, if it is there.
    ///
    /// - Returns: Whether it is; false if somebody stopped the run.
    private func wait(for targets: [TargetRecord], _ site: ErrandSite) async -> Bool {
        let span = targets.map { Self.lag(of: $0, site) }.max() ?? 0
        guard span > 0 else { return true }
        let number = Self.count(targets.count, "thing")
        site.screen.show((site.now() + span, "\(number) made just now may not be visible yet"))
        do { try await site.herald.wait(.microseconds(span)) } catch { return false }
        return !Task.isCancelled
    }

    /// Tells what came of each target once the ledger has it.
    private func tell(
        _ part: [TargetRecord],
        undone: Set<Int64>,
        _ findings: [String: [Finding]],
        since before: [String: [Finding]],
        _ site: ErrandSite
    ) {
        for target in part where undone.contains(target.effect) {
            let place = target.group?.text ?? target.path
            site.screen.note(
                TargetAnswer(target: place, name: target.groupName, outcome: .undone),
                of: target.announcement ?? Self.singleWrites
            )
        }
        for (name, all) in findings {
            for finding in all.dropFirst(before[name]?.count ?? 0) {
                site.screen.note(
                    TargetAnswer(
                        target: finding.target,
                        name: part.first { $0.group?.text == finding.target }?.groupName,
                        outcome: finding.kind == .failed ? .failed : .kept,
                        code: finding.code,
                        message: finding.message
                    ),
                    of: name
                )
            }
        }
    }

    private func note(
        _ outcome: Result<Deletion.Outcome, NoAnswer>?,
        of target: TargetRecord,
        in course: inout Course,
        undone: inout [Int64]
    ) {
        let name = target.announcement ?? Self.singleWrites
        func keep(_ kind: Finding.Kind, _ code: String, _ message: String) {
            let place = target.group?.text ?? target.path
            course.findings[name, default: []].append(
                Finding(kind: kind, announcement: name, target: place, code: code, message: message)
            )
        }
        switch outcome {
        case nil:
            course.halt = course.halt ?? .interrupted
            return
        case .failure(let reason):
            course.halt = course.halt ?? .stopped(reason.message)
            return
        // It is tried once more.
        case .success(.unseen): return
        case .success(.deleted): undone.append(target.effect)
        case .success(.gone):
            undone.append(target.effect)
            course.gone[name, default: 0] += 1
        case .success(.answered(let count)):
            course.answered[name, default: 0] += 1
            let posts = "\(Self.count(count, "post")) by others in it"
            keep(.changed, Self.answeredCode, "\(posts); it stays. Delete it all the same with --even-answered.")
        case .success(.refused(let code, let message)):
            course.failed[name, default: 0] += 1
            keep(.failed, code, message)
        }
        course.done[name, default: 0] += 1
    }

    /// Records what came of it, in the tallies and the findings of the run.
    private func record(_ course: Course, _ inventory: Inventory, after time: Int64, _ site: ErrandSite) async throws {
        let run = site.lease.run
        let earlier = try await site.ledger.tallies(run: run)
        let names = try await names(takenBackBy: site).union(inventory.made.keys).union(earlier.map(\.name))
        for name in names.sorted() {
            let known = earlier.first { $0.name == name }?.sent ?? 0
            let undone = try await site.ledger.undone(announcement: name, run: run)
            var tally = AnnouncementTally(name: name)
            // The ledger adds to what it has.
            tally.sent = undone - known
            tally.changed = course.answered[name] ?? 0
            tally.failed = course.failed[name] ?? 0
            tally.skipped = inventory.kept[name] ?? 0
            let deletable = inventory.deletable.count { ($0.announcement ?? Self.singleWrites) == name }
            tally.unsent = deletable - (course.done[name] ?? 0)
            tally.targets = undone + tally.changed + tally.failed + tally.skipped + tally.unsent
            tally.deliveryTime = max(0, time)
            let findings =
                inventory.findings.filter { $0.announcement == name } + (course.findings[name] ?? [])
            try await site.ledger.forgetFindings(run: run, announcement: name)
            try await site.ledger.add(findings, run: run)
            try await site.ledger.record(tally, run: run)
        }
    }

    /// The announcements of which the errand's run has taken something back, and the single writes.
    private func names(takenBackBy site: ErrandSite) async throws -> Set<String> {
        let run = site.lease.run
        let announcements = try await site.ledger.announcements(of: [run])
        let hasWrites = try await site.ledger.undone(announcement: nil, run: run) > 0
        return Set(announcements + (hasWrites ? [Self.singleWrites] : []))
    }

    // MARK: Words

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number.grouped) \(thing)\(number == 1 ? "" : "s")"
    }

    private static func posts(_ number: Int) -> String {
        "\(count(number, "post")) \(number == 1 ? "is" : "are")"
    }
}
