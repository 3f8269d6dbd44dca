import GraphModel
import Testing

/// Reference, section 13.2: the rows that a request alone shows, each with its status, code and words.
///
/// The tests of tokens, throttling, conflicts and provisioning name the rows that need more than a request.
struct ErrorRowTests {
    /// A situation and its answer.
    struct Row: Sendable, CustomTestStringConvertible {
        var situation: String
        var method = "GET"
        var path: String
        var body = ""
        var headers: [String: String] = [:]
        var mode = ServerMode.lenient
        var token: String? = RunningServer.token
        var status: Int
        var code: String
        /// What the message begins with.
        var message = ""

        var testDescription: String { "\(situation): \(method) \(path)" }
    }

    private static let group = RunningServer.groupPath

    static let callers: [Row] = [
        Row(
            situation: "no Authorization",
            path: "/v1.0/groups",
            token: nil,
            status: 401,
            code: "InvalidAuthenticationToken",
            message: "Access token is empty."
        ),
        Row(
            situation: "garbage token",
            path: "/v1.0/groups",
            token: "garbage",
            status: 401,
            code: "InvalidAuthenticationToken"
        ),
    ]

    static let places: [Row] = [
        Row(
            situation: "unknown group id",
            path: "/v1.0/groups/5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22",
            status: 404,
            code: "Request_ResourceNotFound",
            message: "Resource '5f7a1c52-2d5e-4a3b-9a43-0d3d8c5a1b22' does not exist or one of its queried "
                + "reference-property objects are not present."
        ),
        Row(
            situation: "group id not a GUID",
            path: "/v1.0/groups/sales",
            status: 400,
            code: "Request_BadRequest",
            message: "Invalid object identifier 'sales'."
        ),
        Row(
            situation: "unknown conversation, thread or post",
            path: group + "/conversations/none",
            status: 404,
            code: "ErrorItemNotFound",
            message: "The specified object was not found in the store."
        ),
        Row(
            situation: "unknown conversation, thread or post",
            path: group + "/threads/none",
            status: 404,
            code: "ErrorItemNotFound"
        ),
        Row(
            situation: "unknown conversation, thread or post",
            path: group + "/threads/{thread}/posts/none",
            status: 404,
            code: "ErrorItemNotFound"
        ),
        Row(
            situation: "id not parseable",
            path: group + "/threads/a.b",
            status: 400,
            code: "ErrorInvalidIdMalformed",
            message: "Id is malformed."
        ),
        Row(
            situation: "right shape, wrong kind",
            path: group + "/threads/{thread}/posts/{conversation}",
            status: 400,
            code: "ErrorInvalidOperation",
            message: "ConversationId isn't supported in the context of this operation."
        ),
        Row(
            situation: "thread not in that conversation",
            path: group + "/conversations/{conversation}/threads/{other}",
            status: 404,
            code: "ErrorItemNotFound"
        ),
        Row(
            situation: "POST posts, PATCH conversation",
            method: "POST",
            path: group + "/threads/{thread}/posts",
            body: "{}",
            status: 405,
            code: "ErrorInvalidRequest",
            message: "The OData request is not supported."
        ),
        Row(
            situation: "POST posts, PATCH conversation",
            method: "PATCH",
            path: group + "/conversations/{conversation}",
            body: "{}",
            status: 405,
            code: "ErrorInvalidRequest",
            message: "The OData request is not supported."
        ),
        Row(
            situation: "wrong method on directory",
            method: "DELETE",
            path: "/v1.0/groups",
            status: 405,
            code: "Request_BadRequest"
        ),
        Row(
            situation: "unknown segment",
            path: group + "/colours",
            status: 400,
            code: "BadRequest",
            message: "Resource not found for the segment 'colours'."
        ),
    ]

    private static let links: String = {
        let link = #""https://graph.microsoft.com/v1.0/users/a""#
        return #"{"members@odata.bind":[\#(Array(repeating: link, count: 21).joined(separator: ","))]}"#
    }()

    static let bodies: [Row] = [
        Row(
            situation: "empty body",
            method: "POST",
            path: group + "/conversations",
            headers: ["Content-Type": "application/json"],
            status: 400,
            code: "BadRequest",
            message: "Empty Payload. JSON content expected."
        ),
        Row(
            situation: "JSON syntax",
            method: "POST",
            path: group + "/conversations",
            body: "{",
            status: 400,
            code: "BadRequest",
            message: "Unable to read JSON request payload"
        ),
        Row(
            situation: "schema mismatch",
            method: "POST",
            path: group + "/conversations",
            body: #"{"topic":5}"#,
            status: 400,
            code: "BadRequest",
            message: "Property 'topic' in payload has a value that does not match schema"
        ),
        Row(
            situation: "unknown property",
            method: "POST",
            path: group + "/threads/{thread}/reply",
            body: #"{"post":{"body":{"contentType":"text","content":"Rest"},"colour":"red"}}"#,
            mode: .strict,
            status: 400,
            code: "RequestBodyRead",
            message: "The property 'colour' does not exist on type 'Microsoft.OutlookServices.Post'"
        ),
        Row(
            situation: "bad recipients",
            method: "POST",
            path: group + "/threads/{thread}/posts/{post}/forward",
            body: #"{"toRecipients":[{"emailAddress":{"address":"nobody"}}]}"#,
            status: 400,
            code: "ErrorInvalidRecipients"
        ),
        Row(
            situation: "duplicate mailNickname, >20 binds",
            method: "POST",
            path: "/v1.0/groups",
            body: #"{"displayName":"Sales","mailNickname":"SALES","mailEnabled":false,"securityEnabled":true}"#,
            status: 400,
            code: "Request_BadRequest",
            message: "Another object with the same value for property mailNickname already exists."
        ),
        Row(
            situation: "duplicate mailNickname, >20 binds",
            method: "PATCH",
            path: group,
            body: links,
            status: 400,
            code: "Request_BadRequest",
            message: "A resource cannot contain more than 20 link changes"
        ),
        Row(
            situation: "content type",
            method: "POST",
            path: group + "/conversations",
            body: "{}",
            headers: ["Content-Type": "text/xml"],
            status: 415,
            code: "BadRequest"
        ),
        Row(
            situation: "content type; unknown Content-Encoding",
            method: "POST",
            path: group + "/conversations",
            body: "{}",
            headers: ["Content-Encoding": "br"],
            status: 415,
            code: "BadRequest"
        ),
    ]

    static let queries: [Row] = [
        Row(
            situation: "$filter on threads/posts",
            path: group + "/threads?$filter=topic%20eq%20'x'",
            mode: .strict,
            status: 501,
            code: "FilteringOnConversations",
            message: "$filter is not supported on this collection."
        ),
        Row(
            situation: "bad filter",
            path: group + "/conversations?$filter=topic%20is%20'x'",
            status: 400,
            code: "BadRequest",
            message: "Invalid filter clause"
        ),
        Row(
            situation: "bad filter; restricted property",
            path: "/v1.0/groups?$filter=theme%20eq%20'Teal'",
            status: 400,
            code: "ErrorInvalidRestriction",
            message: "The property can not be used with this type of restriction"
        ),
        Row(
            situation: "unsupported $expand",
            path: group + "/threads?$expand=owners",
            status: 400,
            code: "ExpandNotSupported"
        ),
        Row(
            situation: "eventual header missing",
            path: "/v1.0/groups?$count=true",
            mode: .strict,
            status: 400,
            code: "Request_UnsupportedQuery"
        ),
        Row(
            situation: "Accept refuses JSON",
            path: "/v1.0/groups",
            headers: ["Accept": "application/xml"],
            status: 406,
            code: "BadRequest"
        ),
    ]

    @Test(arguments: callers + places + bodies + queries)
    func `each situation has its status, its code and its words`(_ row: Row) async throws {
        try await RunningServer.with(mode: row.mode) { server in
            func make() async throws -> (conversation: String, thread: String) {
                let made = try await server.send(
                    "POST",
                    Self.group + "/conversations",
                    RunningServer.conversation("Rest")
                )
                let thread = made.json["threads"]?.elements?.first?["id"]?.string
                return (try #require(made.json["id"]?.string), try #require(thread))
            }
            let first = try await make()
            let second = try await make()
            let posts = try await server.send("GET", "\(Self.group)/threads/\(first.thread)/posts")
            let post = try #require(posts.json["value"]?.elements?.first?["id"]?.string)
            let path = row.path.replacing("{conversation}", with: first.conversation)
                .replacing("{thread}", with: first.thread).replacing("{other}", with: second.thread)
                .replacing("{post}", with: post)
            let answer = try await server.send(row.method, path, row.body, headers: row.headers, token: row.token)
            let message = answer.json["error"]?["message"]?.string ?? ""
            #expect(answer.status == row.status && answer.code == row.code, "\(answer.json)")
            #expect(!message.isEmpty && message.hasPrefix(row.message), "\(message)")
            #expect(answer.json["error"]?["innerError"]?["request-id"]?.string == answer.headers["request-id"])
            if row.status == 405 { #expect(answer.headers["allow"]?.isEmpty == false) }
        }
    }
}
