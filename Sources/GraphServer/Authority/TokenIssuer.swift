import Foundation
import GraphModel

/// Makes the tokens of Herald's own authority, and the verifier that accepts them.
package struct TokenIssuer: Sendable {
    /// How long an access token holds unless somebody says otherwise, in seconds.
    package static let lifetime = 3600
    /// What access tokens are for.
    static let audience = "https://graph.microsoft.com"

    package let key: SigningKey
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - key: What signs.
    ///   - now: Microseconds since 1970.
    package init(key: SigningKey, now: @escaping @Sendable () -> Int64) {
        self.key = key
        self.now = now
    }

    package var tenant: String { key.tenant }

    /// What access tokens name as their issuer, at whatever address the server is.
    var issuer: String { "urn:herald:authority:\(tenant)" }

    /// Accepts what this issuer made, and nothing else.
    package func verifier(keys: KeySource) -> TokenVerifier {
        TokenVerifier(
            keys: keys,
            trust: .init(issuers: [issuer], audiences: [Self.audience], tenants: [tenant]),
            now: now
        )
    }

    /// The public key for ``verifier(keys:)``.
    package var keySet: [UInt8] { key.keySet }

    /// An access token for a user.
    ///
    /// - Parameters:
    ///   - person: Who bears it.
    ///   - scopes: Delegated permissions.
    ///   - client: The program that uses it.
    ///   - lifetime: In seconds.
    /// - Returns: The token.
    /// - Throws: ``GraphError`` if a permission is not in the table.
    package func accessToken(
        for person: Person,
        scopes: Set<String>,
        client: String,
        lifetime: Int = lifetime
    ) throws -> String {
        try Self.refuseUnknown(scopes, ScopeRequest.delegated, "delegated")
        return try token(audience: Self.audience, issuer: issuer, lifetime: lifetime) { writer in
            writer.member("idtyp", "user")
            writer.member("oid", person.id)
            writer.member("sub", Self.subject(person.id, client))
            writer.member("name", person.displayName)
            writer.member("upn", person.address)
            writer.member("unique_name", person.address)
            writer.member("appid", client)
            writer.member("scp", scopes.sorted().joined(separator: " "))
        }
    }

    /// An access token for a program that acts on its own.
    ///
    /// - Parameters:
    ///   - client: The program's id.
    ///   - name: What people read.
    ///   - roles: Application permissions.
    ///   - lifetime: In seconds.
    /// - Returns: The token.
    /// - Throws: ``GraphError`` if a permission is not in the table.
    package func applicationToken(
        for client: String,
        name: String,
        roles: Set<String>,
        lifetime: Int = lifetime
    ) throws -> String {
        try Self.refuseUnknown(roles, ScopeRequest.application, "application")
        let objectID = SigningKey.objectID(of: "service principal " + client)
        return try token(audience: Self.audience, issuer: issuer, lifetime: lifetime) { writer in
            writer.member("idtyp", "app")
            writer.member("oid", objectID)
            writer.member("sub", objectID)
            writer.member("appid", client)
            writer.member("app_displayname", name)
            writer.name("roles")
            writer.array { writer in for role in roles.sorted() { writer.string(role) } }
        }
    }

    /// A token that tells a client who signed in (OpenID Connect Core 1.0, section 2).
    func idToken(for person: Person, client: String, nonce: String?, origin: String) throws -> String {
        try token(audience: client, issuer: "\(origin)/\(tenant)/v2.0", lifetime: Self.lifetime) { writer in
            writer.member("oid", person.id)
            writer.member("sub", Self.subject(person.id, client))
            writer.member("name", person.displayName)
            writer.member("preferred_username", person.address)
            if let nonce { writer.member("nonce", nonce) }
        }
    }

    private func token(
        audience: String,
        issuer: String,
        lifetime: Int,
        _ claims: (inout JSONWriter) -> Void
    ) throws -> String {
        let seconds = now() / 1_000_000
        return try key.sign(
            JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("aud", audience)
                    writer.member("iss", issuer)
                    writer.member("iat", seconds)
                    writer.member("nbf", seconds)
                    writer.member("exp", seconds + Int64(lifetime))
                    writer.member("tid", tenant)
                    writer.member("ver", audience == Self.audience ? "1.0" : "2.0")
                    writer.member("uti", Base64URL.encode(SecretHash.randomBytes(16)))
                    claims(&writer)
                }
            }
        )
    }

    /// A user's name that differs from client to client.
    private static func subject(_ person: String, _ client: String) -> String {
        Base64URL.encode(SecretHash.of("\(person) \(client)"))
    }

    private static func refuseUnknown(
        _ names: Set<String>,
        _ known: Set<String>,
        _ kind: String
    ) throws(GraphError) {
        guard let unknown = names.subtracting(known).min() else { return }
        throw GraphError(
            400,
            .badRequest,
            "'\(unknown)' is no \(kind) permission that is known here; these are: "
                + known.sorted().joined(separator: ", ") + "."
        )
    }
}
