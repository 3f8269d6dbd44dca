import GraphModel

/// What a token that is believed says of its bearer (reference, section 16.3).
struct TokenClaims: Sendable {
    /// The actor's object id, in lower case; nil if the token has none.
    private let objectID: String?
    private let scopes: Set<String>
    private let roles: Set<String>
    private let isApplication: Bool
    private let claims: JSONValue

    init(_ claims: JSONValue) {
        self.claims = claims
        objectID = claims["oid"]?.string.flatMap { GroupID($0)?.text }
        scopes = Set((claims["scp"]?.string ?? "").split(separator: " ").map { Self.name(of: $0) })
        roles = Set((claims["roles"]?.elements ?? []).compactMap(\.string))
        isApplication = claims["idtyp"]?.string?.lowercased() == "app"
    }

    /// Who bears the token, and what was granted.
    ///
    /// - Throws: ``GraphError`` 401 if it names nobody, 403 if nothing was granted.
    func caller() throws(GraphError) -> Caller {
        let kind: Caller.Kind
        if !scopes.isEmpty, !isApplication {
            kind = .delegated
        } else if isApplication || !roles.isEmpty {
            kind = .application
        } else {
            throw .accessDenied(
                "The token grants nothing: neither delegated permissions (scp) nor application permissions (roles)."
            )
        }
        guard let objectID else {
            throw .invalidToken("Access token validation failure. It names nobody: 'oid' must hold an object id.")
        }
        let address =
            kind == .application ? "" : text("upn") ?? text("preferred_username") ?? text("unique_name") ?? ""
        let name = kind == .application ? text("app_displayname") ?? text("azp") ?? text("appid") : text("name")
        return Caller(
            id: objectID,
            displayName: name ?? (address.isEmpty ? objectID : address),
            address: address,
            kind: kind,
            scopes: kind == .application ? roles : scopes,
            clientID: (text("azp") ?? text("appid"))?.lowercased(),
            tenantID: text("tid")?.lowercased()
        )
    }

    private func text(_ name: String) -> String? { claims[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    /// A permission without the resource in front: `https://graph.microsoft.com/Group.Read.All` is `Group.Read.All`.
    private static func name(of scope: Substring) -> String {
        String(scope.split(separator: "/").last ?? scope)
    }
}
