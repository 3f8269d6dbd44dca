import EmbeddedGraph
import GraphModel
import Testing

/// The switches between what the store offers beyond Graph and what Graph does, each in both modes.
@Suite struct StrictModeTests {
    private static let post = Fixture.post("x")
    private static let conversation = #"{"topic":"T","threads":[{"posts":[\#(post)]}]}"#
    private static let property = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"

    // Reference, section 20: the server reports its mode.
    @Test(arguments: ServerMode.allCases)
    func `every answer says which mode it comes from`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let key = IdempotencyKey(.explicit, "once")
        let path = "\(graph.group)/conversations"
        let first = try await graph.send(.post, path, Self.conversation, key: key)
        let again = try await graph.send(.post, path, Self.conversation, key: key)
        #expect(first.status == 201 && again.response.isReplayed)
        for answer in [
            first, again, try await graph.get(path), try await graph.get("\(path)/none"),
            try await graph.get("/nothing"),
            try await graph.send(.put, path, "{}"),
        ] {
            #expect(answer.headers["x-server-mode"] == mode.rawValue)
        }
    }

    // Reference, section 20: joinedGroups aliases; section 2.1, row 3.
    @Test(arguments: ServerMode.allCases)
    func `joinedGroups lead to groups, or are an unknown segment`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let me = graph.store.operatorCaller.id
        for path in ["/me/joinedGroups", "/users/\(me)/joinedGroups"] {
            let list = try await graph.get(path)
            let inner = "\(path)/\(Fixture.group)/conversations"
            let made = try await graph.send(.post, inner, Self.conversation)
            let read = try await graph.get(inner)
            if mode == .lenient {
                #expect(list.status == 200 && made.status == 201 && read.status == 200)
            } else {
                for answer in [list, made, read] {
                    #expect(answer.isRefusal(400, .badRequest) && answer.message.contains("'joinedGroups'"))
                }
            }
        }
    }

    // Reference, section 2.1, row 4.
    @Test(arguments: ServerMode.allCases)
    func `a conversation gets an id of the caller's choice, or there is no such method`(
        _ mode: ServerMode
    ) async throws {
        let graph = try await Fixture(mode: mode)
        let path = "\(graph.group)/conversations/Chosen"
        let answer = try await graph.send(.post, path, Self.conversation)
        if mode == .lenient {
            #expect(answer.status == 201 && answer.json["value"]?["id"] == "Chosen")
        } else {
            #expect(answer.isRefusal(405, .invalidRequest) && answer.headers["Allow"] == "GET, DELETE")
            #expect(try await graph.get(path).isRefusal(404, .itemNotFound))
        }
    }

    // Reference, section 20: $filter on threads, posts; section 13.2.
    @Test(arguments: ServerMode.allCases)
    func `threads and posts are filtered, or a filter is refused`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        let thread = "threads/\(made.thread)"
        for path in [
            "threads", "threads/$count", "conversations/\(made.conversation)/threads", "\(thread)/posts",
            "\(thread)/posts/$count",
        ] {
            let answer = try await graph.get("\(graph.group)/\(path)", query: "$filter=hasAttachments eq false")
            if mode == .lenient {
                #expect(answer.status == 200 && (answer.text == "1" || answer.items.count == 1))
            } else {
                #expect(answer.isRefusal(501, .filteringOnConversations))
                #expect(answer.message == "$filter is not supported on this collection.")
            }
        }
        let expanded = try await graph.get(
            "\(graph.group)/threads",
            query: "$expand=posts($filter=hasAttachments eq false)"
        )
        #expect(expanded.status == (mode == .lenient ? 200 : 501))
        #expect(
            try await graph.get("\(graph.group)/conversations", query: "$filter=hasAttachments eq false").items.count
                == 1
        )
    }

    // Reference, section 9: unless the filter concerns extended properties; section 8.2: threads and conversations are
    // found by them in lenient mode only.
    @Test(arguments: ServerMode.allCases)
    func `posts are found by their extended properties in both modes`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse(
            post: #""singleValueExtendedProperties":[{"id":"\#(Self.property)","value":"Green"}]"#
        )
        let green = "singleValueExtendedProperties/Any(ep: ep/id eq '\(Self.property)' and ep/value eq 'Green')"
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        #expect(try await graph.get(posts, query: "$filter=\(green)").ids == [made.post])
        #expect(try await graph.get(posts, query: "$filter=not \(green)").ids.isEmpty)
        for (path, filter) in [
            (posts, "\(green) and hasAttachments eq false"), ("\(graph.group)/threads", green),
            ("\(graph.group)/conversations", green), ("\(graph.group)/conversations", "\(green) and topic eq 'Topic'"),
        ] {
            let answer = try await graph.get(path, query: "$filter=\(filter)")
            if mode == .lenient {
                #expect(answer.items.count == 1)
            } else {
                #expect(answer.isRefusal(501, .filteringOnConversations))
            }
        }
    }

    // Reference, section 8.1: the documented filter, which is answered 501.
    @Test(arguments: ServerMode.allCases)
    func `posts are found by their extensions, or that filter is refused, too`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse(
            post: #""extensions":[{"extensionName":"com.contoso.estimate","days":3}],"#
                + #""multiValueExtendedProperties":[{"id":"StringArray {66f5a359-4659-4830-9070-00047ec6ac6e} Name P","#
                + #""value":["Green"]}]"#
        )
        let answer = try await graph.get(
            "\(graph.group)/threads/\(made.thread)/posts",
            query: "$filter=Extensions/any(f:f/id eq 'com.contoso.estimate')"
        )
        if mode == .lenient {
            #expect(answer.ids == [made.post])
        } else {
            #expect(answer.isRefusal(501, .filteringOnConversations))
        }
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)"
        let read = try await graph.get(path, query: "$expand=extensions($filter=id eq 'com.contoso.estimate')")
        #expect(read.json["extensions"]?[0]?["days"] == 3)
    }

    // Reference, section 20: delta on conversations, posts; section 9.
    @Test(arguments: ServerMode.allCases)
    func `changes of conversations and posts are told, or an unknown segment`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        for path in [
            "conversations/delta", "conversations/delta()", "threads/\(made.thread)/posts/delta",
            "conversations/\(made.conversation)/threads/\(made.thread)/posts/microsoft.graph.delta()",
        ] {
            let answer = try await graph.get("\(graph.group)/\(path)")
            if mode == .lenient {
                #expect(answer.status == 200 && answer.items.count == 1)
            } else {
                #expect(answer.isRefusal(400, .badRequest) && answer.message.contains("delta"))
            }
        }
        #expect(try await graph.get("/groups/delta").status == 200)
    }

    // Reference, section 20: the server reports its mode in annotations of $metadata.
    @Test(arguments: ServerMode.allCases)
    func `the metadata names the mode`(_ mode: ServerMode) async throws {
        let text = try await Fixture(mode: mode).get("/$metadata").text
        #expect(text.contains(#"<Annotation Term="herald.serverMode" String="\#(mode.rawValue)""#))
    }

    // Reference, section 20: $orderby on threads, posts.
    @Test(arguments: ServerMode.allCases)
    func `conversations, threads and posts are sorted as asked, or as always`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let first = try await graph.converse("A")
        try graph.clock.set("2026-01-15T09:00:00Z")
        let second = try await graph.converse("B")
        let reply = try await graph.reply(second.thread)
        let isSorted = mode == .lenient
        let conversations = try await graph.get("\(graph.group)/conversations", query: "$orderby=topic")
        let newest = [second.conversation, first.conversation]
        #expect(conversations.ids == (isSorted ? newest.reversed() : newest))
        let threads = try await graph.get("\(graph.group)/threads", query: "$orderby=topic&$top=1")
        #expect(threads.ids == [isSorted ? first.thread : second.thread])
        let next = try #require(threads.next)
        #expect(try await graph.get(next.path, query: next.query).ids == [isSorted ? second.thread : first.thread])
        let posts = "\(graph.group)/threads/\(second.thread)/posts"
        let oldest = [second.post, reply]
        let sorted = try await graph.get(posts, query: "$orderby=receivedDateTime desc")
        #expect(sorted.ids == (isSorted ? oldest.reversed() : oldest))
        let unknown = try await graph.get(posts, query: "$orderby=nothing")
        #expect(unknown.status == (isSorted ? 400 : 200))
    }

    // Reference, section 20: $search on threads, posts.
    @Test(arguments: ServerMode.allCases)
    func `posts are searched, or a search is refused`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse("Offsite", "Lunch at noon")
        for path in ["conversations", "threads", "threads/\(made.thread)/posts"] {
            let answer = try await graph.get("\(graph.group)/\(path)", query: "$search=\"noon\"")
            if mode == .lenient {
                #expect(answer.items.count == 1)
            } else {
                #expect(answer.isRefusal(400, .searchNotSupported))
            }
        }
    }

    // Reference, section 9: `$expand=threads($expand=posts)`.
    @Test(arguments: ServerMode.allCases)
    func `several levels are expanded, or one`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let path = "\(graph.group)/conversations"
        for isEmpty in [true, false] {
            if !isEmpty { _ = try await graph.converse() }
            #expect(try await graph.get(path, query: "$expand=threads($select=topic)").status == 200)
            let nested = try await graph.get(path, query: "$expand=threads($expand=posts)")
            if mode == .lenient {
                #expect(nested.status == 200 && (isEmpty || nested.items[0]["threads"]?[0]?["posts"]?[0] != nil))
            } else {
                #expect(nested.isRefusal(400, .expandNotSupported))
            }
        }
    }

    // Reference, section 20: posts page cap.
    @Test(arguments: ServerMode.allCases)
    func `posts come in pages with links, or a hundred without`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        for number in 1...101 {
            let body = #"{"post":\#(Fixture.post("\(number)"))}"#
            try #require(try await graph.send(.post, "\(graph.group)/threads/\(made.thread)/reply", body).status == 202)
        }
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        for (query, lenient, strict) in [("", 20, 100), ("$top=999", 102, 100), ("$top=5", 5, 5), ("$skip=100", 2, 2)] {
            let answer = try await graph.get(posts, query: query)
            #expect(answer.items.count == (mode == .lenient ? lenient : strict))
            #expect((answer.next != nil) == (mode == .lenient && !["$top=999", "$skip=100"].contains(query)))
        }
        let thread = try await graph.get("\(graph.group)/threads/\(made.thread)", query: "$expand=posts($top=999)")
        #expect(thread.json["posts"]?.elements?.count == (mode == .lenient ? 102 : 100))
        #expect(thread.json["posts@odata.nextLink"] == nil)
    }

    // Reference, section 2.1, rows 10 and 11.
    @Test(arguments: ServerMode.allCases)
    func `what is created is answered with all there is, or with ids`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let path = "\(graph.group)/conversations"
        let made = try await graph.send(.post, path, Self.conversation)
        let id = try made.id()
        let thread = #"{"topic":"T","posts":[\#(Self.post)]}"#
        let threads = [
            try await graph.send(.post, "\(graph.group)/threads", thread),
            try await graph.send(.post, "\(path)/\(id)/threads", thread),
        ]
        #expect(([made] + threads).allSatisfy { $0.status == 201 })
        if mode == .lenient {
            #expect(made.headers["Location"] == "\(Fixture.root)\(path)/\(id)" && made.json["topic"] == "T")
            #expect(made.json["threads"]?[0]?["posts"]?[0]?["id"] != nil)
            #expect(threads.allSatisfy { $0.headers["Location"] != nil && $0.json["posts"] != nil })
        } else {
            let inner = try #require(try await graph.get("\(path)/\(id)/threads", query: "$orderby=id").ids.last)
            #expect(
                made.json == [
                    "@odata.context": "\(graph.context)/conversations/$entity", "id": "\(id)",
                    "threads": [["id": "\(inner)"]],
                ]
            )
            #expect(threads.allSatisfy { $0.json.names == ["@odata.context", "id"] })
            #expect(([made] + threads).allSatisfy { $0.headers["Location"] == nil })
        }
    }

    // Reference, sections 5.3 and 20: post id, Location.
    @Test(arguments: ServerMode.allCases)
    func `the answer to a reply names the post, or nothing`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        for path in ["\(thread)/reply", "\(thread)/posts/\(made.post)/reply"] {
            let answer = try await graph.send(.post, path, #"{"Post":\#(Self.post)}"#)
            #expect(answer.status == 202 && answer.response.body.isEmpty)
            #expect((answer.headers["Location"] != nil) == (mode == .lenient))
            #expect((answer.headers["x-post-id"] != nil) == (mode == .lenient))
        }
        #expect(try await graph.get("\(thread)/posts").items.count == 3)
    }

    // Reference, section 2.1, row 10.
    @Test(arguments: ServerMode.allCases)
    func `a conversation begins without a thread, or needs one`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        for body in [#"{"topic":"T"}"#, #"{"topic":"T","threads":[]}"#] {
            let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
            #expect(mode == .lenient ? answer.status == 201 : answer.isRefusal(400, .invalidRequest))
        }
        #expect(try await graph.get("\(graph.group)/conversations").items.count == (mode == .lenient ? 2 : 0))
    }

    // Reference, section 20: unknown body members; section 13.2: unknown property.
    @Test(arguments: ServerMode.allCases)
    func `unknown members of a body are named, or refused`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        let conversations = "\(graph.group)/conversations"
        func posted(_ post: String) -> String { #"{"topic":"T","threads":[{"posts":[\#(post)]}]}"# }
        let outlook = "Microsoft.OutlookServices."
        for (path, body, target, type) in [
            (conversations, #"{"x":1,"threads":[{"posts":[\#(Self.post)]}]}"#, "/x", outlook + "Conversation"),
            (
                conversations, #"{"threads":[{"x":{"y":1},"posts":[\#(Self.post)]}]}"#, "/threads/0/x",
                outlook + "ConversationThread"
            ),
            (conversations, posted(Fixture.post("x", #""x":1"#)), "/threads/0/posts/0/x", outlook + "Post"),
            (
                conversations, posted(#"{"body":{"content":"c","x":1}}"#), "/threads/0/posts/0/body/x",
                outlook + "ItemBody"
            ),
            (
                conversations, posted(Fixture.post("x", #""attachments":[{"name":"f","contentBytes":"","x":1}]"#)),
                "/threads/0/posts/0/attachments/0/x", outlook + "Attachment"
            ),
            ("\(graph.group)/threads", #"{"posts":[\#(Self.post)],"x":1}"#, "/x", outlook + "ConversationThread"),
            ("\(thread)/reply", #"{"Post":{"body":{"content":"c"},"x":1}}"#, "/Post/x", outlook + "Post"),
            (
                "\(thread)/posts/\(made.post)/forward",
                #"{"toRecipients":[{"emailAddress":{"address":"a@contoso.example","x":1}}]}"#,
                "/toRecipients/0/emailAddress/x", outlook + "EmailAddress"
            ),
            (
                "/users", #"{"displayName":"M","userPrincipalName":"m@contoso.example","x":1}"#, "/x",
                "microsoft.graph.user"
            ),
            (
                "/groups", #"{"displayName":"G","mailNickname":"g","groupTypes":["Unified"],"x":1}"#, "/x",
                "microsoft.graph.group"
            ),
        ] {
            let answer = try await graph.send(.post, path, body)
            if mode == .lenient {
                #expect(answer.response.isSuccess && answer.headers["x-ignored-members"] == "x", "\(path) \(body)")
            } else {
                #expect(answer.isRefusal(400, .requestBodyRead) && answer.target == target, "\(path) \(body)")
                #expect(answer.message.hasPrefix("The property 'x' does not exist on type '\(type)'"))
                #expect(answer.headers["x-ignored-members"] == nil)
            }
        }
        let change = try await graph.send(.patch, thread, #"{"isLocked":true,"x":1}"#)
        #expect(mode == .lenient ? change.status == 200 : change.isRefusal(400, .requestBodyRead))
        #expect(try await graph.get(thread).json["isLocked"] == .boolean(mode == .lenient))
    }

    // Reference, sections 2.1, row 9, and 3.7: what Graph knows is never refused.
    @Test(arguments: ServerMode.allCases)
    func `members that Graph knows are taken in both modes`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let post =
            ##"{"@odata.type":"#microsoft.graph.post","body":{"contentType":"HTML","content":"x"},"importance":"low","##
            + #""mentions":[],"changeKey":"k","categories":[],"inReplyTo":null,"newParticipants":[]}"#
        for (path, body) in [
            (
                "\(graph.group)/conversations",
                #"{"@odata.context":"c","topic":"T","id":"i","preview":"p","threads":[{"posts":[\#(post)]}]}"#
            ),
            (
                "/groups",
                #"{"displayName":"G","mailNickname":"g","groupTypes":["Unified"],"mailEnabled":true,"theme":"Teal"}"#
            ),
            (
                "/users",
                #"{"displayName":"M","userPrincipalName":"m@contoso.example","accountEnabled":true,"mailNickname":"m","#
                    + #""passwordProfile":{"password":"p","forceChangePasswordNextSignIn":false}}"#
            ),
        ] {
            #expect(try await graph.send(.post, path, body).status == 201)
        }
    }

    // Reference, section 9: directory advanced queries.
    @Test(arguments: ServerMode.allCases)
    func `advanced queries of the directory go as they are, or need to say so`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let eventual: GraphHeaders = ["ConsistencyLevel": "Eventual"]
        for (path, query, needsCount) in [
            ("/groups", "$search=\"displayName:sales\"", false), ("/groups", "$filter=displayName ne 'x'", true),
            ("/groups", "$filter=not startswith(displayName,'x')", true),
            ("/groups", "$filter=endswith(mail,'.example')", true),
            ("/groups", "$filter=startswith(displayName,'S')&$orderby=displayName", true),
            ("/groups", "$count=true", false), ("/groups/$count", "", false),
            ("/users", "$filter=endswith(mail,'.example')", true), ("/users", "$count=true", false),
            ("\(graph.group)/members", "$count=true", false),
            ("\(graph.group)/members", "$filter=startswith(displayName,'A')", true),
            ("\(graph.group)/owners/$count", "", false), ("/me/memberOf", "$count=true", false),
            ("/directory/deletedItems/microsoft.graph.group", "$count=true", false),
            ("/directory/deletedItems/microsoft.graph.group/$count", "", false),
        ] {
            let plain = try await graph.get(path, query: query)
            let asked = try await graph.send(.get, path, query: query, headers: eventual)
            let counted = try await graph.send(.get, path, query: query + "&$count=true", headers: eventual)
            if mode == .lenient {
                #expect(plain.status == 200 && asked.status == 200, "\(path) \(query)")
            } else {
                #expect(plain.isRefusal(400, .unsupportedQuery), "\(path) \(query)")
                #expect(needsCount ? asked.isRefusal(400, .unsupportedQuery) : asked.status == 200, "\(path) \(query)")
            }
            #expect(counted.status == 200, "\(path) \(query)")
        }
        for query in [
            "$filter=groupTypes/any(c:c eq 'Unified')", "$filter=startswith(displayName,'S')", "$orderby=displayName",
        ] {
            #expect(try await graph.get("/groups", query: query).ids == [Fixture.group])
        }
    }

    // Reference, sections 2.2 and 20: app-only attachments.
    @Test(arguments: ServerMode.allCases)
    func `applications read attachments, or are refused`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let made = try await graph.converse(post: #""attachments":[{"name":"f","contentBytes":"eA=="}]"#)
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        let attachments = "\(posts)/\(made.post)/attachments"
        let id = try #require(try await graph.get(attachments).ids.first)
        for (path, query) in [
            (attachments, ""), ("\(attachments)/$count", ""), ("\(attachments)/\(id)", ""),
            ("\(attachments)/\(id)/$value", ""), (posts, "$expand=attachments"),
        ] {
            let answer = try await graph.get(path, query: query, by: graph.application)
            #expect(mode == .lenient ? answer.status == 200 : answer.isRefusal(403, .accessDenied))
            #expect(try await graph.get(path, query: query).status == 200)
        }
        #expect(try await graph.get(posts, by: graph.application).status == 200)
    }

    // Reference, section 7: body rewriting.
    @Test(arguments: ServerMode.allCases)
    func `HTML comes as it was sent, or as a page whose ids begin with x_`(_ mode: ServerMode) async throws {
        let graph = try await Fixture(mode: mode)
        let body = #"{"contentType":"html","content":"<p id=\"top\">Hi</p>"}"#
        let made = try await graph.send(
            .post,
            "\(graph.group)/conversations",
            #"{"topic":"T","threads":[{"posts":[{"body":\#(body)}]}]}"#
        )
        let thread = try #require(made.json["threads"]?[0]?["id"]?.string)
        _ = try await graph.reply(thread, "plain")
        let html =
            mode == .lenient ? #"<p id="top">Hi</p>"# : #"<html><body><div><p id="x_top">Hi</p></div></body></html>"#
        let posts = "\(graph.group)/threads/\(thread)/posts"
        let list = try await graph.get(posts)
        #expect(list.items[0]["body"] == ["contentType": "html", "content": "\(html)"])
        #expect(list.items[1]["body"] == ["contentType": "text", "content": "plain"])
        let text = try await graph.send(
            .get,
            posts,
            headers: ["Prefer": #"outlook.body-content-type="text""#]
        )
        #expect(text.items[0]["body"] == ["contentType": "text", "content": "Hi"])
        #expect(try await graph.get("\(graph.group)/threads/\(thread)").json["preview"] == "plain")
    }
}
