import EmbeddedGraph
import GraphModel
import Testing

@testable import HeraldCommands

/// Conversations, threads and posts of one group, in which a conversation with one post has been created.
@Suite struct ConversationCommandsTests {
    private static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"

    private let world: CapturedWorld
    private let conversation: String
    private let thread: String

    init() async throws {
        world = try CapturedWorld(isTerminal: true)
        try world.write("id,displayName,mail\n\(Self.group),Wellness,wellness@contoso.example\n", to: "groups.csv")
        _ = await world.run("groups", "import", "groups.csv")
        let herald = world.herald
        let graph = try EmbeddedGraph(
            path: try herald.stateFolder() + "/graph.sqlite",
            operatorName: herald.operatorName,
            clock: herald.now
        )
        let response = try await graph.respond(
            to: GraphRequest(
                .post,
                "/groups/\(Self.group)/conversations",
                body: Array(
                    #"""
                    {"topic":"Take your wellness days and rest","threads":[{"posts":[{"body":{"contentType":"text",
                    "content":"Rest and Recharge\u001b[2J"},"newParticipants":[{"emailAddress":
                    {"name":"Adele Vance","address":"AdeleV@contoso.com"}}]}]}]}
                    """#.utf8
                ),
                caller: graph.operatorCaller
            )
        )
        let created = try JSONReader.read(response.body) { try JSONValue(from: &$0) }
        conversation = try #require(created["id"]?.text)
        thread = try #require(created["threads"]?.elements?.first?["id"]?.text)
        _ = world.output.take()
    }

    private func document() throws -> JSONValue {
        try JSONReader.read(Array(world.output.take().utf8)) { try JSONValue(from: &$0) }
    }

    @Test func `conversations are listed and shown`() async throws {
        #expect(await world.run("conversations", "list", Self.group) == .done)
        let lines = world.output.take().split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].hasPrefix(conversation))
        #expect(lines.allSatisfy { $0.terminalColumns <= 80 })

        #expect(await world.run("conversations", "show", Self.group, conversation) == .done)
        #expect(world.output.take().contains("Take your wellness days and rest"))
        #expect(await world.run("conversations", "show", Self.group, conversation, "--json") == .done)
        #expect(try document()["id"]?.text == conversation)
    }

    @Test func `threads are listed, those of a conversation too, and shown`() async throws {
        #expect(await world.run("threads", "list", Self.group, "--json") == .done)
        #expect(try document()["value"]?.elements?.map { $0["id"]?.text } == [thread])
        #expect(await world.run("threads", "list", Self.group, "--conversation", conversation, "--json") == .done)
        #expect(try document()["value"]?.elements?.map { $0["id"]?.text } == [thread])
        #expect(await world.run("threads", "show", Self.group, thread) == .done)
        #expect(world.output.take().contains("Locked"))
    }

    @Test func `posts are listed and shown, and cannot steer the terminal`() async throws {
        #expect(await world.run("posts", "list", Self.group, thread, "--json") == .done)
        let post = try #require(try document()["value"]?.elements?.first?["id"]?.text)
        #expect(await world.run("posts", "list", Self.group, thread) == .done)
        #expect(!world.output.take().contains("\u{1B}"))
        #expect(await world.run("posts", "show", Self.group, thread, post) == .done)
        let text = world.output.take()
        #expect(text.contains("Rest and Recharge\\u{1B}[2J\n"))
        #expect(text.contains("Adele Vance"))
    }

    @Test("what is not there is a clear failure", arguments: ["conversations", "threads"])
    func missing(things: String) async {
        #expect(await world.run(things, "show", Self.group, "nonsense") == .failed)
        #expect(world.error.text.contains("herald: "))
    }
}
