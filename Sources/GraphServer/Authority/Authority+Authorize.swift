import Foundation
import GraphModel

/// What a client asks for at the authorization endpoint (RFC 6749, section 4.1.1; RFC 7636, section 4.3).
struct AuthorizationRequest: Sendable {
    var client: String
    var redirectURI: String
    var state: String?
    var isFormPost: Bool
    var scopes: ScopeRequest
    var challenge: String
    var nonce: String?
    var loginHint: String?

    /// The names that the page hands on.
    static let names = [
        "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "code_challenge",
        "code_challenge_method", "nonce", "login_hint",
    ]
}

extension Authority {
    /// `GET authorize` shows the page, `POST` takes what the person decided.
    func authorize(_ request: AuthorityRequest) async throws -> GraphResponse {
        let parameters: FormParameters
        let destination: Destination
        do {
            parameters = try request.method == "GET" ? request.parameters() : request.form()
            destination = try self.destination(parameters)
        } catch {
            // Nothing may be sent to an address that is not the client's (RFC 6749, section 4.1.2.1).
            return SignInPage.message("The sign-in cannot begin", error.description, status: 400)
        }
        let asked: AuthorizationRequest
        do {
            asked = try read(parameters, destination)
        } catch {
            return destination.answer([("error", error.code.rawValue), ("error_description", error.description)])
        }
        var page = SignInPage(action: request.path, title: "Sign in", people: try await people.first(200))
        page.client = clients[asked.client.lowercased()]?.name ?? asked.client
        page.scopes = asked.scopes.text
        page.redirectOrigin = destination.origin
        page.chosen = parameters["user"] ?? asked.loginHint ?? ""
        page.hidden = AuthorizationRequest.names.compactMap { name in parameters[name].map { (name, $0) } }
        guard request.method == "POST" else { return page.response() }
        do {
            guard let person = try await decision(parameters).person else {
                return destination.answer([
                    ("error", OAuthError.Code.accessDenied.rawValue),
                    ("error_description", "AADSTS65004: The person declined."),
                ])
            }
            let grant = PendingGrants.Grant(
                client: asked.client,
                scopes: asked.scopes,
                person: person,
                nonce: asked.nonce
            )
            let code = try pending.issueCode(grant, redirectURI: asked.redirectURI, challenge: asked.challenge)
            return destination.answer([("code", code)])
        } catch let problem as SignInPage.Problem {
            page.problem = problem.message
            return page.response(status: 400)
        }
    }

    // MARK: Where the answer goes

    /// Where the answer goes, once it is known to be the client's.
    struct Destination: Sendable {
        var client: String
        var uri: String
        var origin: String
        var state: String?
        var isFormPost: Bool

        /// Sends the person back with an answer.
        func answer(_ fields: [(String, String)]) -> GraphResponse {
            let fields = fields + (state.map { [("state", $0)] } ?? [])
            if isFormPost { return SignInPage.formPost(to: uri, origin: origin, fields) }
            let query = fields.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
            return GraphResponse(
                status: 303,
                headers: [
                    "Location": uri + (uri.contains("?") ? "&" : "?") + query, "Cache-Control": "no-store",
                    "Referrer-Policy": "no-referrer",
                ]
            )
        }
    }

    private func destination(_ parameters: FormParameters) throws(OAuthError) -> Destination {
        let client = try parameters.required("client_id")
        try Self.check(client: client)
        let uri = try parameters.required("redirect_uri")
        let registered = clients[client.lowercased()]
        guard let origin = Self.origin(of: uri),
            Self.isLoopback(uri) || registered?.redirectURIs?.contains(uri) ?? false
        else {
            throw OAuthError(
                .invalidRequest,
                50011,
                "The redirect URI must be http://localhost or another loopback address, at any port, or one that is "
                    + "registered for the application."
            )
        }
        return Destination(
            client: registered?.id ?? client,
            uri: uri,
            origin: origin,
            state: parameters["state"],
            isFormPost: parameters["response_mode"] == "form_post"
        )
    }

    /// Scheme, host and port of a URI that is fit to be redirected to; nil if it is not.
    private static func origin(of uri: String) -> String? {
        let isPlain = uri.utf8.allSatisfy { (0x21...0x7E).contains($0) && !Array(#""'<>\^`{|};,"#.utf8).contains($0) }
        guard isPlain, uri.utf8.count <= 2000, let parts = URLComponents(string: uri), let scheme = parts.scheme,
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.fragment == nil
        else { return nil }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }

    /// Whether a URI leads to a program on the person's own machine (RFC 8252, section 7.3).
    private static func isLoopback(_ uri: String) -> Bool {
        guard let parts = URLComponents(string: uri), parts.scheme == "http" else { return false }
        return ["localhost", "127.0.0.1", "[::1]", "::1"].contains(parts.host?.lowercased())
    }

    private func read(
        _ parameters: FormParameters,
        _ destination: Destination
    ) throws(OAuthError) -> AuthorizationRequest {
        guard try parameters.required("response_type") == "code" else {
            throw OAuthError(.unsupportedResponseType, 70005, "response_type must be 'code'.")
        }
        guard ["query", "form_post"].contains(parameters["response_mode"] ?? "query") else {
            throw OAuthError(.invalidRequest, 900144, "response_mode must be 'query' or 'form_post'.")
        }
        guard parameters["prompt"] != "none" else {
            throw OAuthError(.interactionRequired, 50058, "Nobody stays signed in here; a person must be asked.")
        }
        guard parameters["code_challenge_method"] == "S256" else {
            throw OAuthError(.invalidRequest, 9_002_325, "PKCE is needed: code_challenge_method must be 'S256'.")
        }
        let challenge = try parameters.required("code_challenge")
        guard Base64URL.decode(challenge)?.count == 32 else {
            throw OAuthError(.invalidRequest, 501491, "code_challenge must be a SHA-256 in base64url without padding.")
        }
        return AuthorizationRequest(
            client: destination.client,
            redirectURI: destination.uri,
            state: destination.state,
            isFormPost: destination.isFormPost,
            scopes: try ScopeRequest(try parameters.required("scope")),
            challenge: challenge,
            nonce: parameters["nonce"],
            loginHint: parameters["login_hint"]
        )
    }
}
