import GraphModel

/// A JSON Web Token in its compact form, taken apart and not yet believed (RFC 7515, section 7.1; RFC 7519).
struct SignedToken: Sendable {
    /// The most characters that a token may have.
    static let maximumLength = 16_384

    let algorithm: String
    let keyID: String
    let claims: JSONValue
    let signature: [UInt8]
    /// What was signed: the first two parts with the dot between them.
    let signedText: [UInt8]

    /// Takes a token apart.
    ///
    /// - Throws: ``GraphError`` 401 if it is no signed token.
    init(_ token: String) throws(GraphError) {
        func malformed(_ reason: String) -> GraphError {
            .invalidToken("CompactToken parsing failed with error code: 80049217. \(reason)")
        }
        guard token.utf8.count <= Self.maximumLength else {
            throw malformed("A token has at most \(Self.maximumLength) characters.")
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw malformed("JWT is not well formed: three parts with a dot between them were expected.")
        }
        guard let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw malformed("JWT is not well formed: a part is not base64url without padding.") }
        guard let header = try? JSONValue(head), case .object(let fields) = header, let claims = try? JSONValue(body),
            case .object = claims
        else { throw malformed("JWT is not well formed: its header and payload must be JSON objects.") }
        // What a header declares critical must be understood, and nothing is (RFC 7515, section 4.1.11).
        guard fields["crit"] == nil else { throw malformed("Its header asks for extensions that are not known here.") }
        guard let algorithm = fields["alg"]?.string, let keyID = fields["kid"]?.string else {
            throw malformed("Its header must name the algorithm in 'alg' and the key in 'kid'.")
        }
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.signature = signature
        signedText = Array(token.utf8.dropLast(parts[2].utf8.count + 1))
    }
}
