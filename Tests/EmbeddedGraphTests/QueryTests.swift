import GraphModel
import Testing

@Suite struct QueryTests {
    // MARK: $select and $expand

    // Reference, section 9: $select; id always returned.
    @Test func `selected properties alone are shown, with the id, in any letter case`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for (path, query, names, context) in [
            ("/groups", "$select=displayName,Mail", ["id", "displayName", "mail"], "groups(displayName,id,mail)"),
            (
                "\(graph.group)/conversations", "$SELECT=topic", ["id", "topic"],
                "groups('\(Fixture.group)')/conversations(id,topic)"
            ),
            (
                "\(graph.group)/threads", "select=isLocked,%20preview", ["id", "isLocked", "preview"],
                "groups('\(Fixture.group)')/threads(id,isLocked,preview)"
            ),
            (
                "\(graph.group)/threads/\(made.thread)/posts", "$select=id,body", ["@odata.etag", "id", "body"],
                "groups('\(Fixture.group)')/threads('\(made.thread)')/posts(body,id)"
            ),
        ] {
            let list = try await graph.get(path, query: query)
            #expect(list.items[0].names == Set(names))
            #expect(list.json["@odata.context"] == "\(Fixture.root)/$metadata#\(context)")
            let one = try await graph.get("\(path)/\(list.ids[0])", query: query)
            #expect(one.json.names == Set(names + ["@odata.context"]))
            #expect(one.json["@odata.context"] == "\(Fixture.root)/$metadata#\(context)/$entity")
        }
    }

    // Reference, section 9: $select of an unknown property.
    @Test func `a property that the type has not cannot be selected`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for (path, type) in [
            ("/groups", "group"), ("\(graph.group)/conversations", "conversation"),
            ("\(graph.group)/threads/\(made.thread)", "conversationThread"),
            ("\(graph.group)/threads/\(made.thread)/posts", "post"),
        ] {
            let answer = try await graph.get(path, query: "$select=id,colour")
            #expect(answer.isRefusal(400, .badRequest))
            #expect(answer.message == "Could not find a property named 'colour' on type 'microsoft.graph.\(type)'.")
        }
    }

    // Reference, section 13.2: unsupported $expand.
    @Test func `what cannot be expanded is refused everywhere`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for path in [
            "/groups", graph.group, "\(graph.group)/conversations", "\(graph.group)/threads/\(made.thread)",
            "\(graph.group)/threads", "\(graph.group)/threads/\(made.thread)/posts",
            "\(graph.group)/threads/\(made.thread)/posts/\(made.post)",
        ] {
            try await #expect(graph.get(path, query: "$expand=owners").isRefusal(400, .expandNotSupported), "\(path)")
        }
    }

    // MARK: Wrong options

    // Reference, section 9: unknown $x option.
    @Test(arguments: [
        "$top=-1", "$top=x", "$top=", "$top=1.5", "$skip=-1", "$top=99999999999999999999", "$count=maybe",
        "$skiptoken=junk", "$skiptoken=1~a%27b", "$unheardOf=1", "$orderby=colour", "$search=", "$filter=",
        "$filter=topic", "$filter=topic%20has%20'x'", "$filter=topic%20eq%205", "$filter=colour%20eq%20'red'",
        "$filter=lastDeliveredDateTime%20ge%20'2026-01-01T00:00:00Z'", "$filter=hasAttachments%20eq%20maybe",
        "$filter=topic%20eq%20'x'%20xor%20topic%20eq%20'y'",
    ])
    func `an option that cannot be honoured is refused, not passed over`(_ query: String) async throws {
        let graph = try await Fixture()
        for path in ["conversations", "threads"] {
            let answer = try await graph.get("\(graph.group)/\(path)", query: query)
            #expect(answer.isRefusal(400, .badRequest), "\(path)")
        }
    }

    @Test func `names and values of options may be encoded, as some clients encode everything`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("A & B = C+D")
        let filter = PercentEncoding.encode("topic eq 'A & B = C+D'")
        let list = try await graph.get(
            "\(graph.group)/threads",
            query: "%24top=1&%24select=id%2Ctopic&%24filter=\(filter)"
        )
        #expect(list.ids == [made.thread] && list.items[0].names == ["id", "topic"])
    }

    // Reference, section 9: unknown option without $; section 18.3, row 13.
    @Test func `options of no meaning and formats are passed over`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let list = try await graph.get("\(graph.group)/threads", query: "$format=json&api-version=1&x&&=y")
        #expect(list.ids == [made.thread])
    }

    // MARK: $filter

    private func three() async throws -> Fixture {
        let graph = try await Fixture()
        try await graph.add(
            "aaaaaaaa-0e57-42dc-94c9-cd24f5306196",
            "O'Brien and Sons",
            nickname: "obrien",
            mail: "obrien@contoso.example"
        )
        try await graph.add("bbbbbbbb-0e57-42dc-94c9-cd24f5306196", "Guards", nickname: "guards", types: [])
        return graph
    }

    @Test(arguments: [
        ("displayName eq 'sales'", "2"), ("DisplayName Eq 'O''Brien and Sons'", "a"), ("mailNickname ne 'sales'", "ab"),
        ("startswith(displayName,'o''b')", "a"), ("StartsWith( displayName , '%' )", ""),
        ("groupTypes/any(c:c eq 'Unified')", "2a"), ("groupTypes/any(x:x eq 'Uni_ied')", ""),
        ("groupTypes/any(c:c eq 'Unified') and displayName eq 'Sales'", "2"), ("visibility eq 'Public'", "2ab"),
        ("id eq '29981B6A-0E57-42DC-94C9-CD24F5306196'", "2"), ("mail ne 'sales@contoso.example'", "ab"),
    ])
    func `groups are filtered by their properties`(_ filter: String, _ found: String) async throws {
        let graph = try await three()
        let list = try await graph.get("/groups", query: "$filter=\(PercentEncoding.encode(filter))")
        #expect(list.status == 200)
        #expect(list.ids.compactMap(\.first).map(String.init).joined() == found)
        let plus = try await graph.get("/groups", query: "$filter=\(filter.replacing(" ", with: "+"))&$count=true")
        #expect(plus.json["@odata.count"] == .integer(Int64(found.count)))
    }

    @Test func `conversations and threads are filtered by topic, attachments and time`() async throws {
        let graph = try await Fixture()
        let old = try await graph.converse("Old")
        try graph.clock.set("2026-02-01T00:00:00Z")
        let new = try await graph.converse("New", post: #""attachments":[{"name":"a","contentBytes":""}]"#)
        for (filter, expected) in [
            ("topic eq 'OLD'", old), ("hasAttachments eq true", new), ("hasAttachments ne true", old),
            ("lastDeliveredDateTime ge 2026-02-01T00:00:00Z", new),
            ("lastDeliveredDateTime lt 2026-02-01T01:00:00%2B01:00", old), ("startswith(topic,'N')", new),
        ] {
            let query = "$count=true&$filter=" + filter.replacing(" ", with: "%20")
            let conversations = try await graph.get("\(graph.group)/conversations", query: query)
            #expect(
                conversations.ids == [expected.conversation] && conversations.json["@odata.count"] == 1,
                "\(filter)"
            )
            let threads = try await graph.get("\(graph.group)/threads", query: query)
            #expect(threads.ids == [expected.thread] && threads.json["@odata.count"] == 1, "\(filter)")
        }
        _ = try await graph.send(.patch, "\(graph.group)/threads/\(old.thread)", #"{"isLocked":true}"#)
        try await #expect(graph.get("\(graph.group)/threads", query: "$filter=isLocked+eq+true").ids == [old.thread])
    }

    @Test func `attachments cannot be filtered, and say so`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)/attachments"
        try await #expect(graph.get(path, query: "$filter=id+eq+'x'").isRefusal(400, .badRequest))
    }
}
