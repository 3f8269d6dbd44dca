import EmbeddedGraph
import Foundation
import GRDB
import GraphModel
import Logging
import LuaRuntime
import Synchronization

@testable import Announcements
@testable import ScriptHost

/// A store with groups, a ledger and a folder for a script, and what the script printed and logged.
final class ScriptWorld: Sendable {
    let store: EmbeddedGraph
    let ledger: Ledger
    let folder: URL
    private let printed = Mutex<[UInt8]>([])
    private let tallied = Mutex<[AnnouncementTally]>([])
    private let runs = Mutex(0)

    static let groups = ["29981b6a-0e57-42dc-94c9-cd24f5306196", "4f0c2a5e-8a6d-4a0e-9d51-0e7d5f6f1b02"]

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-scripts-\(UUID())")
        store = try EmbeddedGraph(
            path: folder.appending(path: "state/graph.sqlite").path,
            operatorName: "Adele",
            clock: { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        )
        ledger = try Ledger(path: folder.appending(path: "state/ledger.sqlite").path)
        _ = try await store.importGroups(
            Self.groups.compactMap { GroupID($0) }.enumerated().map { index, id in
                Group(
                    id: id,
                    displayName: index == 0 ? "R&D <Berlin>" : "Sales, \"South\"",
                    mail: "group\(index)@contoso.example",
                    mailNickname: "group\(index)",
                    created: GraphDate(microseconds: 0)
                )
            }
        )
        try write(
            """
            id,displayName,empty
            \(Self.groups[0]),R&D <Berlin>,
            \(Self.groups[1]),"Sales, ""South""\",
            """,
            to: "groups.csv"
        )
    }

    /// What the script printed.
    var output: String { printed.withLock { String(decoding: $0, as: UTF8.self) } }
    /// What the announcements came to.
    var tallies: [AnnouncementTally] { tallied.withLock { $0 } }

    func write(_ text: String, to file: String) throws {
        try write(Array(text.utf8), to: file)
    }

    func write(_ bytes: [UInt8], to file: String) throws {
        try Data(bytes).write(to: folder.appending(path: file))
    }

    /// The posts of a group with what is attached to them, in the order in which they were made.
    func posts(of group: String) async throws -> [JSONValue] {
        var posts: [JSONValue] = []
        for thread in try await read("/groups/\(group)/threads").reversed() {
            let path = "/groups/\(group)/threads/\(thread["id"]?.string ?? "")/posts"
            posts += try await read(path, query: "$expand=attachments")
        }
        return posts
    }

    /// The topics of a group's conversations, in the order in which they were made.
    func topics(of group: String) async throws -> [String] {
        try await read("/groups/\(group)/conversations").reversed().compactMap { $0["topic"]?.string }
    }

    private func read(_ path: String, query: String = "") async throws -> [JSONValue] {
        let response = try await store.respond(
            to: GraphRequest(.get, path, query: query, caller: store.operatorCaller)
        )
        return try JSONValue(response.body)["value"]?.elements ?? []
    }

    /// Runs a script and gives what all scripts so far have printed.
    ///
    /// `resuming` goes on with a run, the first of which is 1, as if its process had been killed.
    @discardableResult func run(
        _ source: String,
        arguments: [String] = [],
        journal: RunJournal = RunJournal { _ in },
        service: (any GraphService)? = nil,
        bench: TestBench? = nil,
        suppressed: Set<GroupID> = [],
        resuming resumed: Int? = nil,
        limits change: (inout ScriptLimits) -> Void = { _ in }
    ) async throws -> String {
        var limits = ScriptLimits()
        change(&limits)
        let number =
            resumed
            ?? runs.withLock { number in
                number += 1
                return number
            }
        let record = RunRecord(
            id: "R\(number)",
            script: "test.lua",
            scriptHash: "00",
            arguments: arguments,
            backend: "test",
            operatorName: "Adele",
            state: .running,
            startedAt: 0
        )
        let lease: Lease
        if resumed == nil {
            lease = try await ledger.begin(record)
        } else {
            try await ledger.write { db, _ in
                try db.execute(sql: "UPDATE lease SET endedAt = 0 WHERE runID = ?", arguments: [record.id])
            }
            lease = try await ledger.resume(record.id, by: "Adele", grants: "", at: 0).get()
        }
        let clock = bench?.clock
        let now: @Sendable () -> Int64 = { clock?.now ?? Int64(Date().timeIntervalSince1970 * 1_000_000) }
        let sender = Sender(store, now: now)
        var context = ScriptContext(
            service: service ?? LedgerService(sender, ledger: ledger, lease: lease),
            sender: sender,
            ledger: ledger,
            run: record,
            lease: lease,
            caller: store.operatorCaller,
            files: ScriptFiles(folder: folder) { path, url in try ScriptFiles.readFromDisk(path, url) },
            monitor: RunMonitor(
                output: { [self] bytes in printed.withLock { $0 += bytes } },
                confirm: { _ in .goAhead },
                watch: { _ in WaveWatcher() },
                finished: { [self] tally, _ in tallied.withLock { $0.append(tally) } }
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            width: 8,
            now: now,
            journal: journal
        )
        context.testBench = bench
        context.suppressed = suppressed
        try await ScriptRun(
            LuaChunk(name: "test.lua", source: Array(source.utf8)),
            context: context,
            limits: limits,
            modules: ScriptModule.all + (bench == nil ? [] : ScriptModule.testing)
        ).execute()
        return output
    }
}

/// A journal that outlives a run.
final class RecordedJournal: Sendable {
    private let recorded = Mutex<[JournalEntry]>([])

    var entries: [JournalEntry] { recorded.withLock { $0 } }

    /// The journal of the run's next execution.
    var journal: RunJournal {
        RunJournal(repeating: entries.sorted { ($0.stream, $0.ordinal) < ($1.stream, $1.ordinal) }) { [self] new in
            recorded.withLock { $0 += new }
        }
    }
}
