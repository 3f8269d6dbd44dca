package import GraphModel

/// Tells who makes a request, from the bearer token that it carries (RFC 6750).
package protocol Authenticator: Sendable {
    /// The caller to whom a token was given.
    ///
    /// - Parameter token: What follows "Bearer" in the header `Authorization`.
    /// - Returns: The caller.
    /// - Throws: ``GraphError`` that says why the token is not accepted: 401 if another one may be, 403 if the caller is
    ///   known and has no business here.
    func caller(bearing token: String) async throws(GraphError) -> Caller
}

extension GraphError {
    /// A token that is not accepted.
    static func invalidToken(_ message: String) -> GraphError { GraphError(401, .invalidAuthenticationToken, message) }

    /// A caller who is known and refused, in the words of the conversation surface.
    ///
    /// - Parameter reason: What to do about it.
    /// - Returns: The refusal.
    static func accessDenied(_ reason: String) -> GraphError {
        GraphError(403, .accessDenied, "Access is denied. Check credentials and try again. " + reason)
    }
}
