import Foundation
import GraphModel
import ServerStage
import Testing

@testable import GraphClient

/// Reference, sections 13.2 (the client's retry classes) and 16.1 (refresh).
struct ProfileTokenTests {
    /// A folder with a sign-in at a server.
    private struct Stage: Sendable {
        let server: RunningHerald
        let folder: String
        let name = "work"

        func keys(_ password: String?) -> AccountKeys { AccountKeys(password: password, searchPath: "") }
        var file: AccountFile { AccountFile(folder: folder) }
        var text: String { (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? "" }

        func source(_ password: String? = "canary-key") -> ProfileToken {
            ProfileToken(
                name,
                file: file,
                keys: keys(password),
                authority: AuthorityClient(variables: [:]),
                now: { server.clock.now },
                wait: { _ in }
            )
        }

        @discardableResult
        func login(
            _ password: String? = "canary-key",
            grants: Grants? = nil,
            backend: String? = nil
        ) async throws -> TokenAnswer {
            let authority = AuthorityClient(variables: [:])
            let cloud = try GraphCloud(server.root)
            let endpoints = try await authority.endpoints(of: cloud, tenant: "organizations")
            let signIn = SignIn(
                authority: authority,
                endpoints: endpoints,
                client: "herald",
                scopes: SignInScopes(for: cloud),
                uptime: { .microseconds(server.clock.now) },
                wait: { server.clock.advance(by: $0) }
            )
            let answer = try await signIn.byDeviceCode { try await server.enter($0.userCode) }
            _ = try await file.keep(
                answer,
                as: .init(
                    name: name,
                    backend: backend ?? cloud.origin,
                    tenant: "organizations",
                    clientID: "herald",
                    scopes: signIn.scopes,
                    endpoints: endpoints,
                    grants: grants
                ),
                keys: keys(password),
                now: server.clock.now
            )
            return answer
        }
    }

    private func with(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-accounts-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await RunningHerald.with { server in try await body(Stage(server: server, folder: folder)) }
    }

    @Test func `a token is used until five minutes before its end, and then renewed`() async throws {
        try await with { stage in
            let first = try await stage.login().accessToken
            let source = stage.source()
            #expect(try await source.token(insteadOf: nil, claims: nil) == first)
            stage.server.clock.advance(by: .seconds(3600 - 320))
            #expect(try await source.token(insteadOf: nil, claims: nil) == first)
            stage.server.clock.advance(by: .seconds(30))
            let second = try await source.token(insteadOf: nil, claims: nil)
            #expect(second != first)
            // Another process finds it in the file.
            #expect(try await stage.source().token(insteadOf: nil, claims: nil) == second)
        }
    }

    @Test func `a refused token is renewed at once, also with claims`() async throws {
        try await with { stage in
            let first = try await stage.login().accessToken
            let source = stage.source()
            let second = try await source.token(insteadOf: first, claims: #"{"access_token":{}}"#)
            #expect(second != first)
            #expect(try await source.token(insteadOf: first, claims: nil) == second)
        }
    }

    @Test func `refresh tokens that are good for one use are replaced each time`() async throws {
        try await with { stage in
            var last = try await stage.login().accessToken
            for _ in 0..<4 {
                // A new source each time, as a new process would be.
                let next = try await stage.source().token(insteadOf: last, claims: nil)
                #expect(next != last)
                last = next
            }
        }
    }

    @Test func `many that renew at once, in and across processes, renew once`() async throws {
        try await with { stage in
            let first = try await stage.login().accessToken
            let sources = (0..<4).map { _ in stage.source() }
            let tokens = try await withThrowingTaskGroup(of: String.self) { tasks in
                for index in 0..<24 {
                    tasks.addTask { try await sources[index % 4].token(insteadOf: first, claims: nil) }
                }
                return try await tasks.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(tokens.count == 1)
            #expect(!tokens.contains(first))
            // Had a refresh token been used twice, the authority would have ended the sign-in.
            let last = try #require(tokens.first)
            #expect(try await stage.source().token(insteadOf: last, claims: nil) != last)
        }
    }

    @Test func `a sign-in that has ended asks for a new one`() async throws {
        try await with { stage in
            let answer = try await stage.login()
            // Somebody else uses the refresh token up, and then we show it again: the authority ends both.
            let profile = try #require(try stage.file.profiles()["work"])
            let form = [
                ("grant_type", "refresh_token"), ("client_id", "herald"),
                ("refresh_token", try #require(answer.refreshToken)),
            ]
            guard case .granted = await AuthorityClient(variables: [:]).token(form, at: profile.tokenEndpoint) else {
                Issue.record("the first use was to be granted")
                return
            }
            let source = stage.source()
            let required = try await #require(throws: SignInRequired.self) {
                try await source.token(insteadOf: answer.accessToken, claims: #"{"a":1}"#)
            }
            let again = await #expect(throws: SignInRequired.self) {
                try await source.token(insteadOf: answer.accessToken, claims: nil)
            }
            #expect(again == required)
            #expect(required.message.contains("herald login --profile work"))
            #expect(try stage.file.profiles()["work"]?.claims == #"{"a":1}"#)
            // Who signs in again elsewhere helps what runs.
            let next = try await stage.login().accessToken
            #expect(try await source.token(insteadOf: answer.accessToken, claims: nil) == next)
        }
    }

    @Test func `an authority that is gone does no harm while the token is good`() async throws {
        try await with { stage in
            let answer = try await stage.login()
            let first = answer.accessToken
            try await stage.file.locked { draft in
                var profile = try #require(try draft.profiles()["work"])
                let bytes = try await stage.keys("canary-key").open(
                    profile.secret,
                    context: profile.context(name: "work"),
                    name: "work"
                )
                profile.tokenEndpoint = "http://127.0.0.1:1/token"
                profile.secret = await stage.keys("canary-key").seal(
                    bytes,
                    context: profile.context(name: "work"),
                    previous: profile.secret
                )
                try draft.set("work", profile)
            }
            stage.server.clock.advance(by: .seconds(3400))
            #expect(try await stage.source().token(insteadOf: nil, claims: nil) == first)
            stage.server.clock.advance(by: .seconds(300))
            let required = try await #require(throws: SignInRequired.self) {
                try await stage.source().token(insteadOf: nil, claims: nil)
            }
            for secret in [first, try #require(answer.refreshToken), "canary-key"] {
                #expect(!required.message.contains(secret))
            }
        }
    }

    // MARK: The file

    @Test func `the file and its lock are their owner's alone`() async throws {
        try await with { stage in
            try await stage.login()
            let manager = FileManager.default
            for path in [stage.file.path, stage.file.path + ".lock"] {
                #expect(try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            }
            #expect(try manager.attributesOfItem(atPath: stage.folder)[.posixPermissions] as? Int == 0o700)
            #expect(
                try manager.contentsOfDirectory(atPath: stage.folder).sorted() == [
                    "accounts.json", "accounts.json.lock",
                ]
            )
        }
    }

    @Test func `with HERALD_KEY no token stands in the file, and the wrong key says so`() async throws {
        try await with { stage in
            let answer = try await stage.login()
            #expect(!stage.text.contains(answer.accessToken))
            #expect(!stage.text.contains(try #require(answer.refreshToken)))
            #expect(!stage.text.contains("canary-key"))
            #expect(try await stage.source("canary-key").token(insteadOf: nil, claims: nil) == answer.accessToken)
            for (password, part) in [("another-key", "HERALD_KEY is not the key"), (nil, "Set HERALD_KEY")] {
                let required = try await #require(throws: SignInRequired.self) {
                    try await stage.source(password).token(insteadOf: nil, claims: nil)
                }
                #expect(required.message.contains(part))
                #expect(!required.message.contains("-key "))
            }
        }
    }

    @Test func `an encrypted token is not sent to an address that was put into the file`() async throws {
        try await with { stage in
            let first = try await stage.login().accessToken
            let changed = stage.text.replacing("/oauth2/v2.0/token", with: "/evil/token")
            try Data(changed.utf8).write(to: URL(filePath: stage.file.path))
            let required = try await #require(throws: SignInRequired.self) {
                try await stage.source().token(insteadOf: first, claims: nil)
            }
            #expect(required.message.contains("was changed"))
        }
    }

    @Test func `without a key the tokens stand in the file as they are`() async throws {
        try await with { stage in
            let answer = try await stage.login(nil)
            #expect(stage.text.contains(answer.accessToken))
            #expect(try await stage.source(nil).token(insteadOf: nil, claims: nil) == answer.accessToken)
        }
    }

    @Test func `the secret service keeps the key where there is one`() async throws {
        try await with { stage in
            // Stands in for libsecret's program, with a file for the key ring.
            let tools = stage.folder + "/tools"
            try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
            let script = """
                #!/bin/sh
                case $1 in
                lookup) [ "$*" = "lookup service herald key accounts" ] && cat '\(tools)/ring' ;;
                store) cat > '\(tools)/ring' ;;
                esac
                """
            try Data(script.utf8).write(to: URL(filePath: tools + "/secret-tool"))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tools + "/secret-tool")
            let keys = AccountKeys(password: nil, searchPath: "/nowhere:" + tools)
            let secret = Array("secret".utf8)
            let stored = await keys.seal(secret, context: [1], previous: nil)
            #expect(stored.protection == .secretService)
            let later = AccountKeys(password: nil, searchPath: tools)
            #expect(try await later.open(stored, context: [1], name: "work") == secret)
            let elsewhere = AccountKeys(password: nil, searchPath: "")
            let required = try await #require(throws: SignInRequired.self) {
                try await elsewhere.open(stored, context: [1], name: "work")
            }
            #expect(required.message.contains("key ring"))
        }
    }

    @Test func `what runs may write stays when somebody signs in again`() async throws {
        try await with { stage in
            try await stage.login(grants: Grants(groups: ["sales-*"], maximumPosts: 7))
            try await stage.login()
            let profile = try #require(try stage.file.profiles()["work"])
            #expect(profile.allowGroups == ["sales-*"])
            #expect(profile.maxPosts == 7)
            try await stage.login(grants: Grants(allGroups: true))
            #expect(try stage.file.profiles()["work"]?.allowGroups == nil)
            #expect(try stage.file.profiles()["work"]?.allowAllGroups == true)
            // But not at another place.
            try await stage.login(backend: "https://graph.microsoft.com")
            #expect(try stage.file.profiles()["work"]?.allowAllGroups == nil)
        }
    }

    @Test func `profiles are forgotten one by one or all`() async throws {
        try await with { stage in
            try await stage.login()
            #expect(try await stage.file.remove(["other"]) == [])
            #expect(try await stage.file.remove(nil) == ["work"])
            #expect(try stage.file.profiles().isEmpty)
            let required = try await #require(throws: SignInRequired.self) {
                try await stage.source().token(insteadOf: nil, claims: nil)
            }
            #expect(required.message.contains("no profile 'work'"))
        }
    }

    @Test func `a file that holds something else is a fault that says what to do`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-accounts-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = AccountFile(folder: folder)
        #expect(try file.profiles().isEmpty)
        for text in ["", "{}", #"{"version":2,"profiles":{}}"#, #"{"version":1,"profiles":{"a":{}}}"#] {
            try Data(text.utf8).write(to: URL(filePath: file.path))
            let fault = #expect(throws: SignInFault.self) { try file.profiles() }
            #expect(fault?.message.contains("sign in again") == true)
        }
    }
}
