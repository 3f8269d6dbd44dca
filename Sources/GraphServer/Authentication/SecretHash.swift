import GraphModel

/// Secrets that are compared and never kept: a token, a code, a client's password.
enum SecretHash {
    /// Whether two hashes are the same.
    ///
    /// Hashes of one kind have one length, and every byte is looked at: the time taken says nothing of the secret.
    static func same(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The SHA-256 of a secret.
    static func of(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }

    /// A new secret: 32 random bytes in base64url.
    static func randomText() -> String { Base64URL.encode(randomBytes(32)) }

    /// Bytes that nobody can guess.
    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
