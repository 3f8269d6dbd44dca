import Foundation
import GraphModel
import Testing

@Suite struct ODataCollectionTests {
    private func groups() async throws -> Fixture {
        let graph = try await Fixture()
        try await graph.add(
            "aaaaaaaa-0e57-42dc-94c9-cd24f5306196",
            "West sales-team",
            nickname: "west",
            mail: "w@example.com"
        )
        try await graph.add("bbbbbbbb-0e57-42dc-94c9-cd24f5306196", "Guards", nickname: "guards")
        try await graph.add("cccccccc-0e57-42dc-94c9-cd24f5306196", "guards", nickname: "other", mail: "a@example.com")
        return graph
    }

    private func letters(_ answer: Answer) -> String { answer.ids.compactMap(\.first).map(String.init).joined() }

    private func walk(_ graph: Fixture, _ path: String, _ query: String) async throws -> [String] {
        var page = try await graph.get(path, query: query)
        try #require(page.status == 200, "\(page)")
        var ids = page.ids
        while let next = page.next {
            page = try await graph.get(next.path, query: next.query)
            try #require(page.status == 200 && !page.ids.isEmpty, "\(page)")
            ids += page.ids
        }
        return ids
    }

    // MARK: $orderby

    // Reference, section 9: $orderby, one or more keys.
    @Test(arguments: [
        ("displayName", "bc2a"), ("displayName desc", "a2cb"), ("displayName asc,id desc", "cb2a"),
        ("mail", "bc2a"), ("mail desc", "a2cb"), ("DISPLAYNAME DESC, mail", "a2bc"), ("id desc", "cba2"),
        ("createdDateTime,mailNickname", "bc2a"),
        ("visibility,mailEnabled,securityEnabled,createdDateTime,displayName,mail,mailNickname,id", "bc2a"),
        ("mailEnabled desc,id", "2abc"),
    ])
    func `groups are sorted by one or several properties, on pages of any size`(
        _ order: String,
        _ expected: String
    )
        async throws
    {
        let graph = try await groups()
        for size in 1...5 {
            let query = "$orderby=\(PercentEncoding.encode(order))&$top=\(size)"
            let ids = try await walk(graph, "/groups", query)
            #expect(ids.compactMap(\.first) == Array(expected), "\(size)")
        }
    }

    @Test func `conversations, threads and posts are sorted by what the section lists`() async throws {
        let graph = try await Fixture()
        let b = try await graph.converse("b", "1")
        try graph.clock.set("2026-02-01T00:00:00Z")
        let a = try await graph.converse("A", "2")
        try graph.clock.set("2026-03-01T00:00:00Z")
        let c = try await graph.converse("c", "3")
        for (order, expected) in [
            ("topic", [a, b, c]), ("topic desc", [c, b, a]), ("lastDeliveredDateTime", [b, a, c]),
            ("preview asc", [b, a, c]), ("hasAttachments,topic desc", [c, b, a]),
        ] {
            let query = "$top=1&$orderby=" + PercentEncoding.encode(order)
            try await #expect(
                walk(graph, "\(graph.group)/conversations", query) == expected.map(\.conversation),
                "\(order)"
            )
            try await #expect(walk(graph, "\(graph.group)/threads", query) == expected.map(\.thread), "\(order)")
        }
        let reply = try await graph.reply(a.thread, by: graph.member)
        let posts = "\(graph.group)/threads/\(a.thread)/posts"
        for (order, expected) in [
            ("receivedDateTime desc", [reply, a.post]), ("createdDateTime", [a.post, reply]),
            ("from/emailAddress/name desc", [reply, a.post]),
        ] {
            try await #expect(
                walk(graph, posts, "$top=1&$orderby=" + PercentEncoding.encode(order)) == expected,
                "\(order)"
            )
        }
    }

    @Test(arguments: [
        "colour", "displayName up", "displayName asc desc", "", "displayName,", "groupTypes", "displayName;id",
        "id,id,id,id,id,id,id,id,id",
    ])
    func `what cannot be sorted by is refused`(_ order: String) async throws {
        let graph = try await groups()
        let answer = try await graph.get("/groups", query: "$orderby=\(PercentEncoding.encode(order))")
        #expect(answer.isRefusal(400, .badRequest) && answer.message.hasPrefix("Invalid $orderby: "), "\(answer)")
    }

    @Test func `sorted pages neither skip nor repeat while conversations come and go`() async throws {
        let graph = try await Fixture()
        var made: [(topic: String, id: String)] = []
        for number in 0..<60 {
            let topic = "T\(number * 7 % 20)"
            made.append((topic, try await graph.converse(topic).conversation))
        }
        let path = "\(graph.group)/conversations"
        var page = try await graph.get(path, query: "$orderby=topic%20desc&$top=10")
        var shown = page.ids
        var deleted: Set<String> = []
        while let next = page.next {
            // The item that the token names, one that was shown, and one of the others.
            let others = made.map(\.id).filter { !shown.contains($0) && !deleted.contains($0) }
            let middle = others.isEmpty ? [] : [others[others.count / 2]]
            for id in [shown[shown.count - 1], shown[shown.count - 5]] + middle {
                deleted.insert(id)
                _ = try await graph.send(.delete, "\(path)/\(id)")
            }
            for topic in ["T999", "A", "T5"] { _ = try await graph.converse(topic) }
            page = try await graph.get(next.path, query: next.query)
            #expect(page.status == 200)
            shown += page.ids
        }
        #expect(Set(shown).count == shown.count)
        #expect(Set(made.map(\.id)).subtracting(deleted).isSubset(of: shown))
    }

    @Test func `a token that is malformed or belongs to another order is refused`() async throws {
        let graph = try await groups()
        func token(_ json: String) -> String {
            Data(json.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
                "=",
                with: ""
            )
        }
        for text in [
            "", "x", "!!", "%27", "1~abc", token("[]"), token("{}"), token("[1"), token(#"["a b"]"#), token(#"[1]"#),
            token(#"[null,"id"]"#), token(#"[[],"id"]"#), token(#"[1.5,"id"]"#), token(#"["x", "id"]"#),
            token("[1,2,3,4,5,6,7,8,9,\"id\"]"), token(#"["x","id"]"#) + "=",
        ] {
            let answer = try await graph.get("/groups", query: "$orderby=displayName&$skiptoken=\(text)")
            #expect(answer.isRefusal(400, .badRequest), "\(text)")
        }
        for text in [token(#"["id"]"#), token(#"[5,"id"]"#), token(#"["a","b","id"]"#)] {
            let answer = try await graph.get("/groups", query: "$orderby=displayName&$skiptoken=\(text)")
            #expect(answer.isRefusal(400, .badRequest), "\(text)")
        }
        let good = token(#"["guards","cccccccc-0e57-42dc-94c9-cd24f5306196"]"#)
        let rest = try await graph.get("/groups", query: "$orderby=displayName&$skiptoken=\(good)")
        #expect(letters(rest) == "2a")
    }

    // MARK: $count, $top, $skip, Prefer

    // Reference, section 9: /$count; section 18.3, row 11.
    @Test func `a collection's number is plain text, with the filter and without the page`() async throws {
        let graph = try await groups()
        let made = try await graph.converse("One")
        _ = try await graph.converse("Two")
        _ = try await graph.reply(made.thread)
        for (path, number) in [
            ("/groups/$count", "4"), ("/groups/%24count", "4"), ("/groups/$count?$filter=mail%20ne%20null", "3"),
            ("/groups/$count?$search=guards", "2"), ("\(graph.group)/conversations/$count", "2"),
            ("\(graph.group)/conversations/$count?$top=1&$filter=topic%20eq%20'one'", "1"),
            ("\(graph.group)/threads/$count", "2"),
            ("\(graph.group)/conversations/\(made.conversation)/threads/$count", "1"),
            ("\(graph.group)/threads/\(made.thread)/posts/$count", "2"),
        ] {
            let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
            let answer = try await graph.send(
                .get,
                parts[0],
                query: parts.count == 2 ? parts[1] : "",
                headers: ["ConsistencyLevel": "eventual"]
            )
            #expect(answer.status == 200 && answer.text == number, "\(path): \(answer)")
            #expect(answer.headers["Content-Type"] == "text/plain")
        }
    }

    // Reference, section 9: $top above max.
    @Test func `more than 999 is too much for the directory alone`() async throws {
        let graph = try await groups()
        try await #expect(graph.get("/groups", query: "$top=1000").isRefusal(400, .directoryBadRequest))
        try await #expect(graph.get("/groups", query: "$top=999").status == 200)
        for path in ["conversations", "threads"] {
            try await #expect(graph.get("\(graph.group)/\(path)", query: "$top=1000").status == 200)
        }
    }

    // Reference, section 9: Prefer: odata.maxpagesize=n.
    @Test func `a preferred page size limits the page and is confirmed`() async throws {
        let graph = try await groups()
        for (prefer, query, shown) in [
            ("odata.maxpagesize=2", "", 2), ("return=minimal, odata.maxpagesize=3", "", 3),
            ("odata.maxpagesize=2", "$top=1", 1),
            ("odata.maxpagesize=2", "$top=3", 2), ("odata.maxpagesize=5000", "", 4),
        ] {
            let answer = try await graph.send(.get, "/groups", query: query, headers: ["Prefer": prefer])
            #expect(answer.items.count == shown, "\(prefer) \(query)")
            #expect(answer.headers["Preference-Applied"]?.hasPrefix("odata.maxpagesize=") == true)
        }
        for prefer in ["odata.maxpagesize=0", "odata.maxpagesize=x", "return=minimal", ""] {
            let answer = try await graph.send(.get, "/groups", headers: ["Prefer": prefer])
            #expect(answer.items.count == 4 && answer.headers["Preference-Applied"] == nil)
        }
    }

    // MARK: $search

    @Test(arguments: [
        (#""displayName:sales""#, "2a"), (#""displayName:sal""#, "2a"), (#""displayName:ales""#, ""),
        (#""displayName:team west""#, "a"), (#""DisplayName:TEAM""#, "a"), (#""displayName:sales-team""#, "a"),
        ("guards", "bc"), ("GUARDS AND other", "c"), ("GUARDS AND sales", ""), (#""guards" OR "west""#, "abc"),
        (#"NOT "displayName:guards""#, "2a"),
        (#""displayName:guards" AND NOT "mailNickname:other""#, "b"), (#""mail:example""#, "2ac"),
        (#""description:x""#, ""),
        (#""displayName:sales" "displayName:west""#, "a"),
    ])
    func `groups are searched by the words of a property`(_ search: String, _ found: String) async throws {
        let graph = try await groups()
        let answer = try await graph.send(
            .get,
            "/groups",
            query: "$count=true&$search=\(PercentEncoding.encode(search))",
            headers: ["ConsistencyLevel": "eventual"]
        )
        #expect(answer.status == 200 && letters(answer) == found, "\(answer)")
        #expect(answer.json["@odata.count"] == .integer(Int64(found.count)))
    }

    @Test(arguments: [
        "", " ", "\"", "\"displayName:sales", "\"colour:red\"", "AND", "x AND", "NOT", "x OR NOT", "\"displayName:\"",
        "'",
        String(repeating: "x ", count: 51), String(repeating: "x", count: 5000),
    ])
    func `a search for nothing, or in nothing, is refused`(_ search: String) async throws {
        let graph = try await groups()
        let answer = try await graph.get("/groups", query: "$search=\(PercentEncoding.encode(search))")
        #expect(answer.isRefusal(400, .badRequest), "\(answer)")
    }

    @Test func `conversations and threads are searched by topic and posts, the newest first`() async throws {
        let graph = try await Fixture()
        let first = try await graph.converse("Quarterly report", "Numbers inside")
        try graph.clock.set("2026-02-01T00:00:00Z")
        let second = try await graph.converse("Lunch", "After the report")
        let reply = try await graph.reply(first.thread, "Pudding, too")
        for (search, expected) in [
            ("report", [first, second]), ("numbers", [first]), ("pudding", [first]), ("lunch after", [second]),
            ("absent", []),
        ] {
            let query = "$search=" + PercentEncoding.encode(search)
            let conversations = try await graph.get("\(graph.group)/conversations", query: query)
            #expect(Set(conversations.ids) == Set(expected.map(\.conversation)), "\(search)")
            try await #expect(Set(graph.get("\(graph.group)/threads", query: query).ids) == Set(expected.map(\.thread)))
        }
        let posts = "\(graph.group)/threads/\(first.thread)/posts"
        try await #expect(graph.get(posts, query: "$search=pudding").ids == [reply])
    }

    // MARK: $expand

    @Test func `conversations are given with threads, and those with posts`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("A")
        let reply = try await graph.reply(made.thread, by: graph.member)
        let expand = "threads($select=topic;$expand=posts($select=id;$expand=inReplyTo($select=id)))"
        let query = "$select=id&$expand=\(PercentEncoding.encode(expand))"
        let expected: JSONValue = [
            "id": .string(made.thread), "topic": "A",
            "posts": [
                ["id": .string(made.post), "inReplyTo": nil],
                ["id": .string(reply), "inReplyTo": ["id": .string(made.post)]],
            ],
        ]
        let list = try await graph.get("\(graph.group)/conversations", query: query)
        let one = try await graph.get("\(graph.group)/conversations/\(made.conversation)", query: query)
        for conversation in [list.items[0], one.json] {
            #expect(withoutTags(conversation["threads"]?[0] ?? nil) == expected, "\(list)")
        }
    }

    @Test func `threads are given with their posts, with a link to those that are left`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("A")
        var posts = [made.post]
        for _ in 0..<4 { posts.append(try await graph.reply(made.thread)) }
        let query = "$expand=" + PercentEncoding.encode("posts($top=2;$orderby=receivedDateTime desc;$count=true)")
        for path in ["\(graph.group)/threads", "\(graph.group)/conversations/\(made.conversation)/threads"] {
            let thread = try await graph.get(path, query: query).items[0]
            #expect(thread["posts"]?.elements?.compactMap { $0["id"]?.string } == Array(posts.reversed().prefix(2)))
            #expect(thread["posts@odata.count"] == 5)
            let link = try #require(thread["posts@odata.nextLink"]?.string?.dropFirst(Fixture.root.count))
            let parts = link.split(separator: "?", maxSplits: 1).map(String.init)
            let rest = try await walk(graph, parts[0], parts[1])
            #expect(rest == Array(posts.reversed().dropFirst(2)))
        }
        let one = try await graph.get("\(graph.group)/threads/\(made.thread)", query: "$expand=posts")
        #expect(one.json["posts"]?.elements?.count == 5 && one.json["posts@odata.nextLink"] == nil)
        let some = try await graph.get(
            "\(graph.group)/threads/\(made.thread)",
            query: "$expand=" + PercentEncoding.encode("posts($filter=id eq '\(posts[3])')")
        )
        #expect(some.json["posts"]?.elements?.count == 1)
    }

    @Test func `posts are given with attachments, the post they answer, and extended properties`() async throws {
        let graph = try await Fixture()
        let id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"
        let made = try await graph.converse(
            post:
                #""attachments":[{"name":"a","contentBytes":"YQ=="}],"singleValueExtendedProperties":[{"id":"\#(id)","value":"Green"}]"#
        )
        let reply = try await graph.reply(made.thread)
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        let all =
            "attachments($select=name),inReplyTo($expand=attachments),singleValueExtendedProperties($filter=id eq '\(id)' or id eq 'x')"
        let list = try await graph.get(posts, query: "$expand=" + PercentEncoding.encode(all))
        #expect(list.ids == [made.post, reply])
        #expect(list.items[0]["attachments"]?[0]?.names == ["@odata.type", "id", "name"])
        #expect(list.items[0]["inReplyTo"] == .null)
        #expect(list.items[0]["singleValueExtendedProperties"] == [["id": .string(id), "value": "Green"]])
        #expect(list.items[1]["inReplyTo"]?["id"] == .string(made.post))
        #expect(list.items[1]["inReplyTo"]?["attachments"]?[0]?["contentBytes"] == "YQ==")
        let one = try await graph.get("\(posts)/\(reply)", query: "$expand=inReplyTo")
        #expect(one.json["inReplyTo"]?["id"] == .string(made.post))
    }

    @Test(arguments: [
        "owners", "posts(", "posts)", "posts($top=1", "posts($colour=1)", "posts,posts", "posts($expand=threads)",
        "posts()x",
        "posts($expand=inReplyTo($expand=inReplyTo($expand=inReplyTo($expand=inReplyTo))))",
        "posts($expand=singleValueExtendedProperties)",
        "posts($expand=singleValueExtendedProperties($filter=value eq 'x'))",
        ",", "posts('", "((((((((((((((((((", "posts($skiptoken=x)",
    ])
    func `an expansion that cannot be is refused`(_ expand: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for _ in 0..<5 { _ = try await graph.reply(made.thread) }
        let answer = try await graph.get("\(graph.group)/threads", query: "$expand=\(PercentEncoding.encode(expand))")
        #expect(answer.isRefusal(400, .expandNotSupported), "\(answer)")
    }

    private func withoutTags(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(members.filter { $0.key != "@odata.etag" }.mapValues(withoutTags))
        case .array(let elements): .array(elements.map(withoutTags))
        default: value
        }
    }
}
