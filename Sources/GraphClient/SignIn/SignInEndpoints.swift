import GraphModel

/// Where an authority takes what a sign-in asks of it (reference, sections 16 and 17).
package struct SignInEndpoints: Sendable, Equatable {
    package var deviceCode: String
    package var authorize: String
    package var token: String
    /// Where an administrator consents for all; nil if the authority has no such page.
    package var adminConsent: String?

    /// The endpoints of Microsoft's identity platform in one of its clouds, which need no discovery.
    ///
    /// - Parameters:
    ///   - login: Scheme and host, without a final "/".
    ///   - tenant: A GUID, a domain, `organizations` or `common`.
    package init(login: String, tenant: String) {
        let base = "\(login)/\(PercentEncoding.encode(tenant))"
        deviceCode = base + "/oauth2/v2.0/devicecode"
        authorize = base + "/oauth2/v2.0/authorize"
        token = base + "/oauth2/v2.0/token"
        adminConsent = base + "/v2.0/adminconsent"
    }

    /// Where a server that has an authority of its own publishes its endpoints.
    package static func discoveryPath(tenant: String) -> String {
        "/\(PercentEncoding.encode(tenant))/v2.0/.well-known/openid-configuration"
    }

    /// Reads what an authority publishes (OpenID Connect Discovery 1.0, section 3; RFC 8628, section 4).
    ///
    /// - Parameters:
    ///   - document: The answer's body.
    ///   - origin: Scheme and authority that were asked; endpoints elsewhere are refused, since secrets are sent there.
    /// - Throws: ``SignInFault`` if an endpoint is missing, or lies elsewhere.
    package init(discovered document: [UInt8], origin: String) throws(SignInFault) {
        guard let json = try? JSONValue(document), case .object = json else {
            throw SignInFault("\(origin) answers with something else than the addresses for signing in.")
        }
        func endpoint(_ name: String) throws(SignInFault) -> String {
            guard let address = json[name]?.string else {
                throw SignInFault("\(origin) does not say where its \(name) is, so nobody can sign in there.")
            }
            guard address.lowercased().hasPrefix(origin.lowercased() + "/") else {
                throw SignInFault(
                    "\(origin) names a \(name) at another place, which is not trusted with a sign-in. If a proxy stands "
                        + "in front of the server, it must pass the header Host on."
                )
            }
            return address
        }
        deviceCode = try endpoint("device_authorization_endpoint")
        authorize = try endpoint("authorization_endpoint")
        token = try endpoint("token_endpoint")
    }

    /// The address at which an administrator consents for the whole tenant (reference, section 16.1).
    package func adminConsent(client: String, scopes: SignInScopes) -> String? {
        adminConsent.map { address in
            Self.query(
                address,
                [("client_id", client), ("scope", scopes.text), ("redirect_uri", "http://localhost")]
            )
        }
    }

    /// An address with parameters.
    static func query(_ address: String, _ parameters: [(String, String)]) -> String {
        address + (address.contains("?") ? "&" : "?") + form(parameters)
    }

    /// Parameters as `application/x-www-form-urlencoded`.
    static func form(_ parameters: [(String, String)]) -> String {
        parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }
}

/// Why nobody could be signed in; the sentence says what to do.
package struct SignInFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}
