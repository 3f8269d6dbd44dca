import GraphModel

/// One sign-in by a browser on this machine: an authorization code that only who began can redeem (RFC 6749, section 4.1;
/// RFC 7636; RFC 8252).
package struct AuthorizationAttempt: Sendable {
    /// Tells our redirect from anybody else's.
    package let state: String
    /// What redeems the code; a secret.
    let verifier: String
    /// Where the browser is sent back to.
    package let redirect: String

    /// Begins an attempt with fresh secrets.
    ///
    /// - Parameter port: Where the answer is awaited.
    package init(port: Int) {
        self.init(port: port, state: Base64.urlText(Self.random()), verifier: Base64.urlText(Self.random()))
    }

    init(port: Int, state: String, verifier: String) {
        redirect = "http://localhost:\(port)"
        self.state = state
        self.verifier = verifier
    }

    private static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// The challenge that goes with the verifier, by the method S256 (RFC 7636, section 4.2).
    var challenge: String { Base64.urlText(SHA256.hash(verifier.utf8)) }

    /// The address that the browser opens.
    ///
    /// - Parameters:
    ///   - endpoints: Of the authority.
    ///   - client: The client id.
    ///   - scopes: What is asked for.
    ///   - hint: The user's address, if it is known.
    ///   - claims: What the token has to state, if the service asked for something.
    /// - Returns: The address.
    package func address(
        at endpoints: SignInEndpoints,
        client: String,
        scopes: SignInScopes,
        hint: String? = nil,
        claims: String? = nil
    ) -> String {
        var parameters = [
            ("client_id", client), ("response_type", "code"), ("redirect_uri", redirect), ("response_mode", "query"),
            ("scope", scopes.text), ("state", state), ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
        if let hint { parameters.append(("login_hint", hint)) }
        if let claims { parameters.append(("claims", claims)) }
        return SignInEndpoints.query(endpoints.authorize, parameters)
    }

    /// What a redirect says.
    package enum Redirect: Sendable, Equatable {
        /// A code to redeem.
        case code(String)
        case refused(TokenRefusal)
        /// Not an answer to this attempt: somebody else's, or no answer at all.
        case foreign
    }

    /// Reads the query of a redirect (RFC 6749, section 4.1.2).
    package func read(query: String) -> Redirect {
        var values: [String: String] = [:]
        for field in query.split(separator: "&") {
            let name = field.prefix { $0 != "=" }
            let value = PercentEncoding.decode(String(field[name.endIndex...].dropFirst()), plusIsSpace: true)
            // What stands twice was not made by an authority.
            guard values.updateValue(value, forKey: String(name)) == nil else { return .foreign }
        }
        guard values["state"] == state else { return .foreign }
        if let error = values["error"] {
            return .refused(
                TokenRefusal(
                    code: error,
                    message: values["error_description"] ?? "",
                    numbers: values["error_description"].map { TokenRefusal.numbers(in: $0) } ?? [],
                    claims: values["claims"]
                )
            )
        }
        guard let code = values["code"], !code.isEmpty else { return .foreign }
        return .code(code)
    }

    /// The form that redeems a code.
    func redemption(of code: String, client: String, scopes: SignInScopes) -> [(String, String)] {
        [
            ("grant_type", "authorization_code"), ("client_id", client), ("code", code), ("redirect_uri", redirect),
            ("code_verifier", verifier), ("scope", scopes.text),
        ]
    }
}

extension Base64 {
    /// The text of some bytes in the alphabet for addresses, without padding (RFC 4648, section 5).
    static func urlText(_ bytes: [UInt8]) -> String {
        encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
