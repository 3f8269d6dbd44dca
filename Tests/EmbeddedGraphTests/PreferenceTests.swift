import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 7: Prefer: outlook.body-content-type.
@Suite struct PreferenceTests {
    private static let html = #"{"body":{"contentType":"html","content":"<p>One &amp; two</p><p>Three</p>"}}"#
    private static let text = #"{"body":{"contentType":"text","content":"1 < 2 & 3\nEnd"}}"#

    private func thread(_ graph: Fixture, _ post: String) async throws -> String {
        try await graph.send(.post, "\(graph.group)/threads", #"{"topic":"T","posts":[\#(post)]}"#).id()
    }

    @Test(
        arguments: [
            ("text", html, ["contentType": "text", "content": "One & two\r\nThree"]),
            ("html", text, ["contentType": "html", "content": "1 &lt; 2 &amp; 3<br>End"]),
            ("text", text, ["contentType": "text", "content": "1 < 2 & 3\nEnd"]),
            ("html", html, ["contentType": "html", "content": "<p>One &amp; two</p><p>Three</p>"]),
        ] as [(String, String, JSONValue)]
    )
    func `bodies come as the client prefers them`(_ type: String, _ post: String, _ body: JSONValue) async throws {
        let graph = try await Fixture()
        let thread = "\(graph.group)/threads/\(try await thread(graph, post))"
        let preference = "outlook.body-content-type=\"\(type)\""
        let posts = try await graph.send(.get, "\(thread)/posts", headers: ["Prefer": preference])
        #expect(posts.items[0]["body"] == body && posts.headers["Preference-Applied"] == preference)
        let one = try await graph.send(.get, "\(thread)/posts/\(posts.ids[0])", headers: ["Prefer": preference])
        #expect(one.json["body"] == body && one.headers["Preference-Applied"] == preference)
        for path in [thread, "\(graph.group)/threads"] {
            let expanded = try await graph.send(.get, path, query: "$expand=posts", headers: ["Prefer": preference])
            let item = expanded.items.first ?? expanded.json
            #expect(item["posts"]?[0]?["body"] == body && expanded.headers["Preference-Applied"] == preference)
        }
        let conversations = try await graph.send(
            .get,
            "\(graph.group)/conversations",
            query: "$expand=threads($expand=posts)",
            headers: ["Prefer": preference]
        )
        #expect(conversations.items[0]["threads"]?[0]?["posts"]?[0]?["body"] == body)
        #expect(conversations.headers["Preference-Applied"] == preference)
    }

    @Test func `several preferences are applied and named together`() async throws {
        let graph = try await Fixture()
        let thread = try await thread(graph, Self.html)
        _ = try await graph.reply(thread)
        let answer = try await graph.send(
            .get,
            "\(graph.group)/threads/\(thread)/posts",
            headers: ["Prefer": #"outlook.body-content-type="text", odata.maxpagesize=1"#]
        )
        #expect(answer.items.count == 1 && answer.items[0]["body"]?["contentType"] == "text")
        #expect(
            answer.headers["Preference-Applied"] == #"odata.maxpagesize=1, outlook.body-content-type="text""#
        )
    }

    @Test func `a preference that is not known is not said to be applied`() async throws {
        let graph = try await Fixture()
        let thread = try await thread(graph, Self.html)
        let answer = try await graph.send(
            .get,
            "\(graph.group)/threads/\(thread)/posts",
            headers: ["Prefer": #"outlook.body-content-type="rtf""#]
        )
        #expect(answer.items[0]["body"]?["contentType"] == "html" && answer.headers["Preference-Applied"] == nil)
    }
}
