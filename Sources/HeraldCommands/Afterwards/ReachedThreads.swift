import Announcements
import GraphModel

/// The threads that a run's announcements have in each group: those that it made, and those that it found there.
struct ReachedThreads: Sendable {
    /// The threads of an announcement in each group, in the order in which they were made.
    private(set) var threads: [String: [GroupID: [String]]] = [:]
    /// The announcements of which posts of other runs are among them.
    private(set) var hasOthers: Set<String> = []

    /// What the last post of the announcement in each thread says, by the groups and the threads' ids; where it is known.
    private var wordings: [GroupID: [String: [UInt8]]] = [:]

    /// The groups' names, of those whose are known.
    private(set) var names: [GroupID: String] = [:]
    /// How many threads of each announcement have been taken back, or are not to be found.
    private(set) var takenBack: [String: Int] = [:]
    private(set) var vanished: [String: Int] = [:]

    /// Whether the run has an announcement of this name.
    func has(_ announcement: String) -> Bool { threads[announcement] != nil }

    /// The threads of an announcement in a group.
    func callAsFunction(_ announcement: String, _ group: GroupID) -> [String] { threads[announcement]?[group] ?? [] }

    /// Whether the last post of the announcement in a thread has this wording.
    func says(_ wording: [UInt8]?, in thread: String, of group: GroupID) -> Bool {
        wording.map { wordings[group]?[thread] == $0 } ?? false
    }

    /// What tells the text of a post from others: a hash; nil if the request's body has none.
    static func wording(of body: [UInt8]) -> [UInt8]? {
        PostText(body).map { SHA256.hash(Array("\($0.isHTML ? "html" : "text"):\($0.content)".utf8)) }
    }

    /// How many threads there are of an announcement.
    func count(of announcement: String) -> Int { threads[announcement]?.values.reduce(0) { $0 + $1.count } ?? 0 }

    /// Finds them.
    ///
    /// - Parameters:
    ///   - origin: The run.
    ///   - ledger: What remembers it.
    ///   - reader: Reads the threads of conversations of which the ledger knows no thread.
    ///   - width: How many are read at once.
    ///   - groups: Gives the groups that the run addressed, if it found some of its posts there already: only then are the
    ///     posts of other runs, in these groups, among those that it reached. All that other runs made of its
    ///     announcements are, if nothing is given.
    /// - Returns: The threads, of which those are not that have been taken back.
    /// - Throws: ``StorageError``, ``GraphError`` or ``NoAnswer``.
    static func find(
        of origin: RunRecord,
        ledger: Ledger,
        reader: GraphReader,
        width: Int,
        groups: (() async throws -> [String: Set<GroupID>])?
    ) async throws -> ReachedThreads {
        let runs = try await ledger.family(of: origin.id)
        let names = try await ledger.announcements(of: runs)
        var own: [TargetRecord] = []
        var others: [TargetRecord] = []
        var gone: Set<String> = []
        var takenBack: [String: Int] = [:]
        var wordings: [Int64: [UInt8]] = [:]
        try await ledger.forEachPage(of: .announcements(names), in: [.sent, .undone], bodies: true) { page in
            for var target in page {
                if target.state == .sent { wordings[target.effect] = wording(of: target.body) }
                // The rest of them is not looked at, and may be large.
                target.body = []
                if target.state == .undone {
                    // A reply in a thread that is gone is gone with it.
                    if let made = target.made, let thread = made.thread { gone.insert("\(made.group)/\(thread)") }
                    if let name = target.announcement, runs.contains(target.run) { takenBack[name, default: 0] += 1 }
                } else if runs.contains(target.run) {
                    own.append(target)
                } else {
                    others.append(target)
                }
            }
        }
        var already = 0
        for run in runs { already += try await ledger.tallies(run: run).reduce(0) { $0 + $1.already } }
        var reached = ReachedThreads()
        if already > 0, !others.isEmpty {
            let addressed = try await groups?()
            let found = others.filter { target in
                guard let name = target.announcement, let group = target.group else { return false }
                return addressed.map { $0[name]?.contains(group) ?? false } ?? true
            }
            reached.hasOthers = Set(found.compactMap(\.announcement))
            own += found
        }
        own.sort { $0.effect < $1.effect }
        let found = try await sideBySide(own, width: width) { target in try await thread(of: target, reader) }
        for name in names { reached.threads[name] = [:] }
        reached.takenBack = takenBack
        for (target, thread) in zip(own, found) {
            if let name = target.announcement, target.made != nil, thread == nil {
                reached.vanished[name, default: 0] += 1
            }
            if let group = target.group, let name = target.groupName { reached.names[group] = name }
        }
        for (target, thread) in zip(own, found) {
            guard let name = target.announcement, let group = target.group, let thread,
                !gone.contains("\(group)/\(thread)")
            else { continue }
            if let wording = wordings[target.effect] { reached.wordings[group, default: [:]][thread] = wording }
            guard !reached(name, group).contains(thread) else { continue }
            reached.threads[name, default: [:]][group, default: []].append(thread)
        }
        return reached
    }

    private static func thread(of target: TargetRecord, _ reader: GraphReader) async throws -> String? {
        guard let made = target.made else { return nil }
        if let thread = made.thread { return thread }
        guard let conversation = made.conversation else { return nil }
        let path = GraphPath("/groups").appending(made.group.text).appending("conversations").appending(conversation)
            .appending("threads")
        do {
            // The newest stands first; the one that the announcement began is the oldest.
            return try await reader.list(path).items.last?.value["id"]?.string
        } catch let error as GraphError where error.status == 404 {
            return nil
        }
    }
}
