import EmbeddedGraph
import Foundation
import GraphModel
import Testing

/// The same requests asked of the store in process, over HTTP and inside a batch, with equal answers.
struct ParityTests {
    /// A request, as all three ways can send it.
    struct Ask: Sendable {
        var method: GraphRequest.Method
        var path: String
        var query = ""
        var body = ""
    }

    private static let group = "/groups/\(RunningServer.group)"
    private static let asks = [
        Ask(method: .post, path: group + "/conversations", body: RunningServer.conversation("Rest")),
        Ask(
            method: .post,
            path: group + "/threads",
            body: #"{"topic":"Offsite","posts":[{"body":{"contentType":"html","content":"<p>When?</p>"}}]}"#
        ),
        Ask(method: .get, path: group),
        Ask(method: .get, path: group + "/threads/none"),
        Ask(method: .get, path: group + "/nothing"),
        Ask(method: .get, path: "/groups/not-an-id/conversations"),
        Ask(method: .patch, path: group + "/conversations", body: "{}"),
        Ask(method: .post, path: group + "/conversations", body: #"{"topic":7}"#),
        Ask(method: .post, path: group + "/conversations", body: #"{"topic":"Rest"}"#),
        Ask(method: .get, path: group + "/conversations", query: "$top=0"),
        Ask(method: .get, path: "/groups('\(RunningServer.group)')"),
    ]

    @Test(arguments: asks.indices)
    func `all ways to the store give one answer`(_ index: Int) async throws {
        try await RunningServer.with { server in
            let ask = Self.asks[index]
            let target = ask.path + (ask.query.isEmpty ? "" : "?" + ask.query)
            let direct = try await server.store.respond(
                to: GraphRequest(
                    ask.method,
                    ask.path,
                    query: ask.query,
                    headers: ask.body.isEmpty ? [:] : ["Content-Type": "application/json"],
                    body: Array(ask.body.utf8),
                    caller: server.store.operatorCaller,
                    serviceRoot: server.root + "/v1.0"
                )
            )
            let http = try await server.send(ask.method.rawValue, "/v1.0" + target, ask.body)
            let body = ask.body.isEmpty ? "" : #","headers":{"Content-Type":"application/json"},"body":\#(ask.body)"#
            let batch = try await server.send(
                "POST",
                "/v1.0/$batch",
                #"{"requests":[{"id":"1","method":"\#(ask.method.rawValue)","url":"\#(target)"\#(body)}]}"#
            )
            let item = try #require(batch.json["responses"]?.elements?.first)
            let expected = try Self.normal(JSONValue(direct.body))
            #expect(http.status == direct.status)
            #expect(Self.normal(http.json) == expected)
            #expect(item["status"] == .integer(Int64(direct.status)))
            #expect(Self.normal(item["body"] ?? .null) == expected)
        }
    }

    /// The value with everything that is new each time, ids and times, made equal.
    private static func normal(_ value: JSONValue, member name: String = "") -> JSONValue {
        let isNew =
            ["id", "date", "conversationThreadId", "changeKey", "@odata.etag"].contains(name)
            || name.hasSuffix("request-id") || name.hasSuffix("DateTime")
        return switch value {
        case .object(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0, normal($1, member: $0)) }))
        case .array(let elements): .array(elements.map { normal($0, member: name) })
        case .string(let text):
            // Ids stand in contexts too.
            .string(isNew ? name : text.replacing(#/'[A-Z]-[A-Za-z0-9_\-]{20,}'/#, with: "''"))
        default: value
        }
    }
}
