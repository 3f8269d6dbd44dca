package import GraphModel

/// Tells who makes a request, from the bearer token that it carries (RFC 6750).
package protocol Authenticator: Sendable {
    /// The caller to whom a token was given.
    ///
    /// - Parameter token: What follows "Bearer" in the header `Authorization`.
    /// - Returns: The caller; nil if the token is not valid.
    func caller(bearing token: String) async -> Caller?
}
