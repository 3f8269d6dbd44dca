import ArgumentParser
import EmbeddedGraph
import Foundation
import GraphModel
import GraphServer
import Storage

/// `herald-server token`, which `herald token` starts: mints an access token of the local authority.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "herald token",
        abstract: "Mint an access token for a server that was started with --auth local.",
        discussion: """
            Standard output is the token and nothing else. It is signed with the authority's key in the state folder, \
            which is made if it is missing; the server need not run. Whoever can read that key can be anybody: keep \
            the folder to yourself.

            A token is for a user of the store (delegated permissions), or for a program that acts on its own \
            (application permissions). A permission that writes comes with the one that reads.

            Examples:

              herald token --user adele@contoso.example --scope Group-Conversation.ReadWrite.All
              herald token --user adele@contoso.example --scope Group.Read.All --scope User.Read --expires 8h
              herald token --app announcer --scope Group.Read.All
              curl -H "Authorization: Bearer $(herald token --user adele@contoso.example --scope User.Read)" \\
                http://127.0.0.1:8080/v1.0/me
            """
    )

    @Option(help: ArgumentHelp("Who bears the token: the address or id of a user of the store.", valueName: "user"))
    var user: String?
    @Option(help: ArgumentHelp("A program that bears the token instead of a user, by any name.", valueName: "name"))
    var app: String?
    @Option(help: ArgumentHelp("A permission, by Graph's name; may be repeated.", valueName: "permission"))
    var scope: [String] = []
    @Option(help: ArgumentHelp("How long the token holds: 30m, 8h, 2d, at most 30d.", valueName: "time"))
    var expires = TokenLifetime(seconds: TokenIssuer.lifetime)
    @Option(
        help: ArgumentHelp(
            "The embedded store's file; by default graph.sqlite in the state folder.",
            valueName: "path"
        ),
        completion: .file()
    )
    var store: String?

    func validate() throws {
        guard (user == nil) != (app == nil) else {
            throw ValidationError("Say who bears the token: --user ADDRESS, or --app NAME for a program of its own.")
        }
        guard !scope.isEmpty else {
            throw ValidationError("Say what the token permits, for example --scope Group-Conversation.ReadWrite.All.")
        }
        guard app?.isEmpty != true else { throw ValidationError("--app needs a name.") }
    }

    /// Mints the token.
    ///
    /// - Parameters:
    ///   - variables: The environment variables.
    ///   - folder: Where relative paths begin.
    /// - Returns: The token.
    /// - Throws: An error that says what to do.
    func mint(variables: [String: String], folder: String) async throws -> String {
        guard let state = StateFolder.path(variables: variables, folder: folder) else {
            throw AuthOptions.Fault(
                description: "Neither HERALD_HOME nor HOME is set, so there is no key. Set HERALD_HOME."
            )
        }
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
        let issuer = TokenIssuer(key: try .inFile(Authority.keyPath(in: state)), now: now)
        let scopes = Set(scope.flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init) })
        if let app {
            return try issuer.applicationToken(for: app, name: app, roles: scopes, lifetime: expires.seconds)
        }
        let path = store.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } ?? state + "/graph.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            throw AuthOptions.Fault(
                description: "There is no store at \(path), and so no user. `herald serve` makes one; or name another "
                    + "with --store."
            )
        }
        let graph = try ServerCommand.open(
            path,
            operatorName: StateFolder.operatorName(variables: variables),
            mode: .lenient,
            now: now
        )
        defer { try? graph.close() }
        let name = user ?? ""
        guard let person = try await People(graph, as: graph.operatorCaller).find(name) else {
            throw AuthOptions.Fault(
                description: "There is no user '\(name)' in the store \(path). Make one: POST /users with "
                    + "{\"displayName\": …, \"userPrincipalName\": \"\(name)\"}, from a script with "
                    + "graph.post(\"/users\", …) or over HTTP; or name another store with --store."
            )
        }
        return try issuer.accessToken(for: person, scopes: scopes, client: "herald", lifetime: expires.seconds)
    }

    /// Runs the command to its end.
    ///
    /// - Returns: What the shell is told: 0 done, 1 it could not be.
    func run(variables: [String: String], folder: String) async -> Int32 {
        do {
            ServerCommand.write(try await mint(variables: variables, folder: folder), to: .standardOutput)
            return 0
        } catch let error as GraphError {
            ServerCommand.write("herald token: \(error.message)", to: .standardError)
        } catch {
            ServerCommand.write("herald token: \(error)", to: .standardError)
        }
        return 1
    }
}

/// How long a token holds.
struct TokenLifetime: ExpressibleByArgument, Equatable, CustomStringConvertible, Sendable {
    /// The longest lifetime, in seconds: 30 days.
    static let maximum = 30 * 86_400

    var seconds: Int

    init(seconds: Int) {
        self.seconds = seconds
    }

    /// Reads `90s`, `30m`, `8h` or `2d`.
    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), argument.dropLast().allSatisfy(\.isASCII),
            let count = Int(argument.dropLast()), count > 0, count <= Self.maximum / unit
        else { return nil }
        seconds = count * unit
    }

    var description: String {
        seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds / 60)m"
    }
}
