import Foundation
import GraphModel
package import Logging

/// Herald's own authority: signs people and programs in for a server that has no identity provider (reference, section
/// 16).
///
/// It is mounted at the server's root, where clients of Microsoft's identity platform expect one. A person proves to be
/// allowed in by the sign-in code that the server shows at start, and then chooses whom to be.
package struct Authority: Sendable {
    /// What an authority is made of.
    package struct Configuration: Sendable {
        /// The folder of the signing key and of the refresh tokens.
        package var folder: String
        /// Programs that have a secret.
        package var clients: [RegisteredClient]
        /// What a person must know to sign in; at least ``minimumCodeLength`` characters.
        package var signInCode: String

        package init(folder: String, clients: [RegisteredClient] = [], signInCode: String) {
            self.folder = folder
            self.clients = clients
            self.signInCode = signInCode
        }
    }

    /// The fewest characters that a sign-in code chosen by hand may have.
    package static let minimumCodeLength = 16

    /// Where the signing key lies in a folder.
    package static func keyPath(in folder: String) -> String { folder + "/authority-key.pem" }

    package let issuer: TokenIssuer
    let people: People
    let pending: PendingGrants
    let refreshTokens: RefreshTokens
    let clients: [String: RegisteredClient]
    let signInCode: [UInt8]
    let logger: Logger
    let now: @Sendable () -> Int64

    /// Reads the signing key and the refresh tokens, making what is missing.
    ///
    /// - Parameters:
    ///   - configuration: What it is made of.
    ///   - people: Who may sign in.
    ///   - logger: Hears of what failed.
    ///   - now: Microseconds since 1970.
    /// - Throws: If the key or the tokens cannot be read or written.
    package init(
        _ configuration: Configuration,
        people: People,
        logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) throws {
        issuer = TokenIssuer(key: try .inFile(Self.keyPath(in: configuration.folder)), now: now)
        refreshTokens = try RefreshTokens(path: configuration.folder + "/refresh-tokens.json", now: now)
        pending = PendingGrants(now: now)
        clients = Dictionary(configuration.clients.map { ($0.id.lowercased(), $0) }) { first, _ in first }
        signInCode = SecretHash.of(configuration.signInCode)
        self.people = people
        self.logger = logger
        self.now = now
    }

    /// Accepts the tokens that this authority gives out.
    package var verifier: TokenVerifier {
        let issuer = issuer
        return issuer.verifier(
            keys: KeySource(place: "the authority's key", logger: logger, now: now) { issuer.keySet }
        )
    }

    // MARK: Paths

    /// What the authority can do.
    enum Endpoint: Equatable {
        case deviceCode, authorize, token, deviceLogin, discovery, keys
    }

    /// The endpoint of a path and the tenant that it names; nil if the path is none of the authority's.
    static func endpoint(_ path: String) -> (endpoint: Endpoint, tenant: String?)? {
        let parts = path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
        if parts.count == 1, parts[0].lowercased() == "devicelogin" { return (.deviceLogin, nil) }
        guard parts.count > 2 else { return nil }
        let endpoint: Endpoint? =
            switch parts.dropFirst().joined(separator: "/").lowercased() {
            case "oauth2/v2.0/devicecode": .deviceCode
            case "oauth2/v2.0/authorize": .authorize
            case "oauth2/v2.0/token": .token
            case "v2.0/.well-known/openid-configuration": .discovery
            case "discovery/v2.0/keys", "discovery/keys": .keys
            default: nil
            }
        return endpoint.map { ($0, parts[0]) }
    }

    /// Answers what is asked of the authority.
    ///
    /// - Returns: nil if the path is none of its own.
    func respond(to request: AuthorityRequest) async -> GraphResponse? {
        guard let (endpoint, tenant) = Self.endpoint(request.path) else { return nil }
        let allowed: [String] =
            switch endpoint {
            case .deviceCode, .token: ["POST"]
            case .discovery, .keys: ["GET"]
            case .authorize, .deviceLogin: ["GET", "POST"]
            }
        do {
            guard allowed.contains(request.method) else {
                var response = refusal(
                    OAuthError(
                        .invalidRequest,
                        900561,
                        "This endpoint accepts \(allowed.joined(separator: " and ")) alone."
                    ),
                    to: request
                )
                response.status = 405
                response.headers["Allow"] = allowed.joined(separator: ", ")
                return response
            }
            if let tenant { try check(tenant) }
            switch endpoint {
            case .deviceCode: return try beginDevice(request)
            case .authorize: return try await authorize(request)
            case .token: return try await token(request)
            case .deviceLogin: return try await deviceLogin(request)
            case .discovery: return discovery(request)
            case .keys: return Self.json(issuer.keySet)
            }
        } catch let error as OAuthError {
            return refusal(error, to: request)
        } catch {
            logger.error("the authority failed: \(error)")
            return refusal(OAuthError(.serverError, 90033, "The authority failed. Try again later."), to: request)
        }
    }

    private func check(_ tenant: String) throws(OAuthError) {
        guard ["common", "organizations", issuer.tenant].contains(tenant.lowercased()) else {
            throw OAuthError(
                .invalidTenant,
                90002,
                "Tenant '\(tenant.prefix(80))' not found. Use \(issuer.tenant), organizations or common."
            )
        }
    }

    // MARK: Answers

    func refusal(_ error: OAuthError, to request: AuthorityRequest) -> GraphResponse {
        Self.json(
            error.body(correlationID: request.headers["client-request-id"], now: now()),
            status: error.status
        )
    }

    /// Answers hold secrets, and are kept nowhere (RFC 6749, section 5.1).
    static func json(_ body: [UInt8], status: Int = 200) -> GraphResponse {
        GraphResponse(
            status: status,
            headers: [
                "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "Pragma": "no-cache",
                "X-Content-Type-Options": "nosniff",
            ],
            body: body
        )
    }
}
