import GraphModel
import Testing

@Suite struct ErrorTests {
    private let missing = "0000000000000000000000"

    // MARK: The shape of every refusal

    @Test func `a refusal names code, message, moment and both ids, and repeats its id in a header`() async throws {
        let graph = try await Fixture()
        let client = "6f0b2f4e-9d3c-4b1a-8f61-2f4c6f9b7a10"
        let answer = try await graph.send(
            .get,
            "\(graph.group)/threads/T\(missing)",
            headers: ["client-request-id": client]
        )
        let id = try #require(answer.headers["request-id"])
        #expect(GroupID(id)?.text == id)
        #expect(answer.headers["client-request-id"] == client)
        #expect(
            answer.headers["Content-Type"]
                == "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
        )
        #expect(
            answer.json == [
                "error": [
                    "code": "ErrorItemNotFound", "message": "The specified object was not found in the store.",
                    "innerError": [
                        "date": "2026-01-15T08:30:00", "request-id": "\(id)", "client-request-id": "\(client)",
                    ],
                ]
            ]
        )
    }

    @Test func `without an id of the client's the service's own stands in its place`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.get("/groups/x")
        let id = try #require(answer.headers["request-id"])
        #expect(answer.json["error"]?["innerError"]?["client-request-id"]?.string == id)
        let other = try await graph.get("/groups/x")
        #expect(other.headers["request-id"] != id)
    }

    @Test func `answers that are no refusals carry the same ids`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.get, "/groups", headers: ["Client-Request-Id": "abc"])
        #expect(answer.headers["request-id"].flatMap(GroupID.init) != nil)
        #expect(answer.headers["client-request-id"] == "abc")
        try await #expect(graph.get("/groups").headers["client-request-id"] == nil)
    }

    // MARK: Ids

    // Reference, section 13.2: group id not a GUID, unknown group id.
    @Test(arguments: ["", "/conversations", "/threads", "/threads/T0/posts"])
    func `a group's id that is no GUID is 400, one that is not known 404`(_ tail: String) async throws {
        let graph = try await Fixture()
        let malformed = try await graph.get("/groups/sales\(tail)")
        #expect(malformed.isRefusal(400, .directoryBadRequest))
        #expect(malformed.message == "Invalid object identifier 'sales'.")
        let id = "11111111-0e57-42dc-94c9-cd24f5306196"
        let unknown = try await graph.get("/groups/\(id)\(tail)")
        #expect(unknown.isRefusal(404, .directoryNotFound))
        #expect(
            unknown.message
                == "Resource '\(id)' does not exist or one of its queried reference-property objects are not present."
        )
    }

    // Reference, section 13.2: unknown conversation, thread or post.
    @Test func `an item that is not there is 404, whatever is asked of it`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "threads/T\(missing)"
        let post = "threads/\(made.thread)/posts/P\(missing)"
        let reply = #"{"post":\#(Fixture.post("x"))}"#
        for (method, path, body) in [
            (.get, "conversations/C\(missing)", ""), (.delete, "conversations/C\(missing)", ""),
            (.get, "conversations/C\(missing)/threads", ""), (.get, thread, ""), (.delete, thread, ""),
            (.patch, thread, #"{"isLocked":true}"#), (.post, "\(thread)/reply", reply), (.get, "\(thread)/posts", ""),
            (.post, "conversations/C\(missing)/threads", #"{"posts":[\#(Fixture.post("x"))]}"#), (.get, post, ""),
            (.post, "\(post)/reply", reply), (.get, "\(post)/attachments", ""),
            (.get, "threads/\(made.thread)/posts/\(made.post)/attachments/A\(missing)", ""),
            // Ids of Graph's own form are well formed, and not here.
            (.get, "threads/AAQkADVKtMlRp4Txc6k%3D", ""),
        ] as [(GraphRequest.Method, String, String)] {
            let answer = try await graph.send(method, "\(graph.group)/\(path)", body)
            #expect(answer.isRefusal(404, .itemNotFound), "\(method) \(path)")
        }
    }

    // Reference, section 13.2: thread not in that conversation.
    @Test func `a thread is found only in its own conversation, a post only in its own thread`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let other = try await graph.converse()
        for path in [
            "conversations/\(other.conversation)/threads/\(made.thread)",
            "conversations/\(other.conversation)/threads/\(made.thread)/posts",
            "threads/\(other.thread)/posts/\(made.post)",
        ] {
            try await #expect(graph.get("\(graph.group)/\(path)").isRefusal(404, .itemNotFound))
        }
    }

    // Reference, section 13.2: id not parseable.
    @Test(arguments: ["a.b", "%20", "T%00", "T'", "caf%C3%A9", String(repeating: "T", count: 513)])
    func `an id of other characters, or too long, is malformed`(_ id: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for path in ["conversations/\(id)", "threads/\(id)/posts", "threads/\(made.thread)/posts/\(id)"] {
            let answer = try await graph.get("\(graph.group)/\(path)")
            #expect(answer.isRefusal(400, .malformedID) && answer.message == "Id is malformed.")
        }
    }

    // Reference, section 13.2: right shape, wrong kind.
    @Test func `an id of the wrong kind is named`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for (path, name) in [
            ("conversations/\(made.thread)", "ThreadId"), ("conversations/\(made.post)/threads", "PostId"),
            ("threads/\(made.post)", "PostId"), ("threads/\(made.thread)/posts/\(made.conversation)", "ConversationId"),
            ("threads/\(made.thread)/posts/\(made.thread)/attachments", "ThreadId"),
            ("conversations/\(made.thread)/threads/\(made.thread)", "ThreadId"),
        ] {
            let answer = try await graph.get("\(graph.group)/\(path)")
            #expect(answer.isRefusal(400, .invalidOperation), "\(path)")
            #expect(answer.message == "\(name) isn't supported in the context of this operation.")
        }
    }

    // MARK: Methods, segments and content types

    // Reference, section 4.1: PATCH G/conversations/{c} and POST T/posts; section 13.2.
    @Test(arguments: [
        (GraphRequest.Method.post, "threads/T0/posts", "GET"), (.patch, "conversations/C0", "GET, POST, DELETE"),
        (.put, "threads/T0", "GET, PATCH, DELETE"), (.delete, "threads/T0/posts/P0", "GET"),
        (.patch, "threads/T0/posts/P0", "GET"), (.get, "threads/T0/reply", "POST"), (.delete, "threads", "GET, POST"),
    ])
    func `a method that a path does not have is 405 with those it has`(
        _ method: GraphRequest.Method,
        _ path: String,
        _ allow: String
    ) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(method, "\(graph.group)/\(path)", method == .delete ? "" : "{}")
        #expect(answer.isRefusal(405, .invalidRequest))
        #expect(answer.headers["Allow"] == allow)
        #expect(answer.message.hasPrefix("The OData request is not supported."))
        #expect(answer.message.contains("reply") == path.hasSuffix("/posts"))
    }

    // Reference, section 13.2: wrong method on directory.
    @Test func `a method that the directory does not have is 405 with a code of the directory`() async throws {
        let graph = try await Fixture()
        for (path, allow) in [("/groups", "GET, POST"), (graph.group, "GET, PATCH, DELETE"), ("/me", "GET")] {
            let answer = try await graph.send(.put, path, "{}")
            #expect(answer.isRefusal(405, .directoryBadRequest) && answer.headers["Allow"] == allow)
        }
    }

    // Reference, section 13.2: unknown segment.
    @Test(arguments: [
        ("/teams", "teams"), ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/events", "events"),
        ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads/T0/mails", "mails"),
        ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/threads/T0/posts/P0/likes", "likes"),
    ])
    func `a segment that is not known is named`(_ path: String, _ segment: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.get(path)
        #expect(answer.isRefusal(400, .badRequest))
        #expect(answer.message == "Resource not found for the segment '\(segment)'.")
    }

    // Reference, section 13.2: content type; section 2.1, row 19.
    @Test func `only JSON is read, and a body without a type only if it looks like JSON`() async throws {
        let graph = try await Fixture()
        let path = "\(graph.group)/threads"
        let body = #"{"posts":[\#(Fixture.post("x"))]}"#
        for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonlines", ""] {
            let answer = try await graph.send(.post, path, body, headers: ["Content-Type": type])
            #expect(answer.isRefusal(415, .badRequest), "\(type)")
        }
        try await #expect(graph.send(.post, path, "post=x").isRefusal(415, .badRequest))
        for type in ["application/json", "Application/JSON; charset=utf-8", "application/json;odata.metadata=full"] {
            try await #expect(graph.send(.post, path, body, headers: ["content-type": type]).status == 201)
        }
        try await #expect(graph.send(.post, path, body).status == 201)
    }

    // MARK: Who asks

    // Reference, section 20, app-only create/reply: the flag.
    @Test func `where applications may post, one starts a thread and answers it`() async throws {
        let graph = try await Fixture(applicationsMayPost: true)
        let post = Fixture.post("x")
        let body = #"{"threads":[{"posts":[\#(post)]}]}"#
        let made = try await graph.send(.post, "\(graph.group)/conversations", body, by: graph.application)
        #expect(made.status == 201)
        let thread = try #require(made.json["threads"]?[0]?["id"]?.string)
        let path = "\(graph.group)/threads/\(thread)/reply"
        let reply = try await graph.send(.post, path, #"{"post":\#(post)}"#, by: graph.application)
        #expect(reply.status == 202)
    }

    // Reference, section 4.1, column A; section 2.2, app-only delete and patch.
    @Test func `an application starts and answers no threads, but replies to posts, locks and deletes`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let post = Fixture.post("x")
        let thread = "\(graph.group)/threads/\(made.thread)"
        for (path, body) in [
            ("\(graph.group)/conversations", #"{"threads":[{"posts":[\#(post)]}]}"#),
            ("\(graph.group)/threads", #"{"posts":[\#(post)]}"#),
            ("\(graph.group)/conversations/\(made.conversation)/threads", #"{"posts":[\#(post)]}"#),
            ("\(thread)/reply", #"{"post":\#(post)}"#),
        ] {
            let answer = try await graph.send(.post, path, body, by: graph.application)
            #expect(answer.isRefusal(403, .accessDenied))
            #expect(answer.message == "Access is denied. Check credentials and try again.")
        }
        // It does not even learn which groups there are.
        let unknown = "/groups/11111111-0e57-42dc-94c9-cd24f5306196/threads"
        try await #expect(graph.send(.post, unknown, "{", by: graph.application).isRefusal(403, .accessDenied))
        let path = "\(thread)/posts/\(made.post)/reply"
        try await #expect(graph.send(.post, path, #"{"post":\#(post)}"#, by: graph.application).status == 202)
        try await #expect(graph.send(.patch, thread, #"{"isLocked":true}"#, by: graph.application).status == 200)
        try await #expect(graph.send(.delete, thread, by: graph.application).status == 204)
    }

    // Reference, section 11.4.
    @Test func `nobody posts in another's name`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        func sent(_ member: String, _ address: String) async throws -> Answer {
            let sender = #""\#(member)":{"emailAddress":{"address":"\#(address)"}}"#
            let body = #"{"posts":[\#(Fixture.post("x", sender))]}"#
            return try await graph.send(.post, "\(graph.group)/threads", body, by: graph.member)
        }
        for member in ["from", "sender"] {
            let answer = try await sent(member, "adele@contoso.example")
            #expect(answer.isRefusal(403, .sendAsDenied))
            try await #expect(sent(member, "Megan@Contoso.example").status == 201)
        }
        let post = Fixture.post("x", #""from":{"emailAddress":{"address":"adele@contoso.example"}}"#)
        for path in ["reply", "posts/\(made.post)/reply"] {
            let answer = try await graph.send(
                .post,
                "\(graph.group)/threads/\(made.thread)/\(path)",
                #"{"post":\#(post)}"#,
                by: graph.member
            )
            #expect(answer.isRefusal(403, .sendAsDenied))
        }
        try await #expect(graph.get("\(graph.group)/threads/\(made.thread)/posts").items.count == 1)
    }
}
