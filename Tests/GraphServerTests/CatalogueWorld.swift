import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import GraphServer

/// A store in which everything is that the catalogue's paths name, behind the table of permissions.
final class CatalogueWorld: Sendable {
    private let store: EmbeddedGraph
    private let service: PermittingService
    private let folder: URL
    private let megan: Caller
    /// What the places of paths and bodies stand for.
    private let places: [String: String]

    private static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let now: Int64 = 1_770_000_000_000_000
    private static let program = Caller(
        id: "9f1b81f7-3c5e-4d83-8d6b-5b0c6a2f1d10",
        displayName: "Nightly Report",
        address: "nightly@contoso.example",
        kind: .application
    )

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-catalogue-\(UUID())")
        store = try EmbeddedGraph(
            path: folder.appending(path: "graph.sqlite").path,
            operatorName: "Adele Vance",
            clock: { Self.now }
        )
        service = PermittingService(store, policy: .init(appOnlyAttachments: false), now: { Self.now })
        let maker = Maker(store: store)
        _ = try await store.importGroups([
            Group(
                id: try #require(GroupID(Self.group)),
                displayName: "Sales",
                mail: "sales@contoso.example",
                mailNickname: "sales",
                groupTypes: ["Unified"],
                created: GraphDate(microseconds: Self.now)
            )
        ])
        let group = "/groups/\(Self.group)"
        let megan = try await maker.user("Megan Bowen", "megan@contoso.example")
        let alex = try await maker.user("Alex Wilber", "alex@contoso.example")
        let diego = try await maker.user("Diego Siciliani", "diego@contoso.example")
        for (list, user) in [
            ("members", megan), ("owners", megan), ("members", alex), ("owners", alex),
        ] {
            _ = try await maker.send(.post, "\(group)/\(list)/$ref", Self.link(user))
        }
        let staff = try await maker.send(
            .post,
            "/groups",
            #"""
            {"displayName":"Staff","mailNickname":"staff","mailEnabled":true,"securityEnabled":false,
            "groupTypes":["Unified"]}
            """#
        )
        let staffPath = "/groups/" + (try #require(staff["id"]?.string))
        _ = try await maker.send(.post, staffPath + "/acceptedSenders/$ref", Self.link(megan))
        _ = try await maker.send(.post, staffPath + "/rejectedSenders/$ref", Self.link(alex))
        let conversation = try await maker.send(.post, "\(group)/conversations", Self.conversation)
        let thread = try #require(conversation["threads"]?.elements?.first)
        let first = try #require(thread["posts"]?.elements?.first?["id"]?.string)
        let threadID = try #require(thread["id"]?.string)
        let conversationID = try #require(conversation["id"]?.string)
        let threadPath = "\(group)/threads/\(threadID)"
        _ = try await maker.send(.post, "\(threadPath)/reply", #"{"post":\#(Self.post)}"#)
        let posts = try await maker.send(.get, "\(threadPath)/posts")
        let reply = try #require(posts["value"]?.elements?.last?["id"]?.string)
        let attachments = try await maker.send(.get, "\(threadPath)/posts/\(first)/attachments")
        let files = try #require(attachments["value"]?.elements).compactMap { $0["id"]?.string }
        self.megan = Caller(
            id: megan,
            displayName: "Megan Bowen",
            address: "megan@contoso.example",
            kind: .delegated
        )
        places = [
            "G": group, "S": staffPath, "c": conversationID, "t": threadID, "p": first, "reply": reply,
            "a": try #require(files.first), "reference": try #require(files.last), "megan": megan, "alex": alex,
            "diego": diego, "post": Self.post, "link": Self.link(diego),
        ]
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What a row is answered to a user or a program with a permission.
    func answer(_ row: CatalogueRow, _ kind: Caller.Kind, _ permissions: Set<Permission>) async throws -> GraphResponse
    {
        var caller = kind == .application ? Self.program : megan
        caller.scopes = Set(permissions.map(\.rawValue))
        return try await service.respond(
            to: GraphRequest(
                row.method,
                filled(row.path),
                query: filled(row.query),
                headers: row.headers,
                body: Array(filled(row.body).utf8),
                caller: caller
            )
        )
    }

    private func filled(_ text: String) -> String {
        places.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    private static func link(_ user: String) -> String {
        #"{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/\#(user)"}"#
    }

    private static let post = #"{"body":{"contentType":"text","content":"Rest"}}"#
    private static let conversation = """
        {"topic":"Offsite","threads":[{"posts":[{"body":{"contentType":"text","content":"Rest"},
        "attachments":[{"name":"f.txt","contentBytes":"aGVsbG8="},
        {"@odata.type":"#microsoft.graph.referenceAttachment","name":"R","sourceUrl":"https://example.com/r"}],
        "extensions":[{"extensionName":"com.contoso.estimate","days":3}]}]}]}
        """

    /// Puts things into a store, in the operator's name.
    private struct Maker {
        let store: EmbeddedGraph

        func send(_ method: GraphRequest.Method, _ path: String, _ body: String = "") async throws -> JSONValue {
            let answer = try await store.respond(
                to: GraphRequest(method, path, body: Array(body.utf8), caller: store.operatorCaller)
            )
            try #require(answer.isSuccess, "\(path): \(String(decoding: answer.body, as: UTF8.self))")
            return answer.body.isEmpty ? .null : try JSONValue(answer.body)
        }

        func user(_ name: String, _ address: String) async throws -> String {
            let user = try await send(.post, "/users", #"{"displayName":"\#(name)","userPrincipalName":"\#(address)"}"#)
            return try #require(user["id"]?.string)
        }
    }
}
