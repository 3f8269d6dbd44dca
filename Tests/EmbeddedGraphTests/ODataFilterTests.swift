import GraphModel
import Testing

@Suite struct ODataFilterTests {
    private func find(_ graph: Fixture, _ path: String, _ filter: String) async throws -> Answer {
        try await graph.get(path, query: "$count=true&$filter=\(PercentEncoding.encode(filter))")
    }

    // MARK: Groups

    private func groups() async throws -> Fixture {
        let graph = try await Fixture()
        try await graph.add("aaaaaaaa-0e57-42dc-94c9-cd24f5306196", "O'Brien and Sons", nickname: "obrien")
        try await graph.add(
            "bbbbbbbb-0e57-42dc-94c9-cd24f5306196",
            "Guards",
            nickname: "guards",
            mail: "guards@contoso.example",
            types: ["Unified", "DynamicMembership"]
        )
        try await graph.add(
            "cccccccc-0e57-42dc-94c9-cd24f5306196",
            "100% Sales_Team",
            nickname: "team",
            mail: "team@example.com",
            types: []
        )
        return graph
    }

    // Reference, section 9: the $filter grammar.
    @Test(arguments: [
        // eq, ne, gt, ge, lt, le
        ("displayName eq 'SALES'", "2"), ("displayName ne 'Sales'", "abc"), ("displayName gt 'guards'", "2a"),
        ("displayName ge 'guards'", "2ab"), ("displayName lt 'Guards'", "c"), ("displayName le 'guards'", "bc"),
        ("'Guards' lt displayName", "2a"), ("mailEnabled eq true", "2abc"), ("securityEnabled", ""),
        ("createdDateTime ge 2026-01-15T08:30:00Z", "2abc"), ("createdDateTime lt 2026-01-15T09:30:00+01:00", ""),
        // and, or, not, parentheses
        ("displayName eq 'Sales' or displayName eq 'Guards' and mail eq null", "2"),
        ("(displayName eq 'Sales' or displayName eq 'Guards') and mail ne null", "2b"),
        ("not (displayName eq 'Sales' or displayName eq 'Guards')", "ac"), ("not not mailEnabled", "2abc"),
        ("not startswith(mail,'s')", "abc"), ("NOT(Mail EQ null)", "2bc"),
        // in
        ("displayName in ('sales','guards')", "2b"), ("not (mail in ('sales@contoso.example'))", "abc"),
        ("id in ('29981B6A-0E57-42DC-94C9-CD24F5306196', bbbbbbbb-0e57-42dc-94c9-cd24f5306196)", "2b"),
        // startswith, endswith, contains, tolower
        ("startswith(displayName,'100% sALES_')", "c"), ("startswith(displayName,'100_')", ""),
        ("startswith(displayName,'%\u{301}s')", ""), ("startswith(displayName,'\\')", ""),
        ("startswith(displayName,'')", "2abc"),
        ("startswith(displayName,'\(String(repeating: "s", count: 30_000))')", ""),
        ("startswith(displayName,'o''b')", "a"), ("endswith(displayName,'S')", "2ab"),
        ("endswith(displayName,'longer than the name of any group')", ""), ("endsWith(displayName,'')", "2abc"),
        ("contains(displayName,'sales')", "2c"), ("contains(displayName,'%')", "c"), ("contains(displayName,'_')", "c"),
        ("contains(tolower(displayName),'brien') eq true", "a"), ("startswith(displayName,'o') eq false", "2bc"),
        ("tolower(displayName) eq 'sales'", "2"),
        // null
        ("mail eq null", "a"), ("mail ne null", "2bc"), ("description eq null", "2abc"), ("mail lt 'zz'", "2bc"),
        ("not (mail lt 'zz')", "a"), ("mail ne 'team@example.com'", "2ab"),
        // any, all
        ("groupTypes/any(c:c eq 'Unified')", "2ab"), ("groupTypes/any(c:c eq 'unified') eq false", "c"),
        ("groupTypes/all(c:c eq 'Unified')", "2ac"), ("groupTypes/any()", "2ab"), ("not groupTypes/any()", "c"),
        ("NOT groupTypes/any(c:startswith(c,'Dyn'))", "2ac"),
        ("groupTypes/any(c:c eq 'DynamicMembership' or c eq 'x') and mail ne null", "b"),
        ("groupTypes/any(c:c eq 'Unified' and id eq '29981b6a-0e57-42dc-94c9-cd24f5306196')", "2"),
        ("id eq 29981b6a-0e57-42dc-94c9-cd24f5306196", "2"),
    ])
    func `every operator of the grammar finds the groups it says`(_ filter: String, _ found: String) async throws {
        let graph = try await groups()
        let answer = try await find(graph, "/groups", filter)
        #expect(answer.status == 200, "\(answer)")
        #expect(answer.ids.compactMap(\.first).map(String.init).joined() == found)
        #expect(answer.json["@odata.count"] == .integer(Int64(found.count)))
    }

    // Reference, section 13.2: bad filter.
    @Test(arguments: [
        ("", 1), ("displayName", 1), ("displayName eq", 15), ("displayName eq 'x", 16), ("displayName eq 'x' and", 23),
        ("displayName is 'x'", 13), ("displayName eq 'x' 'y'", 20), ("(mailEnabled", 13), ("mailEnabled)", 12),
        ("colour eq 'red'", 1), ("mailEnabled and colour eq 'red'", 17), ("length(displayName) eq 3", 1),
        ("startswith(displayName)", 23), ("startswith(displayName,3)", 24), ("contains(mailEnabled,'x')", 10),
        ("groupTypes eq 'Unified'", 1), ("groupTypes/any(c:d eq 'x')", 18), ("displayName/any(c:c eq 'x')", 1),
        ("groupTypes/any(c:groupTypes/any(d:d eq 'x'))", 18), ("displayName eq 3", 1), ("displayName gt null", 1),
        ("mailEnabled gt true", 1), ("id eq 5", 1), ("createdDateTime eq 2026-13-01T00:00:00Z", 20),
        ("displayName in ()", 17), ("displayName in ('a',", 21), ("displayName eq \"x\"", 16), ("'a' eq 'b'", 8),
        ("cast(displayName,Edm.Guid) eq 3", 18), ("groupTypes/all()", 16), ("displayName eq 'a' ; DROP", 20),
        ("displayName eq 99999999999999999999", 16), ("/any(c:c eq 'x')", 1), ("groupTypes/any(c:)", 18),
    ])
    func `a filter that is none is refused with the position of its fault`(_ filter: String, _ at: Int) async throws {
        let graph = try await groups()
        let answer = try await find(graph, "/groups", filter)
        #expect(answer.isRefusal(400, .badRequest), "\(answer)")
        #expect(answer.message.hasPrefix("Invalid filter clause: "))
        #expect(answer.message.hasSuffix("(at position \(at))."), "\(answer.message)")
    }

    @Test func `depth, comparisons, values and length are limited, and the limits are usable`() async throws {
        let graph = try await groups()
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "mailEnabled" + String(repeating: ")", count: depth)
        }
        func chain(_ count: Int, _ word: String) -> String {
            (0..<count).map { "displayName ne '\($0)'" }.joined(separator: " \(word) ")
        }
        func alternating(_ depth: Int, _ inner: String) -> String {
            (0..<depth).reduce(inner) { "mailEnabled \($1.isMultiple(of: 2) ? "or" : "and") (\($0))" }
        }
        func values(_ count: Int) -> String {
            "displayName in (" + (0..<count).map { "'\($0)'" }.joined(separator: ",") + ",'sales')"
        }
        for filter in [
            nested(20), chain(100, "and"), chain(100, "or"), values(499), alternating(20, "mailEnabled"),
            alternating(19, "groupTypes/any(c:startswith(c,'x'))"), alternating(19, "groupTypes/all(c:c in ('x','y'))"),
            String(repeating: "not ", count: 20) + "mailEnabled",
        ] {
            try await #expect(find(graph, "/groups", filter).status == 200, "\(filter.prefix(60))")
        }
        for filter in [
            nested(21), nested(5000), chain(101, "and"), values(500),
            String(repeating: "not ", count: 4000) + "mailEnabled",
            "displayName eq '" + String(repeating: "x", count: 65_536) + "'", "displayName eq 'a\u{0}b'",
        ] {
            try await #expect(find(graph, "/groups", filter).isRefusal(400, .badRequest), "\(filter.prefix(60))")
        }
    }

    // MARK: Conversations, threads, posts

    @Test func `conversations and threads are filtered by what the section lists`() async throws {
        let graph = try await Fixture()
        let old = try await graph.converse("Old", "First words")
        try graph.clock.set("2026-02-01T00:00:00Z")
        let new = try await graph.converse(
            "New",
            "Second",
            by: graph.member,
            post: #""attachments":[{"name":"a","contentBytes":""}]"#
        )
        for (filter, expected) in [
            ("topic eq 'OLD'", old), ("preview eq 'first words'", old), ("preview ne 'First words'", new),
            ("preview ge 'second'", new), ("preview le 'first words'", old), ("hasAttachments", new),
            ("hasAttachments ne true", old), ("lastDeliveredDateTime ge 2026-02-01T00:00:00Z", new),
            ("lastDeliveredDateTime lt 2026-02-01T01:00:00+01:00", old),
            ("uniqueSenders/any(s:s eq 'Megan Bowen')", new), ("uniqueSenders/all(s:startswith(s,'Adele'))", old),
            ("uniqueSenders/any(s:s eq 'Megan Bowen' and topic eq 'New')", new),
        ] {
            for (path, id) in [("conversations", expected.conversation), ("threads", expected.thread)] {
                let answer = try await find(graph, "\(graph.group)/\(path)", filter)
                #expect(answer.ids == [id] && answer.json["@odata.count"] == 1, "\(path) \(filter): \(answer)")
            }
        }
        _ = try await graph.send(.patch, "\(graph.group)/threads/\(old.thread)", #"{"isLocked":true}"#)
        try await #expect(find(graph, "\(graph.group)/threads", "isLocked").ids == [old.thread])
        try await #expect(
            find(graph, "\(graph.group)/threads", "id in ('\(new.thread)')").ids == [new.thread]
        )
        try await #expect(
            find(graph, "\(graph.group)/conversations", "id eq '\(old.conversation)'").ids == [old.conversation]
        )
    }

    @Test func `posts are filtered by sender, time, attachments and id`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        try graph.clock.set("2026-02-01T00:00:00Z")
        let reply = try await graph.reply(made.thread, by: graph.member)
        let path = "\(graph.group)/threads/\(made.thread)/posts"
        for (filter, expected) in [
            ("from/emailAddress/address eq 'MEGAN@contoso.example'", reply),
            ("contains(sender/emailAddress/name,'adele')", made.post),
            ("receivedDateTime ge 2026-02-01T00:00:00Z", reply), ("createdDateTime lt 2026-02-01T00:00:00Z", made.post),
            ("not hasAttachments and id ne '\(reply)'", made.post),
        ] {
            try await #expect(find(graph, path, filter).ids == [expected], "\(filter)")
        }
    }

    @Test func `posts are found by their extended properties, and so are threads and conversations`() async throws {
        let graph = try await Fixture()
        let color = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"
        let number = "Integer {66f5a359-4659-4830-9070-00047ec6ac6e} Id 0x8001"
        func tagged(_ hue: String, _ count: String) -> String {
            #""singleValueExtendedProperties":[{"id":"\#(color)","value":"\#(hue)"},{"id":"\#(number)","value":"\#(count)"}]"#
        }
        let green = try await graph.converse("A", post: tagged("Green", "9"))
        let red = try await graph.converse("B", post: tagged("Red", "10"))
        let plain = try await graph.converse("C")
        func any(_ body: String) -> String { "singleValueExtendedProperties/Any(ep: \(body))" }
        for (filter, expected) in [
            (any("ep/id eq '\(color)' and ep/value eq 'green'"), green),
            (any("ep/id eq 'STRING {66F5A359-4659-4830-9070-00047EC6AC6E} name Color' and ep/value eq 'Green'"), green),
            (any("ep/id eq '\(color)' and ep/value ne 'Green'"), red),
            (any("ep/id eq '\(color)' and contains(ep/value,'EE')"), green),
            (any("ep/id eq '\(color)' and startswith(ep/value,'r')"), red),
            (any("ep/id eq '\(number)' and cast(ep/value, Edm.Int32) gt 9"), red),
            (any("ep/id eq '\(number)' and cast(ep/value, Edm.Int32) eq 9"), green),
            (any("ep/id eq '\(number)' and cast(ep/value, Edm.Int32) le 9"), green),
            ("not singleValueExtendedProperties/any()", plain),
        ] {
            try await #expect(find(graph, "\(graph.group)/threads", filter).ids == [expected.thread], "\(filter)")
            try await #expect(
                find(graph, "\(graph.group)/conversations", filter).ids == [expected.conversation],
                "\(filter)"
            )
            for made in [green, red, plain] {
                let posts = try await find(graph, "\(graph.group)/threads/\(made.thread)/posts", filter)
                #expect(posts.ids == (made.post == expected.post ? [made.post] : []), "\(filter)")
            }
        }
        // Names keep their letter case, and a text is no number.
        for filter in [
            any("ep/id eq '\(color.replacing("Color", with: "color"))'"),
            any("ep/id eq '\(color)' and cast(ep/value, Edm.Int32) lt 5"),
        ] {
            try await #expect(find(graph, "\(graph.group)/threads", filter).ids.isEmpty, "\(filter)")
        }
    }

    // Reference, section 13.2: bad filter, restricted property.
    @Test func `a property by which nothing can be found is restricted`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for (path, filter) in [
            ("threads", "toRecipients/any(r:r eq 'x')"), ("threads", "posts/any()"), ("conversations", "threads/any()"),
            ("threads/\(made.thread)/posts", "body/content eq 'x'"),
            ("threads/\(made.thread)/posts", "changeKey eq 'x'"),
        ] {
            let answer = try await find(graph, "\(graph.group)/\(path)", filter)
            #expect(answer.status == 400 && answer.response.error?.code == "ErrorInvalidRestriction", "\(answer)")
            #expect(answer.message.hasPrefix("The property can not be used with this type of restriction"))
        }
    }

    // MARK: Anything

    @Test func `whatever the filter is, it is answered with 200 or refused with 400`() async throws {
        let graph = try await groups()
        let made = try await graph.converse()
        var random = SeededRandom(seed: 20_260_115)
        let pieces = [
            "displayName", "groupTypes", "mailEnabled", "topic", "hasAttachments", "lastDeliveredDateTime",
            "uniqueSenders", "singleValueExtendedProperties", "from/emailAddress/address", "createdDateTime", "id",
            "mail",
            "/any(", "/all(", "c:", "c", "c/id", "ep:", "ep/value", "cast(", ",Edm.Int32)", "tolower(", "startswith(",
            "contains(", "endswith(", "'", "''", "'x'", "'Unified'", " eq ", " ne ", " gt ", " le ", " in ", " and ",
            " or ", "not ", "(", ")", ",", " ", "5", "-5", "null", "true", "false", "2026-01-15T08:30:00Z",
            "29981b6a-0e57-42dc-94c9-cd24f5306196", "?", "$1", "--", ";", "\"", "%", "\\", "é", "\u{0}", "x", "/", ":",
        ]
        let whole = [
            "displayName eq 'x'", "groupTypes/any(c:c eq 'Unified')", "not (mailEnabled)", "hasAttachments eq true",
            "topic in ('a','b')", "uniqueSenders/all(s:s ne 'x')", "contains(topic,'o')", "mail eq null",
            "singleValueExtendedProperties/any(ep:ep/id eq 'x' and cast(ep/value,Edm.Int32) gt 5)",
        ]
        let paths = [
            "/groups", "\(graph.group)/conversations", "\(graph.group)/threads",
            "\(graph.group)/threads/\(made.thread)/posts",
        ]
        var good = 0
        for round in 0..<2000 {
            var filter: String
            if round.isMultiple(of: 2) {
                filter = (0...Int.random(in: 0...14, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }
                .joined()
            } else {
                // A good filter with one place changed, or two joined.
                var text = Array((whole.randomElement(using: &random) ?? "").unicodeScalars)
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: text.remove(at: place)
                case 1: text.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").unicodeScalars, at: place)
                default:
                    text +=
                        Array(" or ".unicodeScalars) + Array((whole.randomElement(using: &random) ?? "").unicodeScalars)
                }
                filter = String(String.UnicodeScalarView(text))
            }
            let path = paths[round % paths.count]
            let answer = try await find(graph, path, filter)
            #expect([200, 400].contains(answer.status), "\(path) \(filter): \(answer)")
            if answer.status == 200 { good += 1 }
        }
        #expect(good > 50)
    }
}
