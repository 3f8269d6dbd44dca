import GraphModel

extension Authority {
    /// The grant type of device codes (RFC 8628, section 3.4).
    static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
    /// The longest client id.
    static let maximumClientLength = 128

    /// `POST token`: gives tokens for a code, a refresh token, or a program's secret.
    func token(_ request: AuthorityRequest) async throws -> GraphResponse {
        let form = try request.form()
        let kind = try form.required("grant_type")
        let client = try authenticate(form, request, needsSecret: kind == "client_credentials")
        switch kind {
        case "client_credentials": return try clientCredentials(client, form)
        case "authorization_code": return try await redeemCode(client, form, request)
        case "refresh_token": return try await refresh(client, form, request)
        case Self.deviceGrant, "device_code":
            let grant = try pending.poll(try form.required("device_code"), client: client)
            return try answer(grant, refreshToken: try firstRefreshToken(grant)?.token, form, request)
        default:
            throw OAuthError(.unsupportedGrantType, 70003, "The grant type '\(kind.prefix(80))' is not supported.")
        }
    }

    /// The id of the client that asks, once it has proved to be that client.
    ///
    /// A client that is not registered is a public one: what it may do depends on the person who approves it.
    private func authenticate(
        _ form: FormParameters,
        _ request: AuthorityRequest,
        needsSecret: Bool
    ) throws(OAuthError) -> String {
        let basic = Self.basic(request.headers["Authorization"])
        guard let id = basic?.id ?? form["client_id"] else { throw .missing("client_id") }
        guard form["client_id"] ?? id == id else {
            throw OAuthError(.invalidClient, 7_000_215, "Header and form name different clients.")
        }
        try Self.check(client: id)
        let secret = basic?.secret ?? form["client_secret"]
        guard let client = clients[id.lowercased()] else {
            guard !needsSecret, secret == nil else {
                throw OAuthError(
                    .invalidClient,
                    700016,
                    "The application '\(id.prefix(80))' is not registered here. Add it to the file of --clients."
                )
            }
            return id
        }
        guard let secret else {
            throw OAuthError(.invalidClient, 7_000_218, "The request body must contain the parameter 'client_secret'.")
        }
        guard client.accepts(secret) else {
            throw OAuthError(.invalidClient, 7_000_215, "Invalid client secret provided.")
        }
        return client.id
    }

    static func check(client id: String) throws(OAuthError) {
        let isPlain = id.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "<") }
        guard id.utf8.count <= maximumClientLength, isPlain else {
            throw OAuthError(
                .unauthorizedClient,
                700016,
                "client_id has up to \(maximumClientLength) plain characters."
            )
        }
    }

    /// Reads `Basic` credentials, whose parts are form-encoded (RFC 6749, section 2.3.1).
    private static func basic(_ field: String?) -> (id: String, secret: String)? {
        guard let parts = field?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "basic", let bytes = Base64.decode(String(parts[1]))
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let id = text.prefix { $0 != ":" }
        guard !id.isEmpty, id.endIndex != text.endIndex else { return nil }
        let decode: (Substring) -> String = { PercentEncoding.decode(String($0), plusIsSpace: true) }
        return (decode(id), decode(text[id.endIndex...].dropFirst()))
    }

    // MARK: Grants

    private func clientCredentials(_ id: String, _ form: FormParameters) throws -> GraphResponse {
        guard let client = clients[id.lowercased()] else { throw OAuthError(.invalidClient, 700016, "Not registered.") }
        guard try form.required("scope").hasSuffix("/.default") else {
            throw OAuthError(.invalidScope, 1_002_012, "A program asks for RESOURCE/.default, all that it was given.")
        }
        guard !client.roles.isEmpty else {
            throw OAuthError(.unauthorizedClient, 65001, "The application has no roles. Add them to its registration.")
        }
        let token = try issuer.applicationToken(for: client.id, name: client.name, roles: client.roles)
        return Self.json(
            JSONWriter.bytes { writer in
                writer.object { writer in Self.writeAccess(token, &writer) }
            }
        )
    }

    private func redeemCode(
        _ client: String,
        _ form: FormParameters,
        _ request: AuthorityRequest
    ) async throws -> GraphResponse {
        let code = try form.required("code")
        let redirectURI = try form.required("redirect_uri")
        let verifier = try form.required("code_verifier")
        switch pending.redeem(code, client: client, redirectURI: redirectURI, verifier: verifier) {
        case .refused(let error): throw error
        case .replayed(let family):
            if let family { try refreshTokens.revoke(family) }
            throw OAuthError(.invalidGrant, 54005, "The code was redeemed already. Sign in again.")
        case .granted(let grant):
            let refreshToken = try firstRefreshToken(grant)
            if let refreshToken { pending.note(refreshToken.family, ofCode: code) }
            return try answer(grant, refreshToken: refreshToken?.token, form, request)
        }
    }

    private func refresh(
        _ client: String,
        _ form: FormParameters,
        _ request: AuthorityRequest
    ) async throws -> GraphResponse {
        let token = try form.required("refresh_token")
        let stored = try refreshTokens.grant(of: token, client: client)
        var scopes = stored.scopes
        if let text = form["scope"] {
            let asked = try ScopeRequest(text)
            let isDefault = text.split(separator: " ").contains { $0.hasSuffix(".default") }
            guard isDefault || asked.permissions.isSubset(of: stored.scopes.permissions) else {
                throw OAuthError(
                    .consentRequired,
                    65001,
                    "The person has not approved all of these scopes. Sign in again."
                )
            }
            if !isDefault { scopes.permissions = asked.permissions }
        }
        guard let person = try await people.find(stored.person) else {
            throw OAuthError(.invalidGrant, 50034, "The user is not in the store any more.")
        }
        let next = try refreshTokens.rotate(token, client: client)
        let grant = PendingGrants.Grant(client: client, scopes: scopes, person: person)
        return try answer(grant, refreshToken: next, form, request)
    }

    private func firstRefreshToken(_ grant: PendingGrants.Grant) throws -> (token: String, family: String)? {
        guard grant.scopes.offline else { return nil }
        return try refreshTokens.issue(.init(client: grant.client, person: grant.person.id, scopes: grant.scopes))
    }

    // MARK: Answers

    private func answer(
        _ grant: PendingGrants.Grant,
        refreshToken: String?,
        _ form: FormParameters,
        _ request: AuthorityRequest
    ) throws -> GraphResponse {
        let token = try issuer.accessToken(
            for: grant.person,
            scopes: grant.scopes.permissions,
            client: grant.client
        )
        let idToken =
            grant.scopes.openID
            ? try issuer.idToken(for: grant.person, client: grant.client, nonce: grant.nonce, origin: request.origin)
            : nil
        // Microsoft's libraries name accounts by this.
        let account = #"{"uid":"\#(grant.person.id)","utid":"\#(issuer.tenant)"}"#
        return Self.json(
            JSONWriter.bytes { writer in
                writer.object { writer in
                    Self.writeAccess(token, &writer)
                    writer.member("scope", grant.scopes.text)
                    if let refreshToken { writer.member("refresh_token", refreshToken) }
                    if let idToken { writer.member("id_token", idToken) }
                    if form["client_info"] != nil {
                        writer.member("client_info", Base64URL.encode(Array(account.utf8)))
                    }
                }
            }
        )
    }

    private static func writeAccess(_ token: String, _ writer: inout JSONWriter) {
        writer.member("token_type", "Bearer")
        writer.member("expires_in", TokenIssuer.lifetime)
        writer.member("ext_expires_in", TokenIssuer.lifetime)
        writer.member("access_token", token)
    }
}
