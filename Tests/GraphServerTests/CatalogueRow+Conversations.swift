import GraphModel

@testable import GraphServer

/// Section 4.1. `G` is a group; `T` stands for either way to a thread.
extension CatalogueRow {
    private static let ways = ["{G}/threads/{t}", "{G}/conversations/{c}/threads/{t}"]

    private static func read(_ name: String, _ path: String, _ status: Int = 200) -> CatalogueRow {
        CatalogueRow(name, .get, path, users: .conversationReads, programs: .conversationReads, status)
    }

    static let conversations: [CatalogueRow] = [
        read("GET G/conversations", "{G}/conversations"),
        CatalogueRow(
            "POST G/conversations",
            .post,
            "{G}/conversations",
            users: .conversationWrites,
            body: #"{"topic":"Party","threads":[{"posts":[{post}]}]}"#,
            201
        ),
        read("GET G/conversations/{c}", "{G}/conversations/{c}"),
        CatalogueRow(
            "DELETE G/conversations/{c}",
            .delete,
            "{G}/conversations/{c}",
            users: .conversationWrites,
            programs: .conversationWrites,
            204
        ),
        CatalogueRow("PATCH G/conversations/{c}", .patch, "{G}/conversations/{c}", body: #"{"topic":"New"}"#, 405),
        read("$count on conversations", "{G}/conversations/$count"),
    ]

    static let threads: [CatalogueRow] = threadCollections + ways.flatMap(onThread)

    private static let threadCollections: [CatalogueRow] = [
        read("GET G/conversations/{c}/threads", "{G}/conversations/{c}/threads"),
        CatalogueRow(
            "POST G/conversations/{c}/threads",
            .post,
            "{G}/conversations/{c}/threads",
            users: .conversationWrites,
            body: #"{"topic":"Party","posts":[{post}]}"#,
            201
        ),
        read("GET G/threads", "{G}/threads"),
        CatalogueRow(
            "POST G/threads",
            .post,
            "{G}/threads",
            users: .conversationWrites,
            body: #"{"topic":"Party","posts":[{post}]}"#,
            201
        ),
        read("$count on threads", "{G}/threads/$count"),
        read("$count on threads", "{G}/conversations/{c}/threads/$count"),
    ]

    private static func onThread(_ thread: String) -> [CatalogueRow] {
        [
            read("GET T", thread),
            CatalogueRow(
                "PATCH T",
                .patch,
                thread,
                users: .conversationWrites,
                programs: .conversationWrites,
                body: #"{"isLocked":true}"#,
                200
            ),
            CatalogueRow(
                "DELETE T",
                .delete,
                thread,
                users: .conversationWrites,
                programs: .conversationWrites,
                204
            ),
            CatalogueRow(
                "POST T/reply",
                .post,
                thread + "/reply",
                users: .conversationWrites,
                body: #"{"post":{post}}"#,
                202
            ),
        ]
    }

    static let posts: [CatalogueRow] = ways.flatMap(belowThread)

    private static func belowThread(_ thread: String) -> [CatalogueRow] {
        let post = thread + "/posts/{p}"
        let rows: [CatalogueRow] = [
            read("GET T/posts", thread + "/posts"),
            CatalogueRow("POST T/posts", .post, thread + "/posts", body: "{post}", 405),
            read("GET T/posts/{p}", post),
            answer("POST T/posts/{p}/reply", post + "/reply", #"{"post":{post}}"#, 202),
            answer("POST T/posts/{p}/forward", post + "/forward", recipients, 200),
            read("GET T/posts/{p}/inReplyTo", thread + "/posts/{reply}/inReplyTo"),
            read("GET T/posts/{p}/inReplyTo", post + "/inReplyTo", 404),
            answer("inReplyTo/reply", thread + "/posts/{reply}/inReplyTo/reply", #"{"post":{post}}"#, 202),
            answer("inReplyTo/forward", thread + "/posts/{reply}/inReplyTo/forward", recipients, 200),
            attachment("inReplyTo/attachments", thread + "/posts/{reply}/inReplyTo/attachments"),
            attachment("GET T/posts/{p}/attachments", post + "/attachments"),
            attachment("GET T/posts/{p}/attachments/{a}", post + "/attachments/{a}"),
            attachment("GET …/attachments/{a}/$value", post + "/attachments/{a}/$value"),
            attachment("GET …/attachments/{a}/$value", post + "/attachments/{reference}/$value", 405),
            CatalogueRow(
                "POST …/attachments",
                .post,
                post + "/attachments",
                body: #"{"name":"a","contentBytes":"YQ=="}"#,
                405
            ),
            CatalogueRow(
                "POST …/attachments/createUploadSession",
                .post,
                post + "/attachments/createUploadSession",
                body: "{}",
                405
            ),
            read("$count on posts", thread + "/posts/$count"),
            // Their number says no more than they do, and no less.
            attachment("$count on attachments", post + "/attachments/$count"),
        ]
        return rows + extensions(post + "/extensions")
    }

    private static let recipients = #"{"toRecipients":[{"emailAddress":{"address":"diego@contoso.example"}}]}"#

    private static func answer(_ name: String, _ path: String, _ body: String, _ status: Int) -> CatalogueRow {
        CatalogueRow(name, .post, path, users: .conversationWrites, programs: .conversationWrites, body: body, status)
    }

    private static func attachment(_ name: String, _ path: String, _ status: Int = 200) -> CatalogueRow {
        CatalogueRow(name, .get, path, users: .conversationReads, status)
    }

    private static func extensions(_ all: String) -> [CatalogueRow] {
        let one = all + "/com.contoso.estimate"
        let name = "GET/POST/PATCH/DELETE T/posts/{p}/extensions[/{name}]"
        let made = #"{"extensionName":"com.contoso.mood","good":true}"#
        let cases: [(GraphRequest.Method, String, String, Int)] = [
            (.get, all, "", 200), (.get, one, "", 200), (.post, all, made, 201), (.patch, one, #"{"days":4}"#, 200),
            (.delete, one, "", 204),
        ]
        return cases.map { method, path, body, status in
            let needed: Set<Permission> = method == .get ? [.groupRead, .groupWrite] : [.groupWrite]
            return CatalogueRow(name, method, path, users: needed, programs: needed, body: body, status)
        }
    }
}
