import Crypto
import Foundation
import GraphModel
import Logging
import Testing

@testable import GraphServer

/// An identity provider with one RSA key and one on P-256, whose clock stands still.
struct TestTokens: Sendable {
    static let issuer = "https://login.contoso.example/"
    static let audience = "https://graph.microsoft.com"
    static let tenant = "3c1b9f0e-6a55-4f0c-9d43-1d2a5d5f8b10"
    static let user = "5e7a4cd1-5f6c-4a0b-a7a1-3d1c9c0a2b44"
    /// Seconds since 1970.
    static let now = 1_770_000_000

    static let shared = Result { try TestTokens() }

    let rsa: SigningKey
    let curve = P256.Signing.PrivateKey()

    private init() throws { rsa = try .random() }

    /// The claims of a good delegated token.
    static let delegated: [String: JSONValue] = [
        "iss": .string(issuer), "aud": .string(audience), "tid": .string(tenant), "oid": .string(user),
        "name": .string("Adele Vance"), "upn": .string("adele@contoso.example"),
        "scp": .string("Group.Read.All User.Read"),
        "exp": .integer(Int64(now + 3600)), "nbf": .integer(Int64(now - 60)), "iat": .integer(Int64(now - 60)),
    ]

    /// The claims of a good token of a program.
    static let application: [String: JSONValue] = delegated.filter { !["scp", "name", "upn"].contains($0.key) }.merging(
        [
            "roles": .array([.string("Group.Read.All")]), "idtyp": .string("app"),
            "app_displayname": .string("Announcer"), "azp": .string("0f7e2f3c-3f8e-4a8e-8a36-7d1f1c1d9a11"),
        ]) { $1 }

    /// Both public keys, the one on the curve as `curve`.
    var keySet: [UInt8] {
        let point = Array(curve.publicKey.x963Representation.dropFirst())
        let key =
            #"{"kty":"EC","crv":"P-256","kid":"curve","x":"\#(Base64URL.encode(Array(point.prefix(32))))","#
            + #""y":"\#(Base64URL.encode(Array(point.suffix(32))))"}"#
        return Array(String(decoding: rsa.keySet.dropLast(2), as: UTF8.self).utf8) + Array(",\(key)]}".utf8)
    }

    /// Signs by RS256.
    func sign(_ claims: [String: JSONValue]) throws -> String { try rsa.sign(Self.json(claims)) }

    /// Signs by ES256.
    func signOnCurve(_ claims: [String: JSONValue], header: String = #"{"alg":"ES256","kid":"curve"}"#) throws -> String
    {
        let text = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Self.json(claims))
        let signature = try curve.signature(for: Data(text.utf8))
        return text + "." + Base64URL.encode(Array(signature.rawRepresentation))
    }

    /// A token with any header and signature.
    static func token(header: String, _ claims: [String: JSONValue] = delegated, signature: [UInt8]) -> String {
        [Array(header.utf8), json(claims), signature].map(Base64URL.encode).joined(separator: ".")
    }

    static func json(_ claims: [String: JSONValue]) -> [UInt8] {
        JSONWriter.bytes { $0.value(.object(claims)) }
    }

    /// A verifier that trusts this provider.
    func verifier(tenants: Set<String> = [tenant], issuers: Set<String> = [issuer]) -> TokenVerifier {
        let keySet = keySet
        let now: @Sendable () -> Int64 = { Int64(Self.now) * 1_000_000 }
        return TokenVerifier(
            keys: KeySource(place: "test", logger: Self.silent, now: now) { keySet },
            trust: .init(issuers: issuers, audiences: [Self.audience], tenants: tenants),
            now: now
        )
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
