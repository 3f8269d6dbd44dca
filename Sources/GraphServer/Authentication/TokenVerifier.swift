package import GraphModel

/// Checks tokens that an identity provider signed, as Microsoft Graph does (reference, sections 13.2 and 16.3).
package struct TokenVerifier: Authenticator {
    /// How far the clocks of provider and server may be apart, in seconds.
    static let skew: Double = 300
    /// The tenant of all personal accounts, which have no groups.
    static let personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
    /// Microsoft Graph's own audiences.
    package static let graphAudiences: Set<String> = [
        "https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000",
    ]

    /// Whose tokens are accepted.
    package struct Trust: Sendable {
        /// The accepted values of `iss`; `{tenantid}` in one stands for the token's tenant.
        package var issuers: Set<String>
        /// The accepted values of `aud`.
        package var audiences: Set<String>
        /// The accepted tenants, in lower case; empty if the issuer alone decides.
        package var tenants: Set<String>

        package init(issuers: Set<String>, audiences: Set<String>, tenants: Set<String> = []) {
            self.issuers = issuers
            self.audiences = audiences
            self.tenants = Set(tenants.map { $0.lowercased() })
        }
    }

    private let keys: KeySource
    private let trust: Trust
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - keys: The provider's public keys.
    ///   - trust: Whose tokens are accepted.
    ///   - now: Microseconds since 1970.
    package init(keys: KeySource, trust: Trust, now: @escaping @Sendable () -> Int64) {
        self.keys = keys
        self.trust = trust
        self.now = now
    }

    package func caller(bearing token: String) async throws(GraphError) -> Caller {
        let token = try SignedToken(token)
        guard let key = try await keys.key(token.keyID) else {
            throw .invalidToken("Access token validation failure. Its signing key is not known here.")
        }
        // The key says which algorithm is right, never the token: 'none' and a public key used as a password end here.
        guard token.algorithm == key.algorithm else {
            throw .invalidToken("Access token validation failure. It must be signed by \(key.algorithm).")
        }
        guard key.accepts(token.signature, over: token.signedText) else {
            throw .invalidToken("Access token validation failure. Invalid signature.")
        }
        try checkLifetime(of: token.claims)
        try checkOrigin(of: token.claims)
        return try TokenClaims(token.claims).caller()
    }

    private func checkLifetime(of claims: JSONValue) throws(GraphError) {
        let seconds = Double(now()) / 1_000_000
        guard let end = claims["exp"]?.double else {
            throw .invalidToken("Lifetime validation failed, the token has no expiry ('exp').")
        }
        guard seconds < end + Self.skew else {
            throw .invalidToken("Lifetime validation failed, the token is expired.")
        }
        guard let start = claims["nbf"] else { return }
        guard let start = start.double, seconds >= start - Self.skew else {
            throw .invalidToken("Lifetime validation failed, the token is not yet valid.")
        }
    }

    private func checkOrigin(of claims: JSONValue) throws(GraphError) {
        let audiences = claims["aud"]?.elements?.compactMap(\.string) ?? claims["aud"]?.string.map { [$0] } ?? []
        guard audiences.contains(where: trust.audiences.contains) else {
            throw .invalidToken("Access token validation failure. Invalid audience.")
        }
        let tenant = claims["tid"]?.string?.lowercased()
        guard tenant != Self.personalTenant else {
            throw .accessDenied("Personal Microsoft accounts have no groups; sign in with a work or school account.")
        }
        let issuer = claims["iss"]?.string ?? ""
        let isTrusted = trust.issuers.contains { trusted in
            trusted == issuer || tenant.map { trusted.replacing("{tenantid}", with: $0) == issuer } ?? false
        }
        guard isTrusted else { throw .invalidToken("Access token validation failure. Invalid issuer.") }
        guard trust.tenants.isEmpty || tenant.map(trust.tenants.contains) ?? false else {
            throw .invalidToken("Access token validation failure. Invalid tenant.")
        }
    }
}
