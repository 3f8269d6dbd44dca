import Foundation
import GRDB
import GraphModel
import Testing

@testable import EmbeddedGraph

@Suite struct UpgradeTests {
    @Test func `a store of the first versions opens with its groups and posts, and learns the rest`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-upgrade-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "graph.sqlite").path
        let old = try DatabaseQueue(path: path)
        try await old.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        }
        try StoreSchema.migrator.migrate(old, upTo: "members")
        try await old.write { db in try db.execute(sql: Self.content) }
        try old.close()

        let clock = try SettableClock(Fixture.start)
        let store = try EmbeddedGraph(path: path, operatorName: "Adele Vance", clock: clock.read)
        func send(_ method: GraphRequest.Method, _ path: String, _ body: String = "") async throws -> Answer {
            Answer(
                try await store.respond(
                    to: GraphRequest(method, path, body: Array(body.utf8), caller: store.operatorCaller)
                )
            )
        }
        let group = "/groups/\(Fixture.group)"
        #expect(try await send(.get, group).json["resourceBehaviorOptions"] == [])
        let posts = try await send(.get, "\(group)/threads/T1/posts")
        #expect(posts.ids == ["P1"] && posts.items[0]["from"] == posts.items[0]["sender"])
        let link = #"{"@odata.id":"\#(Fixture.root)/users/\#(store.operatorCaller.id)"}"#
        #expect(try await send(.post, "\(group)/acceptedSenders/$ref", link).status == 204)
        let people = #"{"toRecipients":[{"emailAddress":{"address":"alex@contoso.example"}}]}"#
        #expect(try await send(.post, "\(group)/threads/T1/posts/P1/forward", people).status == 200)
        #expect(try await send(.post, "\(group)/addFavorite").status == 200)
        try store.close()
    }

    private static let content = """
        INSERT INTO user VALUES ('4562bcc8-c436-4f95-b7c0-4f8ce89dca5e', 'Adele Vance', 'adele@contoso.example');
        INSERT INTO operator VALUES ('4562bcc8-c436-4f95-b7c0-4f8ce89dca5e');
        INSERT INTO "group" VALUES ('\(Fixture.group)', 'Sales', NULL, 'sales@contoso.example', 'sales', 'sales',
            'Public', '["Unified"]', 1, 0, 1, 0);
        INSERT INTO conversation (id, groupID, topic, preview, uniqueSenders, hasAttachments, deliveredAt)
            VALUES ('C1', '\(Fixture.group)', 'Topic', 'Text', '["Adele Vance"]', 0, 1);
        INSERT INTO thread (id, conversationID, groupID, preview, uniqueSenders, hasAttachments, deliveredAt)
            VALUES ('T1', 'C1', '\(Fixture.group)', 'Text', '["Adele Vance"]', 0, 1);
        INSERT INTO post (id, threadID, createdAt, contentType, content, senderName, senderAddress, hasAttachments)
            VALUES ('P1', 'T1', 1, 'text', 'Text', 'Adele Vance', 'adele@contoso.example', 0);
        """
}
