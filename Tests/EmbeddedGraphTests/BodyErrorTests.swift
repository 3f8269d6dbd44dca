import EmbeddedGraph
import GraphModel
import Testing

/// What a body that cannot be read is answered with.
@Suite struct BodyErrorTests {
    // Reference, section 13.2: empty body.
    @Test func `an empty body is said to be empty, wherever one is needed`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        for (method, path) in [
            (.post, "/groups"), (.post, "\(graph.group)/conversations"), (.post, "\(graph.group)/threads"),
            (.post, "\(graph.group)/conversations/\(made.conversation)/threads"), (.patch, thread),
            (.post, "\(thread)/reply"), (.post, "\(thread)/posts/\(made.post)/reply"),
        ] as [(GraphRequest.Method, String)] {
            let answer = try await graph.send(method, path)
            #expect(answer.isRefusal(400, .badRequest))
            #expect(answer.message == "Empty Payload. JSON content expected.")
        }
    }

    // Reference, section 13.2: JSON syntax.
    @Test(arguments: [
        ("{", 1), (#"{"posts":[}"#, 10), (#"{"posts":[]} x"#, 13), (#"{"topic":"a"b"}"#, 12), (#"{"topic":'a'}"#, 9),
        ("{\"topic\":\"a\u{1}\"}", 11), (#"{"topic":"\ud800"}"#, 10), (#"{"topic":01}"#, 9), (#"{"topic":tru}"#, 9),
    ])
    func `what is no JSON is refused with the place of the fault`(_ body: String, _ offset: Int) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "\(graph.group)/threads", body)
        #expect(answer.isRefusal(400, .badRequest))
        #expect(answer.message.hasPrefix("Unable to read JSON request payload: "))
        #expect(answer.message.hasSuffix("(byte \(offset))."))
    }

    @Test func `a body that is no UTF-8 is refused`() async throws {
        let graph = try await Fixture()
        let body = Array(#"{"topic":"a"#.utf8) + [0xC3, 0x28] + Array(#"","posts":[\#(Fixture.post("x"))]}"#.utf8)
        let response = try await graph.store.respond(
            to: GraphRequest(.post, "\(graph.group)/threads", body: body, caller: graph.member)
        )
        let answer = Answer(response)
        #expect(answer.isRefusal(400, .badRequest) && answer.message.contains("UTF-8"))
    }

    @Test func `JSON nested too deeply is refused, in members that are not even known`() async throws {
        let graph = try await Fixture()
        let depth = 100_000
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let answer = try await graph.send(.post, "\(graph.group)/threads", #"{"unheardOf":\#(deep)}"#)
        #expect(answer.isRefusal(400, .badRequest) && answer.message.contains("deep"))
    }

    // Reference, section 13.2: schema mismatch.
    @Test(arguments: [
        (#"{"topic":5}"#, "/topic"), (#"{"threads":"none"}"#, "/threads"), (#"{"threads":[5]}"#, "/threads/0"),
        (#"{"threads":[{"posts":[{}]}]}"#, "/threads/0/posts/0"),
        (#"{"threads":[{"posts":[{"body":"x"}]}]}"#, "/threads/0/posts/0/body"),
        (#"{"threads":[{"posts":[{"body":{"content":1}}]}]}"#, "/threads/0/posts/0/body/content"),
        (#"{"Threads":[{"Posts":[{"Body":{"ContentType":"rtf"}}]}]}"#, "/Threads/0/Posts/0/Body/ContentType"),
        (#"{"hasAttachments":"Boolean"}"#, "/hasAttachments"), (#"{"uniqueSenders":"x"}"#, "/uniqueSenders"),
        (##"{"@odata.type":"#microsoft.graph.post"}"##, "/@odata.type"),
        (#"{"threads":[{"posts":[{"body":{},"categories":"x"}]}]}"#, "/threads/0/posts/0/categories"),
        (
            #"{"threads":[{"posts":[{"body":{},"singleValueExtendedProperties":[{"value":"x"}]}]}]}"#,
            "/threads/0/posts/0/singleValueExtendedProperties/0"
        ),
    ])
    func `a member that does not fit is named by its JSON pointer`(_ body: String, _ target: String) async throws {
        let graph = try await Fixture()
        let answer = try await graph.send(.post, "\(graph.group)/conversations", body)
        #expect(answer.isRefusal(400, .badRequest))
        #expect(answer.target == target)
        #expect(answer.message.contains("in payload has a value that does not match schema"))
        try await #expect(graph.get("\(graph.group)/conversations").items.isEmpty)
    }

    @Test func `a reply without a post, and a lock that is none, are refused`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let thread = "\(graph.group)/threads/\(made.thread)"
        for body in ["{}", #"{"posts":[]}"#, "[]", #""post""#] {
            try await #expect(graph.send(.post, "\(thread)/reply", body).status / 100 == 4)
        }
        let answer = try await graph.send(.patch, thread, #"{"isLocked":"yes"}"#)
        #expect(answer.isRefusal(400, .badRequest) && answer.target == "/isLocked")
    }

    // Reference, section 13.2: bad recipients.
    @Test(arguments: ["", "nobody", "a@b@contoso.example", "a b@contoso.example", "adele@", "@contoso.example"])
    func `an address that no mail reaches is refused with its place`(_ address: String) async throws {
        let graph = try await Fixture()
        let people =
            #""newParticipants":[{"emailAddress":{"address":"lee@contoso.example"}},{"emailAddress":{"address":"\#(address)"}}]"#
        let body = #"{"posts":[\#(Fixture.post("x", people))]}"#
        let answer = try await graph.send(.post, "\(graph.group)/threads", body)
        #expect(answer.isRefusal(400, .invalidRecipients))
        #expect(answer.target == "/posts/0/newParticipants/1/emailAddress/address")
        try await #expect(graph.get("\(graph.group)/threads").items.isEmpty)
    }

    @Test func `a body has 4 MiB at most`() async throws {
        let graph = try await Fixture()
        func sent(_ size: Int) async throws -> Answer {
            let frame = #"{"posts":[\#(Fixture.post(""))]}"#.utf8.count
            let text = String(repeating: "x", count: size - frame)
            return try await graph.send(.post, "\(graph.group)/threads", #"{"posts":[\#(Fixture.post(text))]}"#)
        }
        try await #expect(sent(4 << 20).status == 201)
        try await #expect(sent((4 << 20) + 1).isRefusal(413, .tooLarge))
    }
}
