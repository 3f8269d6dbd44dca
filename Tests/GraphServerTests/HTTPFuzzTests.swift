import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import GraphServer

/// Requests that nobody meant, over real connections: each is answered, none by a fault of the server's, and what is
/// refused has changed nothing.
struct HTTPFuzzTests {
    /// Of the cases that are asked for a tenth: each is a connection of its own.
    private static let cases =
        ProcessInfo.processInfo.environment["HERALD_FUZZ_CASES"].flatMap { Int($0) }.map { max(1, $0 / 10) } ?? 2000
    private static let seed =
        ProcessInfo.processInfo.environment["HERALD_FUZZ_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)

    /// A request in parts, any of which may be spoiled.
    private struct Draft {
        var method: String
        var path: String
        var query = ""
        var headers: [(String, String)] = []
        var body = ""
    }

    private static let pieces = [
        "{", "}", "[", "]", "\"", ":", ",", "null", "true", "-1e999", "0.5", "\\u0000", "\\ud800", "\u{FEFF}", "é", "%",
        "%00", "%2F", "%ff", "%252F", "'", "('", "')", "$", "&", "=", "/", "//", "..", ";", "+", "*", "@odata.type",
        "and", "eq", "{}", "[]", "\"\"", "99999999999999999999", "\u{7F}", "$ref", "$value", "$count", "$batch", "beta",
    ]

    private static func spoil(_ text: inout String, _ numbers: inout SeededRandom) {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            let start = Int.random(in: 0...bytes.count, using: &numbers)
            let end = min(bytes.count, start + Int.random(in: 0...12, using: &numbers))
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
            default:
                let piece = pieces.randomElement(using: &numbers) ?? ""
                bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
            }
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func drafts(conversation: String, thread: String, post: String) -> [Draft] {
        let group = RunningServer.groupPath
        let body = RunningServer.conversation("Rest")
        let reply = #"{"post":{"body":{"contentType":"html","content":"<p>Rest</p>"}}}"#
        let item = #"{"id":"1","method":"POST","url":"/groups/x/threads","headers":{},"body":{},"dependsOn":["0"]}"#
        return [
            Draft(method: "POST", path: group + "/conversations", headers: [("Idempotency-Key", "k")], body: body),
            Draft(method: "GET", path: group + "/conversations/\(conversation)", query: "$select=id,topic"),
            Draft(
                method: "GET",
                path: group + "/conversations",
                query:
                    "$filter=startswith(topic,'Re')%20and%20hasAttachments%20eq%20false&$orderby=topic%20desc&$top=5",
                headers: [("Prefer", "odata.maxpagesize=2"), ("ConsistencyLevel", "eventual")]
            ),
            Draft(method: "GET", path: group + "/threads", query: "$search=%22rest%22&$count=true&$skip=1"),
            Draft(method: "GET", path: group + "/threads/\(thread)", query: "$expand=posts($top=2;$select=id)"),
            Draft(method: "GET", path: group + "/threads/\(thread)/posts/\(post)/attachments"),
            Draft(method: "POST", path: group + "/threads/\(thread)/reply", body: reply),
            Draft(method: "PATCH", path: group + "/threads/\(thread)", body: #"{"isLocked":false,"topic":"T"}"#),
            Draft(method: "DELETE", path: group + "/threads/AAQk"),
            Draft(method: "POST", path: "/v1.0/groups", body: #"{"displayName":"X","mailNickname":"x"}"#),
            Draft(
                method: "GET",
                path: "/v1.0/me/memberOf",
                headers: [("Accept", "application/json;odata.metadata=none")]
            ),
            Draft(
                method: "POST",
                path: "/v1.0/$batch",
                body: #"{"requests":[{"id":"0","method":"GET","url":"/me"},\#(item)]}"#
            ),
        ]
    }

    /// A target is visible ASCII: anything else is no HTTP, and refused before it is a request.
    private static func visible(_ text: String) -> String {
        text.utf8.map { (0x21...0x7E).contains($0) ? String(UnicodeScalar($0)) : "%" + String($0, radix: 16) }.joined()
    }

    private struct Counts: Equatable {
        var groups = 0
        var conversations = 0
        var threads = 0
        var posts = 0
    }

    private static func counts(_ server: RunningServer, thread: String) async throws -> Counts {
        func count(_ path: String) async throws -> Int {
            let request = GraphRequest(
                .get,
                path,
                headers: ["ConsistencyLevel": "eventual"],
                caller: server.store.operatorCaller
            )
            let answer = try await server.store.respond(to: request)
            return Int(String(decoding: answer.body, as: UTF8.self)) ?? -1
        }
        let group = "/groups/\(RunningServer.group)"
        return Counts(
            groups: try await count("/groups/$count"),
            conversations: try await count(group + "/conversations/$count"),
            threads: try await count(group + "/threads/$count"),
            posts: try await count(group + "/threads/\(thread)/posts/$count")
        )
    }

    @Test func `spoiled requests are answered by what they are, and change nothing if they are refused`() async throws {
        try await RunningServer.with { server in
            let made = try await server.send(
                "POST",
                RunningServer.groupPath + "/conversations",
                RunningServer.conversation("Rest")
            )
            let conversation = try #require(made.json["id"]?.string)
            let thread = try #require(made.json["threads"]?.elements?.first?["id"]?.string)
            let post = try #require(
                made.json["threads"]?.elements?.first?["posts"]?.elements?.first?["id"]?.string
            )
            let drafts = Self.drafts(conversation: conversation, thread: thread, post: post)
            var numbers = SeededRandom(seed: Self.seed)
            var before = try await Self.counts(server, thread: thread)
            var taken = 0
            for number in 0..<Self.cases {
                let context = Comment("seed \(Self.seed), case \(number)")
                var draft = drafts.randomElement(using: &numbers) ?? drafts[0]
                switch Int.random(in: 0..<10, using: &numbers) {
                case 0...3 where !draft.body.isEmpty: Self.spoil(&draft.body, &numbers)
                case 4...6: Self.spoil(&draft.query, &numbers)
                case 7:
                    draft.method =
                        ["GET", "PUT", "DELETE", "PATCH", "POST", "OPTIONS"].randomElement(using: &numbers) ?? ""
                case 8 where !draft.headers.isEmpty:
                    Self.spoil(&draft.headers[0].1, &numbers)
                    draft.headers[0].1 = Self.visible(draft.headers[0].1)
                default: Self.spoil(&draft.path, &numbers)
                }
                if draft.headers.first?.0 == "Idempotency-Key", Bool.random(using: &numbers) { draft.headers = [] }
                if !draft.path.hasPrefix("/") { draft.path = "/" + draft.path }
                let target = Self.visible(draft.path + (draft.query.isEmpty ? "" : "?" + draft.query))
                let bytes = RawConnection.request(
                    draft.method,
                    target,
                    headers: draft.headers,
                    body: Array(draft.body.utf8)
                )
                let received = try await RawConnection.exchange(bytes, port: server.port)
                let answer = try #require(RawConnection.answer(received), context)
                #expect(
                    answer.status < 500 || answer.status == 501,
                    "\(context): \(draft.method) \(target) \(draft.body)"
                )
                let after = try await Self.counts(server, thread: thread)
                if answer.status >= 400 {
                    #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true, context)
                    #expect(answer.code?.isEmpty == false, context)
                    #expect(answer.json["error"]?["message"]?.string?.isEmpty == false, context)
                    #expect(after == before, context)
                } else {
                    taken += 1
                }
                before = after
            }
            // Enough of them are whole that writing is tried too, and enough are not.
            #expect(taken > Self.cases / 20)
            #expect(taken < Self.cases * 19 / 20)
        }
    }
}
