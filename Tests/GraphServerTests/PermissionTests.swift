import EmbeddedGraph
import GraphModel
import Testing

@testable import GraphServer

struct PermissionTests {
    /// Names every operation as the table has it, and succeeds.
    private struct Everything: OperationNaming {
        func operation(of request: GraphRequest) -> (operation: GraphOperation, parameters: [String: String])? {
            (GraphOperation(request.method, String(request.path.dropFirst())), [:])
        }
        func respond(to request: GraphRequest) async throws -> GraphResponse { GraphResponse(status: 204) }
    }

    private static func caller(_ kind: Caller.Kind, _ scopes: Set<String> = []) -> Caller {
        Caller(
            id: "5e7a4cd1-5f6c-4a0b-a7a1-3d1c9c0a2b44",
            displayName: "Adele Vance",
            address: "adele@contoso.example",
            kind: kind,
            scopes: scopes
        )
    }

    private static func answer(
        _ method: GraphRequest.Method,
        _ template: String,
        _ caller: Caller,
        _ policy: PermittingService.Policy = .init()
    ) async throws -> GraphResponse {
        try await PermittingService(Everything(), policy: policy, now: { 0 })
            .respond(to: GraphRequest(method, "/" + template, caller: caller))
    }

    private static func may(
        _ method: GraphRequest.Method,
        _ template: String,
        _ kind: Caller.Kind,
        _ permission: String,
        _ policy: PermittingService.Policy = .init()
    ) async throws -> Bool {
        try await answer(method, template, caller(kind, [permission]), policy).isSuccess
    }

    // Reference, sections 4.1 to 4.3, every row.
    @Test func `each row admits exactly the permissions that it lists, and those that come with them`() async throws {
        #expect(PermissionTable.rules.count > 100)
        for rule in PermissionTable.rules where !rule.isOpen {
            for permission in Permission.allCases {
                let granted = permission.implied.union([permission])
                let delegated = try await Self.answer(
                    rule.method,
                    rule.template,
                    Self.caller(.delegated, [permission.rawValue])
                )
                #expect(
                    delegated.isSuccess == !granted.isDisjoint(with: rule.delegated),
                    "\(rule.method) \(rule.template) \(permission)"
                )
                let application = try await Self.answer(
                    rule.method,
                    rule.template,
                    Self.caller(.application, [permission.rawValue]),
                    .init(appOnlyAttachments: false)
                )
                #expect(
                    application.isSuccess == !granted.isDisjoint(with: rule.application),
                    "\(rule.method) \(rule.template) \(permission)"
                )
            }
        }
    }

    // Reference, sections 4 and 13.2.
    @Test func `without a permission nothing is admitted, and the refusal names what is needed`() async throws {
        for rule in PermissionTable.rules where !rule.isOpen {
            for kind in [Caller.Kind.delegated, .application] {
                let strange = Self.caller(kind, ["Mail.Send", "Group.Read.all", ""])
                let error = try #require(
                    try await Self.answer(rule.method, rule.template, strange, .init(appOnlyAttachments: false)).error
                )
                if kind == .application, rule.template.split(separator: "/").first == "me" {
                    #expect(error.status == 400)
                    #expect(error.code == "BadRequest")
                    continue
                }
                let isConversation = rule.template.contains("/conversations") || rule.template.contains("/threads")
                #expect(error.status == 403)
                #expect(error.code == (isConversation ? "ErrorAccessDenied" : "Authorization_RequestDenied"))
                let needed = kind == .delegated ? rule.delegated : rule.application
                for permission in needed { #expect(error.message.contains(permission.rawValue)) }
                if needed.isEmpty { #expect(error.message.contains("signed-in user")) }
            }
        }
    }

    // Reference, section 4.1.
    @Test func `a user with Group-Conversation.ReadWrite.All reads and writes conversations`() async throws {
        let scope = "Group-Conversation.ReadWrite.All"
        let threads = "groups/{group}/threads"
        for (method, template) in [
            (GraphRequest.Method.get, "groups/{group}/conversations"), (.post, "groups/{group}/conversations"),
            (.get, threads), (.post, threads), (.patch, threads + "/{thread}"), (.delete, threads + "/{thread}"),
            (.post, threads + "/{thread}/reply"), (.post, threads + "/{thread}/posts/{post}/forward"),
            (.get, threads + "/{thread}/posts/{post}/attachments"),
        ] {
            #expect(try await Self.may(method, template, .delegated, scope), "\(template)")
        }
        #expect(try await !Self.may(.get, "groups", .delegated, scope))
        #expect(try await !Self.may(.get, threads + "/{thread}/posts/{post}/extensions", .delegated, scope))
    }

    // Reference, section 4.1.
    @Test func `a program may not start conversations or reply to threads, but may reply to posts`() async throws {
        let scope = "Group-Conversation.ReadWrite.All"
        let thread = "groups/{group}/conversations/{conversation}/threads"
        let posting = [
            "groups/{group}/conversations", "groups/{group}/conversations/{conversation}", "groups/{group}/threads",
            "groups/{group}/threads/{thread}/reply", thread,
            thread + "/{thread}/reply",
        ]
        let allowing = PermittingService.Policy(appOnlyPosting: true)
        for template in posting {
            #expect(try await !Self.may(.post, template, .application, scope), "\(template)")
            #expect(try await Self.may(.post, template, .application, scope, allowing), "\(template)")
            #expect(try await !Self.may(.post, template, .application, "Group.Read.All", allowing), "\(template)")
        }
        #expect(try await Self.may(.post, thread + "/{thread}/posts/{post}/reply", .application, scope))
        #expect(try await Self.may(.delete, "groups/{group}/conversations/{conversation}", .application, scope))
    }

    // Reference, sections 4.1 and 20.
    @Test func `a program reads attachments unless the server is strict`() async throws {
        let strict = PermittingService.Policy(appOnlyAttachments: false)
        for rest in ["", "/$count", "/{attachment}", "/{attachment}/$value"] {
            let template = "groups/{group}/threads/{thread}/posts/{post}/attachments" + rest
            #expect(try await Self.may(.get, template, .application, "Group.Read.All"))
            #expect(try await !Self.may(.get, template, .application, "Group.Read.All", strict))
            #expect(try await !Self.may(.get, template, .application, "User.Read.All"))
        }
    }

    // Reference, section 4.2.
    @Test func `Group.Create is enough for a program that makes groups, and for no user`() async throws {
        #expect(try await Self.may(.post, "groups", .application, "Group.Create"))
        #expect(try await !Self.may(.post, "groups", .delegated, "Group.Create"))
        #expect(try await !Self.may(.patch, "groups/{group}", .application, "Group.Create"))
    }

    // Reference, section 4.2.
    @Test func `User.Read shows oneself and nobody else`() throws {
        let service = PermittingService(Everything(), now: { 0 })
        let operation = GraphOperation(.get, "users/{user}")
        let adele = Self.caller(.delegated, ["User.Read"])
        for own in [adele.id, adele.id.uppercased(), "Adele@Contoso.example"] {
            #expect(service.refusal(of: operation, ["user": own], for: adele) == nil)
        }
        let other = try #require(service.refusal(of: operation, ["user": "alex@contoso.example"], for: adele))
        #expect(other.status == 403)
        #expect(other.message.contains("User.ReadBasic.All"))
        #expect(!other.message.contains("User.Read,"))
        let program = Self.caller(.application, ["User.Read"])
        #expect(service.refusal(of: operation, ["user": program.id], for: program) != nil)
    }

    @Test func `the operator needs no permission, and what describes the service needs none either`() async throws {
        for rule in PermissionTable.rules {
            #expect(try await Self.answer(rule.method, rule.template, Self.caller(.operator)).isSuccess)
            guard rule.isOpen else { continue }
            #expect(try await Self.answer(rule.method, rule.template, Self.caller(.delegated)).isSuccess)
            #expect(try await Self.answer(rule.method, rule.template, Self.caller(.application)).isSuccess)
        }
    }

    @Test func `an operation that the table does not have is closed`() async throws {
        let all = Set(Permission.allCases.map(\.rawValue))
        for kind in [Caller.Kind.delegated, .application] {
            let answer = try await Self.answer(.post, "groups/{group}/destroy", Self.caller(kind, all))
            #expect(answer.error?.status == 403)
        }
    }

    @Test func `every operation of the embedded store has its row`() {
        let missing = EmbeddedGraph.operations.filter { PermissionTable.rule(for: $0) == nil }
        #expect(missing.isEmpty, "\(missing.map { "\($0.method.rawValue) \($0.template)" }.sorted())")
        #expect(EmbeddedGraph.operations.count > 40)
    }

    @Test func `however a path is spelled, the same permission is needed`() async throws {
        try await RunningServer.with { server in
            let service = PermittingService(server.store, now: { 0 })
            let group = RunningServer.group
            func status(_ method: GraphRequest.Method, _ path: String, _ scopes: Set<String>) async throws -> Int {
                let body = Array(RunningServer.conversation("Rest").utf8)
                return try await service.respond(
                    to: GraphRequest(
                        method,
                        path,
                        body: method == .post ? body : [],
                        caller: Self.caller(.delegated, scopes)
                    )
                ).status
            }
            for path in [
                "/groups/\(group)/conversations", "/Groups/\(group)/CONVERSATIONS", "/groups('\(group)')/conversations",
                "/groups/\(group)/conversations/", "//groups/\(group)//conversations",
                "/me/joinedGroups/\(group)/conversations",
                "/groups/\(group)/%63onversations", "/groups%28%27\(group)%27%29/conversations",
            ] {
                let written = try await status(.post, path, ["Group.Read.All"])
                #expect(written == 403, "\(path)")
                let read = try await status(.get, path, ["User.Read.All"])
                #expect(read == 403, "\(path)")
            }
            let unknown = try await status(.get, "/groups/\(group)/nothing", [])
            #expect(unknown == 400)
        }
    }
}
