import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization

@testable import Announcements

/// A store with groups, and a ledger, in a folder of their own.
struct World {
    let store: EmbeddedGraph
    let ledger: Ledger
    let groups: [GroupID]

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
        try await begin("R1")
        try await begin("R2")
    }

    func begin(_ run: String) async throws {
        try await ledger.begin(
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
        )
    }

    func draft(_ name: String, run: String = "R1") async throws -> AnnouncementDraft {
        try await AnnouncementDraft(name: name, run: run, ledger: ledger, now: { 5 })
    }

    func delivery(width: Int = 16) -> Delivery {
        var delivery = Delivery(
            ledger: ledger,
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
        run: String = "R1"
    ) async throws -> (tally: AnnouncementTally, findings: [Finding], halt: Delivery.Halt?) {
        let draft = try await draft(name, run: run)
        for group in targets where await draft.admit(group) {
            try await draft.add(RenderedPost(group: group, body: World.body(text)))
        }
        let faults = try await draft.finish()
        precondition(faults.faults.isEmpty)
        return try await draft.deliver(by: delivery()) { _ in }
    }

    static func body(_ text: String) -> [UInt8] {
        Array(#"{"topic":"T","threads":[{"posts":[{"body":{"contentType":"text","content":"\#(text)"}}]}]}"#.utf8)
    }

    /// How many conversations a group has.
    func conversations(of group: GroupID) async throws -> Int {
        let response = try await store.respond(
            to: GraphRequest(.get, "/groups/\(group)/conversations", query: "$top=999", caller: store.operatorCaller)
        )
        return try JSONValue(response.body)["value"]?.elements?.count ?? -1
    }
}
