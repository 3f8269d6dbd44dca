/// Where the access token for a service comes from.
package protocol TokenSource: Sendable {
    /// A token that is valid now, as far as can be told.
    ///
    /// - Parameters:
    ///   - refused: A token that the service has just refused, and which is not to be given again; nil if none was.
    ///   - claims: What the service asks a new token to state, from its header `WWW-Authenticate`.
    /// - Returns: The token; what it was before if there is no newer one.
    /// - Throws: ``SignInRequired`` if only a person can get one.
    func token(insteadOf refused: String?, claims: String?) async throws -> String
}

/// Nobody is signed in, or not any longer; the sentence says what to do.
package struct SignInRequired: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// A token that somebody else got, and which cannot be renewed here.
package struct GivenToken: TokenSource {
    private let text: String

    package init(_ text: String) { self.text = text }

    package func token(insteadOf refused: String?, claims: String?) -> String { text }
}
