import ArgumentParser
import EmbeddedGraph
import Foundation
import GraphModel
import GraphServer
import Logging

/// Who may use the server: the options of `herald serve` that say so.
struct AuthOptions: ParsableArguments {
    /// Who tells callers apart.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        /// Herald's own authority.
        case local
        /// An identity provider, by its public keys.
        case jwks
    }

    @Option(
        name: .customLong("auth"),
        help: ArgumentHelp(
            "Who signs callers in: 'local' is Herald's own authority, 'jwks' an identity provider whose keys --jwks "
                + "names. Without it, one token stands for the operator, on this machine alone.",
            valueName: "kind"
        )
    )
    var kind: Kind?
    @Option(help: ArgumentHelp("The provider's JSON Web Key Set: a file, or an https URL.", valueName: "file|url"))
    var jwks: String?
    @Option(
        help: ArgumentHelp(
            "An accepted issuer ('iss'), where {tenantid} stands for the token's tenant; may be repeated.",
            valueName: "url"
        )
    )
    var issuer: [String] = []
    @Option(
        help: ArgumentHelp(
            "An accepted audience ('aud'); may be repeated. By default those of Microsoft Graph.",
            valueName: "uri"
        )
    )
    var audience: [String] = []
    @Option(
        help: ArgumentHelp(
            "An accepted tenant ('tid'); may be repeated. Needed if an issuer has {tenantid}.",
            valueName: "guid"
        )
    )
    var tenant: [String] = []
    @Option(
        help: ArgumentHelp("With --auth local: a JSON file of programs that have a secret.", valueName: "file"),
        completion: .file()
    )
    var clients: String?
    @Flag(help: "Let programs without a user start conversations and reply, as Microsoft Graph does not.")
    var allowAppOnlyPosting = false

    /// Refuses options that say nothing together.
    func validate() throws {
        if kind == .jwks {
            guard jwks != nil else {
                throw ValidationError("--auth jwks needs the provider's keys: --jwks FILE, or --jwks https://….")
            }
            guard !issuer.isEmpty else {
                throw ValidationError("--auth jwks needs the issuer whose tokens are accepted: --issuer URL.")
            }
            guard !tenant.isEmpty || !issuer.contains(where: { $0.contains("{tenantid}") }) else {
                throw ValidationError(
                    "An issuer with {tenantid} is every tenant of the provider: say which may come in, --tenant GUID."
                )
            }
        } else if jwks != nil || !issuer.isEmpty || !audience.isEmpty || !tenant.isEmpty {
            throw ValidationError("--jwks, --issuer, --audience and --tenant belong to --auth jwks; add it.")
        }
        guard kind == .local || clients == nil else {
            throw ValidationError("--clients belongs to --auth local; add it.")
        }
    }
}

extension AuthOptions {
    /// Where a server looks for its files and secrets.
    struct Place {
        var variables: [String: String]
        /// Where relative paths begin.
        var folder: String
        /// The state folder.
        var state: String?
    }

    /// How callers are told apart, ready to be used.
    struct Access {
        var authenticator: any Authenticator
        var authority: Authority?
        /// What the person who started the server must know, for the line that is shown.
        var notice: String
    }

    /// What prevents the server from telling callers apart.
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes what the options ask for, reading keys and files.
    ///
    /// - Parameters:
    ///   - graph: The store whose people sign in.
    ///   - place: Where files and secrets are.
    ///   - logger: Hears of what fails later.
    ///   - now: Microseconds since 1970.
    /// - Returns: What the server needs.
    /// - Throws: If a file cannot be used, or a secret is too short.
    func access(
        to graph: EmbeddedGraph,
        in place: Place,
        logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) async throws -> Access {
        switch kind {
        case nil: try development(graph, place)
        case .local: try local(graph, place, logger, now)
        case .jwks: try await provider(place, logger, now)
        }
    }

    private func development(_ graph: EmbeddedGraph, _ place: Place) throws -> Access {
        let given = try Self.secret("HERALD_TOKEN", DevelopmentToken.minimumLength, place)
        let token = given ?? DevelopmentToken.random()
        return Access(
            authenticator: DevelopmentToken(token, caller: graph.operatorCaller),
            notice: "token: \(given == nil ? token : "the one in HERALD_TOKEN")"
        )
    }

    private func local(
        _ graph: EmbeddedGraph,
        _ place: Place,
        _ logger: Logger,
        _ now: @escaping @Sendable () -> Int64
    ) throws -> Access {
        guard let folder = place.state else {
            throw Fault(description: "there is no place for the signing key: set HERALD_HOME")
        }
        let given = try Self.secret("HERALD_SIGN_IN_CODE", Authority.minimumCodeLength, place)
        let code = given ?? DevelopmentToken.random()
        let clients = try clients.map { path in
            try RegisteredClient.read(path.hasPrefix("/") ? path : place.folder + "/" + path)
        }
        let authority = try Authority(
            .init(folder: folder, clients: clients ?? [], signInCode: code),
            people: People(graph, as: graph.operatorCaller),
            logger: logger,
            now: now
        )
        return Access(
            authenticator: authority.verifier,
            authority: authority,
            notice: "tenant: \(authority.issuer.tenant)  sign-in code: "
                + (given == nil ? code : "the one in HERALD_SIGN_IN_CODE")
        )
    }

    private func provider(
        _ place: Place,
        _ logger: Logger,
        _ now: @escaping @Sendable () -> Int64
    ) async throws -> Access {
        let jwks = jwks ?? ""
        let keys = try KeySource(at: jwks, folder: place.folder, logger: logger, now: now)
        do {
            try await keys.load()
        } catch {
            throw Fault(description: "--jwks \(jwks): the keys cannot be read: \(error)")
        }
        let audiences = audience.isEmpty ? TokenVerifier.graphAudiences : Set(audience)
        return Access(
            authenticator: TokenVerifier(
                keys: keys,
                trust: .init(issuers: Set(issuer), audiences: audiences, tenants: Set(tenant)),
                now: now
            ),
            notice: "tokens of: \(issuer.joined(separator: ", "))"
        )
    }

    private static func secret(_ name: String, _ minimum: Int, _ place: Place) throws(Fault) -> String? {
        guard let given = place.variables[name], !given.isEmpty else { return nil }
        guard given.utf8.count >= minimum else {
            throw Fault(description: "\(name) is too short: it has at least \(minimum) characters")
        }
        return given
    }
}
