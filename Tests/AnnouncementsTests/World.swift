import EmbeddedGraph
import Foundation
import GRDB
import GraphModel
import Synchronization
import Testing

@testable import Announcements

/// A store with groups, and a ledger, in a folder of their own.
struct World {
    let store: EmbeddedGraph
    let ledger: Ledger
    let groups: [GroupID]
    /// The right to write for the runs R1 and R2.
    private(set) var leases: [String: Lease]

    init(groups count: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-announcements-\(UUID())")
        let time = Mutex<Int64>(1_700_000_000_000_000)
        let clock: @Sendable () -> Int64 = {
            time.withLock { time in
                time += 1
                return time
            }
        }
        store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Adele",
            clock: clock
        )
        ledger = try Ledger(path: folder.appending(path: "ledger.sqlite").path)
        groups = (0..<count).map { _ in GroupID.random() }
        let imported = try await store.importGroups(
            groups.enumerated().map { index, id in
                Group(
                    id: id,
                    displayName: "Group \(index)",
                    mailNickname: "group\(index)",
                    created: GraphDate(microseconds: 0)
                )
            }
        )
        precondition(imported.created == count)
        leases = [
            "R1": try await ledger.begin(Self.record("R1")), "R2": try await ledger.begin(Self.record("R2")),
        ]
    }

    static func record(_ run: String) -> RunRecord {
        RunRecord(
            id: run,
            script: "test.lua",
            scriptHash: "00",
            arguments: ["a", "b\"c"],
            backend: "test",
            operatorName: "Adele",
            state: .running,
            startedAt: 1
        )
    }

    func lease(_ run: String = "R1") throws -> Lease { try #require(leases[run]) }

    func draft(_ name: String, run: String = "R1") async throws -> AnnouncementDraft {
        try await AnnouncementDraft(name: name, lease: try lease(run), ledger: ledger, now: { 5 })
    }

    func delivery(_ run: String = "R1", width: Int = 16) throws -> Delivery {
        var delivery = Delivery(
            ledger: ledger,
            lease: try lease(run),
            sender: Sender(store, now: { 7 }),
            caller: store.operatorCaller,
            width: width
        )
        delivery.batch = 32
        return delivery
    }

    /// Announces a text to groups and gives what came of it.
    func announce(
        _ name: String,
        _ text: String,
        to targets: [GroupID],
        run: String = "R1",
        onChange rule: ChangeRule = .report,
        attached: SharedPart? = nil
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let draft = try await draft(name, run: run)
        let sender = Sender(store, now: { 7 })
        await draft.change(
            by: rule,
            finding: FirstThread(ledger: ledger, sender: sender, caller: store.operatorCaller)
        )
        for group in targets where await draft.admit(group) {
            try await draft.add(World.post(text, to: group, attached: attached))
        }
        let faults = try await draft.finish()
        precondition(faults.faults.isEmpty)
        return try await draft.deliver(by: delivery(run), watcher: WaveWatcher())
    }

    /// Makes it look as if the process of a run had ended, and somebody else had its lease.
    func kill(_ run: String) async throws {
        try await ledger.write { db, _ in
            try db.execute(sql: "UPDATE lease SET holder = '' WHERE runID = ?", arguments: [run])
        }
    }

    /// Goes on with a run whose process has ended, as another would.
    mutating func resume(_ run: String = "R1", by operatorName: String = "Adele") async throws {
        try await ledger.write { db, _ in
            try db.execute(sql: "UPDATE lease SET endedAt = 8 WHERE runID = ?", arguments: [run])
        }
        leases[run] = try await ledger.resume(run, by: operatorName, grants: "", at: 8).get()
    }

    /// What is open of an announcement.
    func open(_ name: String, limit: Int = 1000, run: String = "R1") async throws -> [Effect] {
        let lease = try lease(run)
        let number = try await ledger.announcement(named: name, lease: lease, at: 0)
        return try await ledger.claim(announcement: number, lease: lease, after: 0, limit: limit, at: 0).effects
    }

    static func body(_ text: String) -> [UInt8] {
        Array(#"{"topic":"T","threads":[{"posts":[{"body":{"contentType":"text","content":"\#(text)"}}]}]}"#.utf8)
    }

    /// A post whose place in its body is known.
    static func post(_ text: String, to group: GroupID, attached: SharedPart? = nil) -> RenderedPost {
        let body = body(text)
        var post = RenderedPost(group: group, body: body, shared: attached)
        post.post = #"{"topic":"T","threads":[{"posts":["#.utf8.count..<(body.count - "]}]}".utf8.count)
        post.shared?.offset = body.count - "}]}]}".utf8.count
        return post
    }

    /// What the store answers to a reading, as JSON.
    func read(_ path: String, query: String = "") async throws -> JSONValue {
        let response = try await store.respond(
            to: GraphRequest(.get, path, query: query, caller: store.operatorCaller)
        )
        return try JSONValue(response.body)
    }

    /// The texts of a group's posts, by thread, the threads in the order of their beginning.
    func posts(of group: GroupID) async throws -> [[String]] {
        var threads: [[String]] = []
        for thread in try await read("/groups/\(group)/threads")["value"]?.elements?.reversed() ?? [] {
            let posts = try await read("/groups/\(group)/threads/\(thread["id"]?.string ?? "")/posts")
            threads.append(posts["value"]?.elements?.compactMap { $0["body"]?["content"]?.string } ?? [])
        }
        return threads.sorted { $0.count > $1.count }
    }

    /// How many conversations a group has.
    func conversations(of group: GroupID) async throws -> Int {
        let response = try await store.respond(
            to: GraphRequest(.get, "/groups/\(group)/conversations", query: "$top=999", caller: store.operatorCaller)
        )
        return try JSONValue(response.body)["value"]?.elements?.count ?? -1
    }
}
