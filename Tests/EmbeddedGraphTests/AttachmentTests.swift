import GraphModel
import Testing

@Suite struct AttachmentTests {
    private let file = ##"{"@odata.type":"#microsoft.graph.fileAttachment","name":"f.txt","contentBytes":"aGVsbG8="}"##

    private func attach(_ graph: Fixture, _ attachments: String...) async throws -> (path: String, made: Fixture.Made) {
        let made = try await graph.converse(post: #""attachments":[\#(attachments.joined(separator: ","))]"#)
        return ("\(graph.group)/threads/\(made.thread)/posts/\(made.post)", made)
    }

    // Reference, section 4.1: GET T/posts/{p}/attachments and GET …/attachments/{a}; section 5.7.
    @Test func `a file is listed and read with its bytes, its size and the type that its name suggests`() async throws {
        let graph = try await Fixture()
        let (path, made) = try await attach(graph, file)
        let list = try await graph.get("\(path)/attachments")
        let id = try #require(list.ids.first)
        #expect(list.status == 200 && id.hasPrefix("A") && id.count == 23)
        let shape: JSONValue = [
            "@odata.type": "#microsoft.graph.fileAttachment", "id": "\(id)",
            "lastModifiedDateTime": "2026-01-15T08:30:00Z", "name": "f.txt", "contentType": "text/plain", "size": 5,
            "isInline": false, "contentId": nil, "contentLocation": nil, "contentBytes": "aGVsbG8=",
        ]
        let context = "\(graph.context)/threads('\(made.thread)')/posts('\(made.post)')/attachments"
        #expect(list.json == ["@odata.context": "\(context)", "value": [shape]])
        let one = try await graph.get("\(path)/attachments/\(id)")
        #expect(one.json["@odata.context"] == "\(context)/$entity")
        #expect(shape.names.allSatisfy { one.json[$0] == shape[$0] })
        let expanded = try await graph.get(path, query: "$expand=attachments")
        #expect(expanded.json["attachments"] == [shape] && expanded.json["hasAttachments"] == true)
        let posts = try await graph.get("\(graph.group)/threads/\(made.thread)/posts", query: "$expand=Attachments")
        #expect(posts.items[0]["attachments"] == [shape])
    }

    @Test func `attachments keep the order in which they were sent`() async throws {
        let graph = try await Fixture()
        let names = (0..<12).map { "\($0).bin" }.shuffled()
        let made = try await graph.converse(
            post: #""attachments":[\#(names.map { #"{"name":"\#($0)","contentBytes":""}"# }.joined(separator: ","))]"#
        )
        let list = try await graph.get("\(graph.group)/threads/\(made.thread)/posts/\(made.post)/attachments")
        #expect(list.items.map { $0["name"]?.string } == names)
        #expect(list.items.allSatisfy { $0["size"] == 0 && $0["contentType"] == "application/octet-stream" })
    }

    @Test func `a picture inside the body does not count as an attachment`() async throws {
        let graph = try await Fixture()
        let picture = #"{"name":"p.png","isInline":true,"contentId":"p1","contentBytes":"iVBORw=="}"#
        let (path, made) = try await attach(graph, picture)
        let list = try await graph.get("\(path)/attachments")
        #expect(list.items[0]["isInline"] == true && list.items[0]["contentId"] == "p1")
        #expect(list.items[0]["contentType"] == "image/png")
        for read in [
            path, "\(graph.group)/threads/\(made.thread)", "\(graph.group)/conversations/\(made.conversation)",
        ] {
            try await #expect(graph.get(read).json["hasAttachments"] == false)
        }
    }

    @Test(arguments: [
        "microsoft.graph.fileAttachment", "#Microsoft.OutlookServices.FileAttachment",
        "#Microsoft.Graph.fileattachment",
    ])
    func `every spelling of a type is taken, one is given`(_ type: String) async throws {
        let graph = try await Fixture()
        let (path, _) = try await attach(graph, #"{"@odata.type":"\#(type)","Name":"a.csv","ContentBytes":"YQ=="}"#)
        let list = try await graph.get("\(path)/attachments")
        #expect(list.items[0]["@odata.type"] == "#microsoft.graph.fileAttachment")
        #expect(list.items[0]["contentType"] == "text/csv")
    }

    @Test func `base64 may be folded or of the URL's alphabet, and comes back standard`() async throws {
        let graph = try await Fixture()
        let (path, _) = try await attach(
            graph,
            #"{"name":"a","contentBytes":"aGVs\r\nbG8="}"#,
            #"{"name":"b","contentBytes":"-_8"}"#
        )
        let list = try await graph.get("\(path)/attachments")
        #expect(list.items.map { $0["contentBytes"] } == ["aGVsbG8=", "+/8="])
        #expect(list.items.map { $0["size"] } == [5, 2])
    }

    @Test func `items and references keep the members of their own`() async throws {
        let graph = try await Fixture()
        let (path, _) = try await attach(
            graph,
            #"{"@odata.type":"microsoft.graph.itemAttachment","name":"E","item":{"@odata.type":"microsoft.graph.event","subject":"Hi"}}"#,
            #"{"name":"R","sourceUrl":"https://example.com/r","providerType":"oneDriveConsumer","permission":"Edit"}"#
        )
        let list = try await graph.get("\(path)/attachments")
        #expect(
            list.items.map { $0["@odata.type"] } == [
                "#microsoft.graph.itemAttachment", "#microsoft.graph.referenceAttachment",
            ]
        )
        #expect(list.items[0]["item"] == ["@odata.type": "microsoft.graph.event", "subject": "Hi"])
        #expect(list.items[0]["contentBytes"] == nil)
        #expect(list.items[1]["sourceUrl"] == "https://example.com/r" && list.items[1]["permission"] == "Edit")
    }

    @Test(arguments: [
        (#"{"name":"a"}"#, 0, ""), (#"{"contentBytes":"YQ=="}"#, 0, ""),
        (##"{"@odata.type":"#microsoft.graph.fileAttachment","name":"a"}"##, 0, ""),
        (#"{"@odata.type":"microsoft.graph.message","name":"a","contentBytes":"YQ=="}"#, 0, "/@odata.type"),
        (#"{"name":"a","contentBytes":"Y*=="}"#, 0, "/contentBytes"),
        (#"{"name":"a","contentBytes":"YQ==","isInline":"yes"}"#, 0, "/isInline"),
    ])
    func `an attachment that cannot be one is refused with its place`(
        _ attachment: String,
        _ index: Int,
        _ place: String
    ) async throws {
        let graph = try await Fixture()
        let post = Fixture.post("x", #""attachments":[\#(attachment)]"#)
        let answer = try await graph.send(.post, "\(graph.group)/threads", #"{"posts":[\#(post)]}"#)
        #expect(answer.status == 400)
        #expect(answer.target == "/posts/0/attachments/\(index)\(place)")
        try await #expect(graph.get("\(graph.group)/threads").items.isEmpty)
    }

    @Test func `an attachment is found only at its own post, and only by its own id`() async throws {
        let graph = try await Fixture()
        let (path, _) = try await attach(graph, file)
        let (other, made) = try await attach(graph, file)
        let id = try await graph.get("\(path)/attachments").ids[0]
        try await #expect(graph.get("\(other)/attachments/\(id)").isRefusal(404, .itemNotFound))
        try await #expect(graph.get("\(path)/attachments/\(made.post)").isRefusal(400, .invalidOperation))
        try await #expect(graph.get("\(path)/attachments/a.b").isRefusal(400, .malformedID))
        try await #expect(graph.send(.post, "\(path)/attachments", file).status == 405)
    }

    @Test func `the bytes stay away when other properties are selected`() async throws {
        let graph = try await Fixture()
        let (path, _) = try await attach(graph, file)
        let list = try await graph.get("\(path)/attachments", query: "$select=name,size")
        #expect(list.items[0].names == ["@odata.type", "id", "name", "size"])
        #expect(list.json["@odata.context"]?.string?.hasSuffix("/attachments(id,name,size)") == true)
        let id = try #require(list.ids.first)
        let one = try await graph.get("\(path)/attachments/\(id)", query: "$select=contentBytes")
        #expect(one.json.names == ["@odata.context", "@odata.type", "id", "contentBytes"])
        try await #expect(graph.get("\(path)/attachments", query: "$select=bytes").isRefusal(400, .badRequest))
    }
}
