import Foundation
import FoundationNetworking
import Testing

@testable import ServerCommands

struct TokenCommandTests {
    private let home: URL

    init() {
        home = FileManager.default.temporaryDirectory.appending(path: "herald-token-\(UUID())")
    }

    private static func get(
        _ url: String,
        _ token: String
    ) async throws -> (
        status: Int, text: String
    ) {
        try await send("GET", url, token)
    }

    private static func send(
        _ method: String,
        _ url: String,
        _ token: String,
        _ body: String = ""
    ) async throws -> (status: Int, text: String) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        if !body.isEmpty {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    private func token(_ arguments: [String]) async throws -> String {
        let minted = try await ServerProcess.run(["token"] + arguments, home: home)
        #expect(minted.status == 0, "\(minted.error)")
        #expect(minted.error.isEmpty)
        let lines = minted.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last?.isEmpty == true, "the token alone")
        return String(lines[0])
    }

    @Test
    func `a minted token is accepted by a server with its own authority, and permits what it says`()
        async throws
    {
        defer { try? FileManager.default.removeItem(at: home) }
        let creator = try await token(["--app", "setup", "--scope", "User.ReadWrite.All"])
        try await ServerProcess.serve(["--auth", "local"], home: home) { line, root in
            #expect(line.contains(#/tenant: [0-9a-f\-]{36}  sign-in code: [A-Za-z0-9_\-]{43}\n/#))
            let made = try await Self.send(
                "POST",
                root + "/v1.0/users",
                creator,
                #"{"displayName":"Adele Vance","userPrincipalName":"adele@contoso.example"}"#
            )
            #expect(made.status == 201)
            let mine = try await token([
                "--user", "ADELE@contoso.example", "--scope", "User.Read", "--expires", "5m",
            ])
            let me = try await Self.get(root + "/v1.0/me", mine)
            #expect(me.status == 200)
            #expect(me.text.contains("Adele Vance"))
            let groups = try await Self.get(root + "/v1.0/groups", mine)
            #expect(groups.status == 403)
            let stranger = try await Self.get(root + "/v1.0/me", String(mine.dropLast(4)))
            #expect(stranger.status == 401)
        }
    }

    @Test func `a user whom the store does not have is an error that says what to do`() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let arguments = ["token", "--user", "nobody@contoso.example", "--scope", "User.Read"]
        let nowhere = try await ServerProcess.run(arguments, home: home)
        #expect(nowhere.status == 1)
        #expect(nowhere.error.contains("There is no store at"))
        try await ServerProcess.serve([], home: home) { _, _ in }
        let refused = try await ServerProcess.run(arguments, home: home)
        #expect(refused.status == 1)
        #expect(refused.output.isEmpty)
        #expect(refused.error.contains("There is no user 'nobody@contoso.example'"))
        #expect(refused.error.contains("POST /users"))
    }

    @Test func `a permission that is not known is an error that lists those that are`() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let refused = try await ServerProcess.run(
            ["token", "--app", "x", "--scope", "Mail.Send"],
            home: home
        )
        #expect(refused.status == 1)
        #expect(refused.error.contains("'Mail.Send' is no application permission"))
        #expect(refused.error.contains("Group-Conversation.ReadWrite.All"))
    }

    @Test
    func `keys that cannot be read and secrets that are too short keep the server from starting`()
        async throws
    {
        defer { try? FileManager.default.removeItem(at: home) }
        for (arguments, variables, message) in [
            (["--auth", "jwks", "--jwks", "/nowhere.json", "--issuer", "x"], [:], "/nowhere.json"),
            (["--auth", "jwks", "--jwks", "http://contoso.example/k", "--issuer", "x"], [:], "https"),
            (["--auth", "local"], ["HERALD_SIGN_IN_CODE": "short"], "HERALD_SIGN_IN_CODE is too short"),
            (["--auth", "local", "--clients", "/nowhere.json"], [:], "/nowhere.json"),
            ([], ["HERALD_TOKEN": "short"], "HERALD_TOKEN is too short"),
        ] as [([String], [String: String], String)] {
            let refused = try await ServerProcess.run(
                ["--listen", "127.0.0.1:0"] + arguments,
                home: home,
                variables: variables
            )
            #expect(refused.status == 2)
            #expect(refused.error.contains(message), "\(refused.error)")
        }
    }

    @Test func `help teaches both`() async throws {
        defer { try? FileManager.default.removeItem(at: home) }
        let token = try await ServerProcess.run(["token", "--help"], home: home)
        #expect(token.status == 0)
        #expect(token.output.contains("herald token --user adele@contoso.example"))
        let serve = try await ServerProcess.run(["--help"], home: home)
        #expect(serve.output.contains("herald serve --auth local"))
    }
}
