import EmbeddedGraph
import GraphModel
import Testing

// Reference, sections 3.3, 4.1 (extensions) and 8.
@Suite struct ExtensionTests {
    private static let estimate = """
        "extensions":[{"@odata.type":"microsoft.graph.openTypeExtension","extensionName":"Com.Contoso.Estimate",\
        "companyName":"Contoso","value":1.5,"expires":true,"tags":["a",2,null]}]
        """
    private static let type: JSONValue = "#microsoft.graph.openTypeExtension"

    private func path(_ graph: Fixture, _ made: Fixture.Made) -> String {
        "\(graph.group)/threads/\(made.thread)/posts/\(made.post)"
    }

    // MARK: Open extensions

    @Test func `an extension made with its post is read by any of its names`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: Self.estimate)
        let path = path(graph, made)
        let expected: JSONValue = [
            "@odata.context":
                "\(graph.context)/threads('\(made.thread)')/posts('\(made.post)')/extensions/$entity",
            "@odata.type": Self.type, "id": "microsoft.graph.openTypeExtension.Com.Contoso.Estimate",
            "extensionName": "Com.Contoso.Estimate", "companyName": "Contoso", "value": .number(1.5), "expires": true,
            "tags": ["a", 2, nil],
        ]
        for name in [
            "Com.Contoso.Estimate", "com.contoso.estimate",
            "microsoft.graph.openTypeExtension.Com.Contoso.Estimate",
            "Microsoft.OutlookServices.OpenTypeExtension.com.contoso.ESTIMATE",
        ] {
            let answer = try await graph.get("\(path)/extensions/\(name)")
            #expect(answer.status == 200 && answer.json == expected)
        }
        try await #expect(graph.get("\(path)/extensions('Com.Contoso.Estimate')").json == expected)
        try await #expect(graph.get("\(path)/extensions/com.contoso.other").isRefusal(404, .itemNotFound))
        let list = try await graph.get("\(path)/extensions")
        #expect(list.items.count == 1 && list.items[0]["extensionName"] == "Com.Contoso.Estimate")
        try await #expect(graph.get(path).json["extensions"] == nil)
    }

    @Test func `an extension is made on a post that is there, changed and deleted`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = path(graph, made) + "/extensions"
        let body =
            ##"{"@odata.type":"#microsoft.graph.openTypeExtension","ExtensionName":"com.contoso.a","x":1,"y":"z"}"##
        let created = try await graph.send(.post, path, body)
        #expect(created.status == 201 && created.json["x"] == 1)
        #expect(created.headers["Location"] == "\(Fixture.root)\(path)/com.contoso.a")
        try await #expect(graph.send(.post, path, body).isRefusal(409, .itemExists))
        let changed = try await graph.send(.patch, path + "/Com.Contoso.A", #"{"x":null,"w":[true]}"#)
        #expect(changed.status == 200)
        let read = try await graph.get(path + "/com.contoso.a").json
        #expect(read["x"] == nil && read["y"] == "z" && read["w"] == [true])
        try await #expect(graph.send(.delete, path + "/com.contoso.a").status == 204)
        try await #expect(graph.send(.delete, path + "/com.contoso.a").isRefusal(404, .itemNotFound))
        try await #expect(graph.get(path).items.isEmpty)
    }

    @Test func `a reply carries extensions as well, in Pascal case`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let reply = try await graph.reply(
            made.thread,
            post:
                #""Extensions":[{"@odata.type":"Microsoft.OutlookServices.OpenTypeExtension","ExtensionName":"a.b","C":1}]"#
        )
        let read = try await graph.get("\(graph.group)/threads/\(made.thread)/posts/\(reply)/extensions/a.b")
        #expect(read.json["C"] == 1)
    }

    @Test(arguments: [
        (#"{"x":1}"#, "extensionName"), (#"{"extensionName":""}"#, "extensionName"),
        (#"{"extensionName":"a/b"}"#, "extensionName"), (#"{"extensionName":"a.b","x":{"y":1}}"#, "array of these"),
        (#"{"extensionName":"a.b","x":[[1]]}"#, "array of these"),
        (#"{"extensionName":"a.b","x":[{}]}"#, "array of these"),
        (#"{"extensionName":"a.b","@odata.type":"microsoft.graph.post"}"#, "opentypeextension"),
    ])
    func `what is no extension is refused`(_ body: String, _ word: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let answer = try await graph.send(.post, path(graph, made) + "/extensions", body)
        #expect(answer.isRefusal(400, .badRequest) && answer.message.contains(word))
    }

    @Test func `reserved members are no data`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let body = ##"{"extensionName":"a.b","id":"x","@odata.context":"y","n@odata.type":"#Int64","n":5}"##
        let answer = try await graph.send(.post, path(graph, made) + "/extensions", body)
        #expect(answer.status == 201)
        #expect(answer.json.names == ["@odata.context", "@odata.type", "id", "extensionName", "n"])
        #expect(answer.json["id"] == "microsoft.graph.openTypeExtension.a.b")
    }

    @Test func `a post has 10 extensions at most, each of 8 KB`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = path(graph, made) + "/extensions"
        for number in 0..<10 {
            try await #expect(graph.send(.post, path, #"{"extensionName":"n\#(number)"}"#).status == 201)
        }
        try await #expect(graph.send(.post, path, #"{"extensionName":"n10"}"#).isRefusal(400, .invalidRequest))
        let large = String(repeating: "x", count: 8185)
        try await #expect(graph.send(.patch, path + "/n1", #"{"a":"\#(large)"}"#).isRefusal(413, .tooLarge))
        try await #expect(graph.send(.patch, path + "/n1", #"{"a":"\#(large.dropLast(1))"}"#).status == 200)
        let eleven = (0...10).map { #"{"extensionName":"n\#($0)"}"# }.joined(separator: ",")
        let body = #"{"topic":"T","threads":[{"posts":[\#(Fixture.post("x", #""extensions":[\#(eleven)]"#))]}]}"#
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
        #expect(answer.status == 400 && answer.target?.hasPrefix("/threads/0/posts/0/extensions") == true)
    }

    @Test func `posts are found by their extensions, which are expanded on request`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: Self.estimate)
        _ = try await graph.reply(made.thread, post: #""extensions":[{"extensionName":"com.contoso.other"}]"#)
        let posts = "\(graph.group)/threads/\(made.thread)/posts"
        let query = """
            $filter=Extensions/any(f:f/id eq 'com.contoso.estimate')&$expand=Extensions($filter=id eq 'Com.Contoso.Estimate')
            """
        let found = try await graph.get(posts, query: query.replacing(" ", with: "%20"))
        #expect(found.ids == [made.post])
        #expect(found.items[0]["extensions"]?[0]?["companyName"] == "Contoso")
        let all = try await graph.get(posts, query: "$expand=extensions")
        #expect(all.items.map { $0["extensions"]?.elements?.count } == [1, 1])
        let none = try await graph.get(posts, query: "$expand=extensions($filter=id%20eq%20'x')")
        #expect(none.items.allSatisfy { $0["extensions"] == [] })
    }

    @Test func `extensions go with their post`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse(post: Self.estimate)
        _ = try await graph.send(.delete, "\(graph.group)/conversations/\(made.conversation)")
        try await #expect(graph.get(path(graph, made) + "/extensions").isRefusal(404, .itemNotFound))
    }

    // MARK: Extended properties

    private static let guid = "{66f5a359-4659-4830-9070-00047ec6ac6e}"

    @Test func `properties with several values are expanded by their id alone`() async throws {
        let graph = try await Fixture()
        let id = "StringArray \(Self.guid) Name Palette"
        let made = try await graph.converse(
            post: #""multiValueExtendedProperties":[{"id":"\#(id)","value":["Green","Aqua"]}]"#
        )
        let path = path(graph, made)
        func expand(_ id: String) async throws -> JSONValue? {
            let option = PercentEncoding.encode("multiValueExtendedProperties($filter=id eq '\(id)')")
            return try await graph.get(path, query: "$expand=\(option)").json["multiValueExtendedProperties"]
        }
        try await #expect(expand(id) == [["id": .string(id), "value": ["Green", "Aqua"]]])
        try await #expect(expand("stringarray \(Self.guid.uppercased()) name Palette") != [])
        try await #expect(expand("StringArray \(Self.guid) Name palette") == [])
        try await #expect(graph.get(path).json["multiValueExtendedProperties"] == nil)
        let bare = try await graph.get(path, query: "$expand=multiValueExtendedProperties")
        #expect(bare.isRefusal(400, .expandNotSupported))
    }

    @Test(arguments: [
        "String", "Integer", "Binary", "Boolean", "Double", "Float", "Long", "Short", "SystemTime", "CLSID", "Currency",
        "ApplicationTime",
    ])
    func `every type of MAPI is accepted, alone and as an array, in each form of an id`(_ type: String) async throws {
        let graph = try await Fixture()
        for form in ["\(Self.guid) Name A b", "\(Self.guid) Id 0x8001", "proptag 0x0037", "{proptag 0x0037}"] {
            for (member, id, value) in [
                ("singleValueExtendedProperties", "\(type) \(form)", #""1""#),
                ("multiValueExtendedProperties", "\(type)Array \(form)", #"["1"]"#),
            ] {
                let made = try await graph.converse(post: #""\#(member)":[{"id":"\#(id)","value":\#(value)}]"#)
                let option = PercentEncoding.encode("\(member)($filter=id eq '\(id)')")
                let read = try await graph.get(path(graph, made), query: "$expand=\(option)")
                #expect(read.json[member]?[0]?["id"] == .string(id))
            }
        }
    }

    @Test(arguments: [
        "", "x", "Text {66f5a359-4659-4830-9070-00047ec6ac6e} Name A", "String {66f5a359} Name A",
        "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name ", "String {66f5a359-4659-4830-9070-00047ec6ac6e} Id A",
        "String proptag 37", "StringArray {66f5a359-4659-4830-9070-00047ec6ac6e} Name A",
    ])
    func `an id of another form is refused`(_ id: String) async throws {
        let graph = try await Fixture()
        let post = Fixture.post("x", #""singleValueExtendedProperties":[{"id":"\#(id)","value":"v"}]"#)
        let answer = try await graph.send(
            .post,
            "\(graph.group)/conversations",
            #"{"topic":"T","threads":[{"posts":[\#(post)]}]}"#
        )
        #expect(answer.isRefusal(400, .badRequest))
        #expect(answer.target == "/threads/0/posts/0/singleValueExtendedProperties/0")
    }
}
