package import GraphModel

/// One secret that stands for one caller, for a server that only its own machine can reach.
package struct DevelopmentToken: Authenticator {
    /// The fewest characters that a token chosen by hand may have.
    package static let minimumLength = 16

    private let hash: [UInt8]
    private let caller: Caller

    /// Lets whoever bears `token` act as `caller`.
    package init(_ token: String, caller: Caller) {
        hash = SHA256.hash(Array(token.utf8))
        self.caller = caller
    }

    /// A new token: 32 random bytes in base64url (RFC 4648, section 5).
    package static func random() -> String { SecretHash.randomText() }

    package func caller(bearing token: String) throws(GraphError) -> Caller {
        guard SecretHash.same(hash, SHA256.hash(Array(token.utf8))) else {
            throw .invalidToken("The access token is not valid here. Use the one that was shown at start.")
        }
        return caller
    }
}
