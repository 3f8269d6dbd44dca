import ArgumentParser
import Foundation
import GraphClient
import GraphModel
import ServerStage
import Testing

@testable import HeraldCommands

/// `login`, `whoami`, `logout`, and commands that use a sign-in.
struct SignInCommandTests {
    /// A world whose person enters codes as soon as they are shown, and whose time goes with the server's.
    private struct Stage: Sendable {
        let server: RunningHerald
        let world: CapturedWorld
        var herald: HeraldEnvironment

        init(_ server: RunningHerald, isTerminal: Bool = false, _ variables: [String: String] = [:]) throws {
            let world = try CapturedWorld(isTerminal: isTerminal)
            self.server = server
            self.world = world
            herald = world.herald
            herald.variables.merge(variables) { $1 }
            herald.now = { server.clock.now }
            herald.uptime = { .microseconds(server.clock.now) }
            herald.wait = { duration in
                server.clock.advance(by: duration)
                guard let code = world.error.text.matches(of: #/code ([A-Z]{4}-[A-Z]{4})/#).last?.output.1 else {
                    return
                }
                try? await server.enter(String(code))
            }
        }

        func run(_ arguments: String...) async -> HeraldCommands.ExitStatus {
            await HeraldCommand.run(arguments, in: herald)
        }

        /// Every token in the file of accounts.
        var tokens: [String] {
            let text = try? String(contentsOfFile: world.folder + "/state/accounts.json", encoding: .utf8)
            let json = text.flatMap { try? JSONValue(Array($0.utf8)) }
            guard case .object(let profiles)? = json?["profiles"] else { return [] }
            return profiles.values.flatMap { profile -> [String] in
                let secret = profile["secret"]?["value"]?.string ?? ""
                guard let tokens = try? JSONValue(Array(secret.utf8)) else { return [secret] }
                return [tokens["accessToken"]?.string, tokens["refreshToken"]?.string].compactMap(\.self)
            }
        }

        /// What was written since the last time.
        func take() -> (output: String, error: String) { (world.output.take(), world.error.take()) }
    }

    @Test func `login, whoami, a run, and logout`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            #expect(await stage.run("login", "--backend", server.root) == .done)
            let login = stage.take()
            #expect(login.error.contains("/devicelogin"))
            #expect(login.error.contains("Signed in at \(server.root) as adele@contoso.example"))
            #expect(login.output.isEmpty)
            let tokens = stage.tokens
            #expect(tokens.count == 2)

            #expect(await stage.run("whoami") == .done)
            let whoami = stage.take()
            for part in [
                "Adele Vance <adele@contoso.example>", server.tenant, "Group-Conversation.ReadWrite.All",
                "renewed when needed", "create conversations and reply", "HERALD_KEY",
            ] { #expect(whoami.output.contains(part), "\(part)") }

            try stage.world.write("print('hello')", to: "hello.lua")
            #expect(await stage.run("run", "--backend", server.root, "hello.lua") == .done)
            #expect(stage.take().output.contains("hello"))
            let name = server.root.replacing("http://", with: "").replacing(":", with: "-")
            #expect(await stage.run("run", "--profile", name, "hello.lua") == .done)
            #expect(stage.take().output.contains("hello"))

            #expect(await stage.run("logout") == .done)
            #expect(stage.take().error.contains("Signed out: \(name)"))
            #expect(await stage.run("whoami") == .failed)
            #expect(await stage.run("run", "--backend", server.root, "hello.lua") == .usage)
            #expect(stage.take().error.contains("herald login --backend \(server.root)"))
            #expect(tokens.allSatisfy { !(login.error + whoami.output).contains($0) })
        }
    }

    @Test func `a profile says where, for whom and what may be written`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server, ["HERALD_KEY": "canary-key"])
            let arguments = ["login", "--backend", server.root, "--profile", "work", "--allow-groups", "team1*"]
            #expect(await HeraldCommand.run(arguments + ["--max-posts", "7"], in: stage.herald) == .done)
            _ = stage.take()
            func grants(_ arguments: String...) throws -> Grants {
                try BackendOptions.parse(["--profile", "work"] + arguments).place(in: stage.herald).grants
            }
            #expect(try grants() == Grants(groups: ["team1*"], maximumPosts: 7))
            #expect(try grants("--max-posts", "100") == Grants(groups: ["team1*"], maximumPosts: 100))
            #expect(try grants("--allow-groups", "a") == Grants(groups: ["a"], maximumPosts: 7))
            #expect(try grants("--allow-all-groups") == Grants(allGroups: true, maximumPosts: 7))
            #expect(await stage.run("whoami", "--profile", "work", "--json") == .done)
            let json = try JSONValue(Array(stage.take().output.utf8))
            let identity = try #require(json["value"]?.elements?.first)
            #expect(identity["profile"]?.string == "work")
            #expect(identity["kind"]?.string == "delegated")
            #expect(identity["renewable"] == .boolean(true))
            #expect(identity["rights"]?.elements?.count == 3)

            var other = stage
            other.herald.variables["HERALD_KEY"] = nil
            #expect(await other.run("whoami") == .failed)
            #expect(stage.take().output.contains(#/Profile +work\n(.*\n)*Allows +nothing: .*Set HERALD_KEY/#))

            #expect(await stage.run("login", "--profile", "work", "--allow-all-groups") == .done)
            _ = stage.take()
            #expect(await stage.run("whoami") == .done)
            #expect(stage.take().output.contains("write to every group, up to 100 posts"))
        }
    }

    @Test func `two profiles for one backend ask which`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            for name in ["one", "two"] {
                #expect(await stage.run("login", "--backend", server.root, "--profile", name) == .done)
            }
            try stage.world.write("print('hello')", to: "hello.lua")
            _ = stage.take()
            #expect(await stage.run("run", "--backend", server.root, "hello.lua") == .usage)
            #expect(stage.take().error.contains("one, two"))
            #expect(await stage.run("run", "--profile", "two", "hello.lua") == .done)
            _ = stage.take()
            #expect(await stage.run("run", "--profile", "two", "--backend", "global", "hello.lua") == .usage)
            #expect(stage.take().error.contains("its token is not sent to https://graph.microsoft.com"))
            #expect(await stage.run("logout") == .usage)
            #expect(await stage.run("logout", "--all") == .done)
            #expect(stage.take().error.contains("Signed out: two"))
            #expect(await stage.run("logout", "three") == .usage)
        }
    }

    @Test func `a browser signs in too`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            let world = stage.world
            async let status = stage.run("login", "--backend", server.root, "--browser")
            // The person copies the address from the terminal once it stands there.
            var address: String?
            while address == nil {
                address = world.error.text.split(separator: "\n").first { $0.hasPrefix("http") }.map(String.init)
                await Task.yield()
            }
            try await server.browse(try #require(address))
            #expect(await status == .done)
            #expect(world.error.text.contains("as adele@contoso.example"))
        }
    }

    @Test func `a terminal gets a picture of the address`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server, isTerminal: true, ["LANG": "en_US.UTF-8"])
            #expect(await stage.run("login", "--backend", server.root) == .done)
            #expect(stage.take().error.contains("█"))
        }
    }

    @Test func `permissions that are missing are told at the sign-in`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            #expect(await stage.run("login", "--backend", server.root, "--scope", "GroupMember.Read.All") == .done)
            let error = stage.take().error
            #expect(error.contains("It does not allow to create conversations and reply"))
            #expect(!error.contains("It does not allow to find groups"))
        }
    }

    @Test func `a permission that the authority does not know is an error`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            #expect(await stage.run("login", "--backend", server.root, "--scope", "Mail.Send") == .failed)
            #expect(stage.take().error.contains("Mail.Send"))
        }
    }

    // Reference, section 1, fact 2, and section 16.3.
    @Test func `an application's token is told that it cannot create conversations, and why`() async throws {
        try await RunningHerald.with { server in
            let token = try await server.applicationToken()
            let stage = try Stage(server, ["HERALD_TOKEN": token])
            #expect(await stage.run("whoami") == .done)
            let output = stage.take().output
            #expect(output.contains("the application Announcer"))
            #expect(output.contains("create conversations and reply: the token is an application's own"))
            #expect(output.contains("Roles"))
            #expect(!output.contains(token))

            var other = stage
            other.herald.variables["HERALD_TOKEN"] = nil
            other.herald.variables["PATH"] = "/usr/bin:/bin"
            #expect(await other.run("whoami", "--token-command", "echo \(token)", "--json") == .done)
            let json = try JSONValue(Array(stage.take().output.utf8))
            #expect(json["value"]?.elements?.first?["kind"]?.string == "application")
        }
    }

    @Test func `HERALD_TOKEN comes before who is signed in, and --profile before both`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            #expect(await stage.run("login", "--backend", server.root, "--profile", "work") == .done)
            try stage.world.write("print('hello')", to: "hello.lua")
            var other = stage
            other.herald.variables["HERALD_TOKEN"] = "canary-token-that-is-refused"
            _ = stage.take()
            #expect(await other.run("run", "--backend", server.root, "hello.lua") == .failed)
            #expect(!stage.world.error.text.contains("canary-token"))
            #expect(await other.run("run", "--profile", "work", "hello.lua") == .done)
        }
    }

    @Test func `a token that is no JSON Web Token is said to be opaque`() async throws {
        let world = try CapturedWorld()
        var herald = world.herald
        herald.variables["HERALD_TOKEN"] = "canary-token"
        #expect(await HeraldCommand.run(["whoami"], in: herald) == .done)
        #expect(world.output.text.contains("opaque"))
        #expect(!world.output.text.contains("canary"))
    }

    @Test func `Microsoft's clouds need a client id, and the error says how to get one`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("login", "--backend", "global") == .usage)
        for part in ["--client-id", "HERALD_CLIENT_ID", "http://localhost", "public client", "Group-Conversation"] {
            #expect(world.error.text.contains(part))
        }
    }

    @Test(
        "wrong usage is told before anything is asked",
        arguments: [
            ["login"], ["login", "--backend", "embedded"], ["login", "--backend", "nowhere"],
            ["login", "--backend", "http://contoso.example"], ["login", "--profile", "a b", "--backend", "global"],
            ["login", "--backend", "global", "--max-posts", "-1"], ["logout", "a", "--all"],
            ["whoami", "--profile", "nobody"], ["run", "--profile", "nobody", "x.lua"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let world = try CapturedWorld()
        try world.write("print(1)", to: "x.lua")
        #expect(await HeraldCommand.run(arguments, in: world.herald) == .usage)
    }

    @Test("each command teaches by example", arguments: ["login", "logout", "whoami"])
    func help(command: String) async throws {
        let world = try CapturedWorld()
        #expect(await world.run(command, "--help") == .done)
        #expect(world.output.text.contains("Examples:"))
        #expect(world.output.text.contains("herald \(command)"))
    }

    @Test func `processes that renew at once end up with one token, and none is locked out`() async throws {
        try await RunningHerald.with { server in
            let stage = try Stage(server)
            #expect(await stage.run("login", "--backend", server.root, "--profile", "work") == .done)
            try stage.world.write("print('hello')", to: "hello.lua")
            let path = stage.world.folder + "/state/accounts.json"
            let before = stage.tokens
            for _ in 0..<2 {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let ended = text.replacing(#/"expires" : [0-9]+/#, with: #""expires" : 1"#)
                try Data(ended.utf8).write(to: URL(filePath: path))
                let processes = HeraldProcess(folder: stage.world.folder)
                let statuses = try await withThrowingTaskGroup(of: Int32.self) { tasks in
                    for _ in 0..<4 {
                        tasks.addTask { try await processes.run("run", "--profile", "work", "hello.lua").status }
                    }
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(statuses == [0, 0, 0, 0])
            }
            #expect(Set(stage.tokens).isDisjoint(with: before))
        }
    }
}
