import Crypto
import CryptoExtras
import Foundation
import GraphModel

/// The authority's own key, which signs tokens by RS256 (RFC 7518, section 3.3).
///
/// Everything that must stay the same while the key does is made of it: its id, and the authority's tenant.
package struct SigningKey: Sendable {
    /// The id of the key, as tokens name it.
    let id: String
    /// The authority's tenant: a GUID.
    package let tenant: String
    private let key: _RSA.Signing.PrivateKey
    private let modulus: String
    private let exponent: String

    /// A new key of 2048 bits.
    package static func random() throws -> SigningKey { try SigningKey(_RSA.Signing.PrivateKey(keySize: .bits2048)) }

    /// Reads a key.
    ///
    /// - Parameter pem: A PKCS #8 or PKCS #1 key in PEM (RFC 7468).
    /// - Throws: If it is none, or has fewer than 2048 bits.
    init(pem: String) throws { try self.init(_RSA.Signing.PrivateKey(pemRepresentation: pem)) }

    private init(_ key: _RSA.Signing.PrivateKey) throws {
        self.key = key
        let numbers = try key.publicKey.getKeyPrimitives()
        modulus = Base64URL.encode(Array(numbers.modulus))
        exponent = Base64URL.encode(Array(numbers.publicExponent))
        // The thumbprint of RFC 7638.
        let thumbprint = SecretHash.of(#"{"e":"\#(exponent)","kty":"RSA","n":"\#(modulus)"}"#)
        id = Base64URL.encode(thumbprint)
        tenant = Self.objectID(of: "tenant " + id)
    }

    /// A GUID that is always the same for a name: of its hash, marked as version 8 (RFC 9562, section 5.8).
    static func objectID(of name: String) -> String {
        var bytes = Array(SecretHash.of(name).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(bytes.hexadecimal)
        return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }

    /// The key as text, for a file that nobody else can read.
    var pem: String { key.pkcs8PEMRepresentation }

    /// The set that has the public half of this key alone (RFC 7517).
    var keySet: [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("keys")
                writer.array { writer in
                    writer.object { writer in
                        writer.member("kty", "RSA")
                        writer.member("use", "sig")
                        writer.member("alg", "RS256")
                        writer.member("kid", id)
                        writer.member("n", modulus)
                        writer.member("e", exponent)
                    }
                }
            }
        }
    }

    /// A signed token.
    ///
    /// - Parameter claims: The JSON text of its payload.
    /// - Returns: The token in its compact form.
    /// - Throws: If the key cannot sign.
    func sign(_ claims: [UInt8]) throws -> String {
        let header = #"{"alg":"RS256","kid":"\#(id)","typ":"JWT"}"#
        let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(claims)
        let digest = Crypto.SHA256.hash(data: Data(text.utf8))
        let signature = try key.signature(for: digest, padding: .insecurePKCS1v1_5)
        return text + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }
}
