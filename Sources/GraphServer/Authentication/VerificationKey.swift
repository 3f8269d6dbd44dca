import GraphModel
import JWTKit

/// A public key that checks signatures: RS256 or ES256, and nothing else (RFC 7518, section 3.1).
struct VerificationKey: Sendable {
    /// The only value of `alg` that goes with this key.
    let algorithm: String
    private let verifier: any JWTAlgorithm

    /// Reads one key of a set (RFC 7517, section 4).
    ///
    /// - Returns: nil if it is none for RS256 or ES256, or its numbers make no key.
    init?(_ key: JSONValue) async {
        guard key["use"]?.string ?? "sig" == "sig", let id = key["kid"]?.string else { return nil }
        let identifier = JWKIdentifier(string: id)
        let jwk: JWK
        switch key["kty"]?.string {
        case "RSA":
            guard let modulus = key["n"]?.string, let exponent = key["e"]?.string else { return nil }
            algorithm = "RS256"
            jwk = .rsa(.rs256, identifier: identifier, modulus: modulus, exponent: exponent)
        case "EC" where key["crv"]?.string == "P-256":
            guard let x = key["x"]?.string, let y = key["y"]?.string else { return nil }
            algorithm = "ES256"
            jwk = .ecdsa(.es256, identifier: identifier, x: x, y: y, curve: .p256)
        default: return nil
        }
        guard key["alg"]?.string ?? algorithm == algorithm else { return nil }
        let collection = JWTKeyCollection()
        guard (try? await collection.add(jwk: jwk)) != nil,
            let verifier = try? await collection.getKey(for: identifier, alg: algorithm)
        else { return nil }
        self.verifier = verifier
    }

    /// Whether `signature` was made over `text` by the owner of this key.
    func accepts(_ signature: [UInt8], over text: [UInt8]) -> Bool {
        (try? verifier.verify(signature, signs: text)) ?? false
    }
}
