import GraphModel
import Testing

@testable import GraphClient

/// Nothing is written elsewhere without a grant.
@Suite struct GrantTests {
    private static let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let adele = Caller(id: "a", displayName: "Adele", address: "adele@contoso.example", kind: .delegated)

    private func respond(
        _ grants: Grants,
        _ method: GraphRequest.Method = .post,
        _ path: String = "/groups/\(group)/threads",
        service: ScriptedService = ScriptedService([])
    ) async throws -> GraphResponse {
        try await GrantedService(service, grants: grants)
            .respond(to: GraphRequest(method, path, body: Array("{}".utf8), caller: Self.adele))
    }

    @Test(arguments: [GraphRequest.Method.post, .patch, .put, .delete])
    func `without a grant nothing is sent, and the refusal names the option`(method: GraphRequest.Method) async throws {
        let service = ScriptedService([])
        let response = try await respond(Grants(), method, service: service)
        #expect(response.status == 403)
        #expect(response.error?.code == "GrantRequired")
        #expect(response.error?.message.contains("--allow-groups \(Self.group)") == true)
        #expect(service.times.isEmpty)
    }

    @Test(arguments: [
        "/groups/\(group)/threads", "/groups('\(group)')/threads",
        "/Groups/29981B6A-0e57-42dc-94c9-cd24f5306196/threads",
    ])
    func `a group is granted by its id, however the path spells it`(path: String) async throws {
        #expect(try await respond(Grants(groups: [Self.group]), .post, path).isSuccess)
        #expect(try await respond(Grants(groups: ["00000000-0000-4000-8000-000000000001"]), .post, path).status == 403)
    }

    @Test func `reads need no grant`() async throws {
        #expect(try await respond(Grants(), .get).isSuccess)
    }

    @Test(arguments: ["/groups", "/users", "/directory/deletedItems/x/restore", "/$batch"])
    func `what concerns no one group needs them all`(path: String) async throws {
        let one = try await respond(Grants(groups: [Self.group]), .post, path)
        #expect(one.status == 403)
        #expect(one.error?.message.contains("--allow-all-groups") == true)
        #expect(try await respond(Grants(allGroups: true), .post, path).isSuccess)
    }

    @Test func `posts are counted, and the one too many is refused`() async throws {
        let service = ScriptedService([.answer(201), .answer(400), .answer(202), .answer(200)])
        let granted = GrantedService(service, grants: Grants(allGroups: true, maximumPosts: 2))
        func post(_ path: String) async throws -> GraphResponse {
            try await granted.respond(to: GraphRequest(.post, path, body: Array("{}".utf8), caller: Self.adele))
        }
        #expect(try await post("/groups/\(Self.group)/conversations").status == 201)
        // What was refused was not posted.
        #expect(try await post("/groups/\(Self.group)/conversations").status == 400)
        #expect(try await post("/groups/\(Self.group)/threads/T/reply").status == 202)
        let third = try await post("/groups/\(Self.group)/threads/T/posts/P/reply")
        #expect(third.status == 403)
        #expect(third.error?.message.contains("--max-posts") == true)
        #expect(try await post("/groups/\(Self.group)/members/$ref").isSuccess)
    }

    @Test func `a post whose answer was lost is the same post when it is sent again`() async throws {
        let service = ScriptedService([.none(.unknown), .answer(201), .answer(201)])
        let granted = GrantedService(service, grants: Grants(allGroups: true, maximumPosts: 1))
        func post(_ key: String) async throws -> GraphResponse {
            try await granted.respond(
                to: GraphRequest(
                    .post,
                    "/groups/\(Self.group)/conversations",
                    body: Array("{}".utf8),
                    caller: Self.adele,
                    key: IdempotencyKey(.explicit, key)
                )
            )
        }
        await #expect(throws: NoAnswer.self) { try await post("a") }
        #expect(try await post("b").status == 403)
        #expect(try await post("a").status == 201)
        #expect(try await post("a").status == 403)
    }

    @Test(arguments: [
        ("sales@contoso.example", "*@contoso.example", true), ("Sales", "sal?s", true), ("Sales", "sal", false),
        ("", "*", true), ("abc", "a*b*c", true), ("ab", "a*b*c", false), ("aXbXbc", "a*bc", true), ("abc", "", false),
    ])
    func `patterns match as in a shell, without regard to letter case`(text: String, pattern: String, matches: Bool) {
        #expect(Grants.matches(text, pattern) == matches)
    }

    // MARK: Before anything is sent

    private static let groups = Set((1...5).compactMap { GroupID("00000000-0000-4000-8000-00000000000\($0)") })

    private func shortfall(
        _ grants: Grants,
        _ service: ScriptedService = ScriptedService([]),
        posts: Int = 5
    ) async throws
        -> GrantShortfall?
    {
        try await GrantedService(service, grants: grants)
            .shortfall(to: Self.groups, posts: posts, caller: Self.adele, serviceRoot: "https://graph.example/v1.0")
    }

    @Test func `what was granted as a whole lacks nothing`() async throws {
        #expect(try await shortfall(Grants(allGroups: true)) == nil)
        #expect(try await shortfall(Grants(groups: Self.groups.map(\.text), maximumPosts: 5)) == nil)
    }

    @Test func `several posts to a group count each`() async throws {
        let found = try #require(try await shortfall(Grants(allGroups: true, maximumPosts: 9), posts: 10))
        #expect(found.excess == 1 && found.refused == 0)
        #expect(found.message.contains("it makes 10 posts, 1 more than"), "\(found.message)")
    }

    @Test func `without any grant every target is refused, and the options are named`() async throws {
        let found = try #require(try await shortfall(Grants()))
        #expect(found.isNothingGranted)
        #expect(found.refused == 5)
        #expect(found.examples.count == 3)
        #expect(found.message.contains("its 5 targets"))
        #expect(found.message.contains("--allow-groups"))
        #expect(found.message.contains("--allow-all-groups"))
    }

    @Test func `targets beside those that were granted are counted, and a few named`() async throws {
        let granted = Self.groups.map(\.text).sorted().dropFirst(1)
        let found = try #require(try await shortfall(Grants(groups: Array(granted))))
        #expect(!found.isNothingGranted)
        #expect(found.refused == 1)
        #expect(found.examples == ["00000000-0000-4000-8000-000000000001"])
        #expect(found.message.contains("1 of its 5 targets was not granted"))
    }

    @Test func `more posts than are left are refused, and --max-posts is named`() async throws {
        let found = try #require(try await shortfall(Grants(allGroups: true, maximumPosts: 3)))
        #expect(found.refused == 0)
        #expect(found.excess == 2)
        #expect(found.message.contains("--max-posts"))
    }

    @Test func `where names decide, each group is looked up once, and one that cannot be read is passed over`()
        async throws
    {
        let service = ScriptedService([.answer(404), .answer(404), .answer(404), .answer(404), .answer(404)])
        #expect(try await shortfall(Grants(groups: ["sales-*"]), service) == nil)
        #expect(service.times.count == 5)
        // An answer without a name that fits is no grant.
        #expect(try await shortfall(Grants(groups: ["sales-*"]))?.refused == 5)
    }
}
