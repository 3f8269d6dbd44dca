import EmbeddedGraph
import GraphModel
import Testing

// Reference, section 20, conformance test 2: the requests as the documents of five ages show them, with values of our
// own.
@Suite struct SeedRequestTests {
    /// A request as one document has it.
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        var path: String
        var body: String
        var lenient: Int
        var strict: Int

        var testDescription: String { name }
    }

    private static let properties =
        #""hasAttachments":true,"lastDeliveredDateTime":"2026-01-15T08:30:00Z","uniqueSenders":["Megan Bowen"],"#
        + #""preview":"Lunch""#
    private static let post =
        #"{"body":{"contentType":"html","content":"<b>Lunch</b> at noon"},"newParticipants":[{"emailAddress":"#
        + #"{"name":"Alex Wilber","address":"alex@contoso.example"}}]}"#
    private static let withThread = #"{"topic":"Lunch","threads":[{"posts":[\#(post)]}]}"#

    static let examples = [
        Example(
            name: "S0: the properties alone",
            path: "conversations",
            body: #"{"topic":"Lunch",\#(properties)}"#,
            lenient: 201,
            strict: 400
        ),
        Example(
            name: "S1: a thread with a post",
            path: "conversations",
            body: withThread,
            lenient: 201,
            strict: 201
        ),
        Example(
            name: "S2: the properties, the type and the id, to a path with an id",
            path: "conversations/Imported-1",
            body:
                ##"{"@odata.type":"#microsoft.graph.conversation","id":"Imported-1","topic":"Lunch",\##(properties)}"##,
            lenient: 201,
            strict: 405
        ),
        Example(
            name: "S3: a thread with a post",
            path: "conversations",
            body: withThread,
            lenient: 201,
            strict: 201
        ),
        Example(
            name: "S4: a thread",
            path: "threads",
            body: #"{"topic":"Lunch","posts":[\#(post)]}"#,
            lenient: 201,
            strict: 201
        ),
    ]

    @Test(arguments: examples, ServerMode.allCases)
    func `the documents' requests are answered as the mode has it`(_ example: Example, _ mode: ServerMode) async throws
    {
        let graph = try await Fixture(mode: mode)
        var paths = ["\(graph.group)/\(example.path)"]
        // The oldest document has other ways to the same, which a strict server does not know.
        if example.name.hasPrefix("S0") {
            paths.append("/me/joinedGroups/\(Fixture.group)/\(example.path)")
            paths.append("/users/\(graph.store.operatorCaller.id)/joinedGroups/\(Fixture.group)/\(example.path)")
        }
        for path in paths {
            let answer = try await graph.send(
                .post,
                path,
                example.body,
                headers: ["Content-Type": "application/json", "Workbook-Session-Id": "s"]
            )
            #expect(answer.status == (mode == .lenient ? example.lenient : example.strict), "\(path): \(answer)")
            guard answer.status == 201 else { continue }
            let isWrapped = answer.json["value"] != nil
            #expect(isWrapped == example.name.hasPrefix("S2"))
            #expect((isWrapped ? answer.json["value"]?["id"] : answer.json["id"]) != nil)
        }
    }
}
