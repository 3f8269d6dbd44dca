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

    @Test(arguments: [
        ("sales@contoso.example", "*@contoso.example", true), ("Sales", "sal?s", true), ("Sales", "sal", false),
        ("", "*", true), ("abc", "a*b*c", true), ("ab", "a*b*c", false), ("aXbXbc", "a*bc", true), ("abc", "", false),
    ])
    func `patterns match as in a shell, without regard to letter case`(text: String, pattern: String, matches: Bool) {
        #expect(Grants.matches(text, pattern) == matches)
    }
}
