import GraphModel
import Testing

@Suite struct ThreadTests {
    private let members: Set<String> = [
        "id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview", "isLocked",
    ]

    // Reference, section 4.1: POST G/threads.
    @Test func `a thread in a group begins a conversation of its topic`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(
            .post,
            "\(graph.group)/threads",
            #"{"topic":"Lunch","posts":[\#(Fixture.post("Pizza?"))]}"#
        )
        let id = try answer.id()
        let post = try #require(answer.json["posts"]?[0]?["id"]?.string)
        #expect(answer.status == 201)
        #expect(answer.headers["Location"] == "\(Fixture.root)\(graph.group)/threads/\(id)")
        #expect(
            answer.json == [
                "@odata.context": "\(graph.context)/threads/$entity", "id": "\(id)", "topic": "Lunch",
                "hasAttachments": false, "lastDeliveredDateTime": "2026-01-15T08:30:00Z",
                "uniqueSenders": ["Adele Vance"], "preview": "Pizza?", "isLocked": false, "posts": [["id": "\(post)"]],
            ]
        )
        let conversations = try await graph.get("\(graph.group)/conversations")
        #expect(conversations.items.count == 1 && conversations.items[0]["topic"] == "Lunch")
        #expect(conversations.items[0]["preview"] == "Pizza?")
        let threads = try await graph.get("\(graph.group)/conversations/\(conversations.ids[0])/threads")
        #expect(threads.ids == [id])
        #expect(threads.json["@odata.context"] == "\(graph.context)/conversations('\(conversations.ids[0])')/threads")
    }

    // Reference, section 4.1: GET G/threads, GET G/conversations/{c}/threads and GET T.
    @Test func `lists and single threads show the same properties`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let list = try await graph.get("\(graph.group)/threads")
        #expect(list.json["@odata.context"] == "\(graph.context)/threads")
        #expect(list.items[0].names == members)
        for path in ["threads/\(made.thread)", "conversations/\(made.conversation)/threads/\(made.thread)"] {
            let one = try await graph.get("\(graph.group)/\(path)")
            #expect(one.status == 200 && one.json.names == members.union(["@odata.context"]))
            #expect(one.json["@odata.context"] == "\(graph.context)/threads/$entity")
            #expect(members.allSatisfy { one.json[$0] == list.items[0][$0] })
        }
    }

    // Reference, section 4.1: POST G/conversations/{c}/threads.
    @Test func `a thread in a conversation takes its topic and brings it up to date`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("Plan", "One")
        try graph.clock.set("2026-01-15T09:00:00Z")
        let path = "\(graph.group)/conversations/\(made.conversation)"
        let post = Fixture.post("Two", #""attachments":[{"name":"a.txt","contentBytes":"YQ=="}]"#)
        let body = #"{"topic":"Another","posts":[\#(post)]}"#
        let answer = try await graph.send(.post, "\(path)/threads", body, by: graph.member)
        #expect(answer.status == 201 && answer.json["topic"] == "Plan" && answer.json["hasAttachments"] == true)
        #expect(answer.json["uniqueSenders"] == ["Megan Bowen"])
        try await #expect(graph.get("\(path)/threads").ids == [answer.id(), made.thread])
        let conversation = try await graph.get(path)
        #expect(conversation.json["preview"] == "Two" && conversation.json["hasAttachments"] == true)
        #expect(conversation.json["uniqueSenders"] == ["Adele Vance", "Megan Bowen"])
        #expect(conversation.json["lastDeliveredDateTime"] == "2026-01-15T09:00:00Z")
    }

    // Reference, section 2.2, what goes in `threads/{id}`.
    @Test func `a conversation's id stands for its first thread`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        // Even if the clock has gone back since.
        try graph.clock.set("2026-01-15T08:00:00Z")
        _ = try await graph.send(
            .post,
            "\(graph.group)/conversations/\(made.conversation)/threads",
            #"{"posts":[\#(Fixture.post("x"))]}"#
        )
        let path = "\(graph.group)/threads/\(made.conversation)"
        try await #expect(graph.get(path).json["id"]?.string == made.thread)
        try await #expect(graph.get("\(path)/posts").ids == [made.post])
        let reply = try await graph.send(.post, "\(path)/reply", #"{"post":\#(Fixture.post("y"))}"#)
        #expect(reply.headers["Location"]?.contains("/threads/\(made.thread)/posts/") == true)
    }

    @Test func `a thread added after the clock went back is still its conversation's newest`() async throws {
        let graph = try await Fixture()
        let id = try await graph.send(.post, "\(graph.group)/conversations", #"{"topic":"T"}"#).id()
        try graph.clock.set("2026-01-15T08:00:00Z")
        let path = "\(graph.group)/conversations/\(id)"
        let thread = try await graph.send(.post, "\(path)/threads", #"{"posts":[\#(Fixture.post("Now"))]}"#)
        let conversation = try await graph.get(path)
        #expect(conversation.json["preview"] == "Now")
        let read = try await graph.get("\(graph.group)/threads/\(thread.id())")
        #expect(read.json["lastDeliveredDateTime"] == thread.json["lastDeliveredDateTime"])
        #expect(read.json["lastDeliveredDateTime"] == conversation.json["lastDeliveredDateTime"])
    }

    // Reference, section 3.2.
    @Test func `recipients are the group and whoever posts have brought in, when they are selected`() async throws {
        let graph = try await Fixture()
        func people(_ names: (String, String)...) -> String {
            let list = names.map { #"{"emailAddress":{"name":"\#($0.0)","address":"\#($0.1)"}}"# }
            return #""newParticipants":[\#(list.joined(separator: ","))]"#
        }
        let made = try await graph.converse(post: people(("Alex", "alex@contoso.example")))
        _ = try await graph.reply(
            made.thread,
            post: people(("ALEX", "Alex@Contoso.example"), ("Lee", "lee@contoso.example"))
        )
        let path = "\(graph.group)/threads/\(made.thread)"
        let thread = try await graph.get(path, query: "$select=toRecipients,ccRecipients")
        #expect(thread.json.names == ["@odata.context", "id", "toRecipients", "ccRecipients"])
        #expect(thread.json["ccRecipients"] == [])
        #expect(
            thread.json["toRecipients"] == [
                ["emailAddress": ["name": "Sales", "address": "sales@contoso.example"]],
                ["emailAddress": ["name": "Alex", "address": "alex@contoso.example"]],
                ["emailAddress": ["name": "Lee", "address": "lee@contoso.example"]],
            ]
        )
    }

    // Reference, sections 4.1: PATCH T, and 5.3.
    @Test func `a locked thread refuses replies until it is unlocked`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        let locked = try await graph.send(.patch, path, #"{"isLocked":true}"#)
        #expect(locked.status == 200 && locked.response.body.isEmpty && locked.headers["Content-Type"] == nil)
        try await #expect(graph.get(path).json["isLocked"] == true)
        for reply in ["\(path)/reply", "\(path)/posts/\(made.post)/reply"] {
            let answer = try await graph.send(.post, reply, #"{"post":\#(Fixture.post("x"))}"#)
            #expect(answer.isRefusal(403, .accessDenied))
        }
        try await #expect(graph.get("\(path)/posts").items.count == 1)
        try await #expect(graph.send(.patch, path, #"{"IsLocked":false}"#).status == 200)
        _ = try await graph.reply(made.thread)
    }

    // Reference, section 5.5.
    @Test func `a whole thread sent back unchanged changes nothing`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        let before = try await graph.get(path)
        try await #expect(graph.send(.patch, path, before.text).status == 200)
        try await #expect(graph.get(path).json == before.json)
    }

    @Test(arguments: [
        ("topic", #""Other""#), ("preview", #""Other""#), ("hasAttachments", "true"), ("uniqueSenders", #"["Other"]"#),
        ("lastDeliveredDateTime", #""2020-01-01T00:00:00Z""#), ("id", #""T00""#),
    ])
    func `a property that only the service sets cannot be changed`(_ name: String, _ value: String) async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        let before = try await graph.get(path)
        let answer = try await graph.send(.patch, path, #"{"isLocked":true,"\#(name)":\#(value)}"#)
        #expect(answer.isRefusal(400, .invalidRequest) && answer.target == "/\(name)")
        try await #expect(graph.get(path).json == before.json)
    }

    // Reference, section 4.1: DELETE T.
    @Test func `the conversation goes with its last thread, and keeps up with those that stay`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse("T", "One")
        try graph.clock.set("2026-01-15T09:00:00Z")
        let path = "\(graph.group)/conversations/\(made.conversation)"
        let post = Fixture.post("Two", #""attachments":[{"name":"a.txt","contentBytes":"YQ=="}]"#)
        let second = try await graph.send(.post, "\(path)/threads", #"{"posts":[\#(post)]}"#, by: graph.member)
        let answer = try await graph.send(.delete, "\(path)/threads/\(second.id())")
        #expect(answer.status == 204 && answer.response.body.isEmpty && answer.headers["Content-Type"] == nil)
        let rest = try await graph.get(path)
        #expect(rest.json["preview"] == "One" && rest.json["uniqueSenders"] == ["Adele Vance"])
        #expect(rest.json["hasAttachments"] == false)
        #expect(rest.json["lastDeliveredDateTime"] == "2026-01-15T08:30:00Z")
        try await #expect(graph.send(.delete, "\(graph.group)/threads/\(made.thread)").status == 204)
        try await #expect(graph.get(path).isRefusal(404, .itemNotFound))
        try await #expect(graph.get("\(graph.group)/conversations").items.isEmpty)
    }
}
