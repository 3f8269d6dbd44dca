import GraphModel

extension Authority {
    /// Where everything is (OpenID Connect Discovery 1.0, section 3; RFC 8414).
    func discovery(_ request: AuthorityRequest) -> GraphResponse {
        let base = "\(request.origin)/\(issuer.tenant)"
        return Self.json(
            JSONWriter.bytes { writer in
                writer.object { writer in
                    func list(_ name: StaticString, _ values: [String], _ writer: inout JSONWriter) {
                        writer.name(name)
                        writer.array { writer in for value in values { writer.string(value) } }
                    }
                    writer.member("issuer", "\(base)/v2.0")
                    writer.member("authorization_endpoint", "\(base)/oauth2/v2.0/authorize")
                    writer.member("token_endpoint", "\(base)/oauth2/v2.0/token")
                    writer.member("device_authorization_endpoint", "\(base)/oauth2/v2.0/devicecode")
                    writer.member("jwks_uri", "\(base)/discovery/v2.0/keys")
                    list("response_types_supported", ["code"], &writer)
                    list("response_modes_supported", ["query", "form_post"], &writer)
                    list(
                        "grant_types_supported",
                        ["authorization_code", "refresh_token", "client_credentials", Self.deviceGrant],
                        &writer
                    )
                    list("subject_types_supported", ["pairwise"], &writer)
                    list("id_token_signing_alg_values_supported", ["RS256"], &writer)
                    list("code_challenge_methods_supported", ["S256"], &writer)
                    list(
                        "token_endpoint_auth_methods_supported",
                        ["none", "client_secret_post", "client_secret_basic"],
                        &writer
                    )
                    list("scopes_supported", ["openid", "profile", "email", "offline_access"], &writer)
                    list(
                        "claims_supported",
                        [
                            "aud", "exp", "iat", "iss", "name", "nonce", "oid", "preferred_username", "sub", "tid",
                            "ver",
                        ],
                        &writer
                    )
                    writer.member("request_uri_parameter_supported", false)
                }
            }
        )
    }
}
