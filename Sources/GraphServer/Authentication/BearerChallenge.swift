import GraphModel

/// What the header `Authorization` says, and how the server asks for it (RFC 6750, sections 2.1 and 3).
struct BearerChallenge: Sendable {
    /// The token of a request.
    ///
    /// - Parameter field: The value of `Authorization`; nil if the header is missing.
    /// - Returns: What follows "Bearer".
    /// - Throws: ``GraphError`` 401 if there is none.
    static func token(_ field: String?) throws(GraphError) -> String {
        guard let field else {
            throw .invalidToken("Access token is empty. Send the header 'Authorization: Bearer TOKEN'.")
        }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else {
            throw .invalidToken("Access token is empty. The header 'Authorization' must read 'Bearer TOKEN'.")
        }
        guard parts.count == 2, let token = parts.last.map({ $0.drop { $0 == " " } }), !token.isEmpty else {
            throw .invalidToken("Access token is empty. 'Bearer' is followed by the token.")
        }
        return String(token)
    }

    /// The value of `WWW-Authenticate` that goes with a 401.
    ///
    /// - Parameters:
    ///   - error: Why the request was refused.
    ///   - hasToken: Whether it carried a token; one that carried none is told of no error.
    /// - Returns: The header's value.
    static func header(for error: GraphError, hasToken: Bool) -> String {
        guard hasToken else { return #"Bearer realm="herald""# }
        let description = error.message.replacing("\\", with: "").replacing("\"", with: "'")
        return #"Bearer realm="herald", error="invalid_token", error_description="\#(description)""#
    }
}
