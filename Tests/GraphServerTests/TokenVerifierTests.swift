import Crypto
import Foundation
import GraphModel
import Synchronization
import Testing

@testable import GraphServer

struct TokenVerifierTests {
    private let tokens: TestTokens

    init() throws { tokens = try TestTokens.shared.get() }

    private func refusal(_ token: String) async -> GraphError? {
        do {
            _ = try await tokens.verifier().caller(bearing: token)
            return nil
        } catch {
            return error
        }
    }

    private final class Clock: Sendable {
        private let microseconds = Mutex<Int64>(1_000_000_000)
        var now: Int64 { microseconds.withLock { $0 } }
        func advance(_ span: Int64) { microseconds.withLock { $0 += span } }
    }

    private static func delegated(_ changes: [String: JSONValue?]) -> [String: JSONValue] {
        var claims = TestTokens.delegated
        for (name, value) in changes { claims[name] = value }
        return claims
    }

    // Reference, section 16.3.
    @Test func `a user's token gives the user and the delegated permissions`() async throws {
        let expected = Caller(
            id: TestTokens.user,
            displayName: "Adele Vance",
            address: "adele@contoso.example",
            kind: .delegated,
            scopes: ["Group.Read.All", "User.Read"],
            tenantID: TestTokens.tenant
        )
        #expect(try await tokens.verifier().caller(bearing: tokens.sign(TestTokens.delegated)) == expected)
        #expect(try await tokens.verifier().caller(bearing: tokens.signOnCurve(TestTokens.delegated)) == expected)
    }

    // Reference, section 16.3.
    @Test func `a program's token gives the program and the application permissions`() async throws {
        let caller = try await tokens.verifier().caller(bearing: tokens.sign(TestTokens.application))
        #expect(caller.kind == .application)
        #expect(caller.scopes == ["Group.Read.All"])
        #expect(caller.displayName == "Announcer")
        #expect(caller.address.isEmpty)
    }

    // Reference, section 16.3: appid (v1) and azp (v2), the throttle key with tid.
    @Test(arguments: ["azp", "appid"])
    func `the app is named by either claim`(_ claim: String) async throws {
        let app = "0F7E2F3C-3F8E-4A8E-8A36-7D1F1C1D9A11"
        let token = try tokens.sign(Self.delegated([claim: .string(app)]))
        let caller = try await tokens.verifier().caller(bearing: token)
        #expect(caller.clientID == app.lowercased() && caller.tenantID == TestTokens.tenant)
    }

    // Reference, section 16.3.
    @Test func `the kind follows scp, idtyp and roles`() async throws {
        let verifier = tokens.verifier()
        func kind(_ changes: [String: JSONValue?]) async throws -> Caller.Kind {
            try await verifier.caller(bearing: tokens.sign(Self.delegated(changes))).kind
        }
        let roles = JSONValue.array([.string("Group.Read.All")])
        #expect(try await kind(["roles": roles]) == .delegated)
        #expect(try await kind(["roles": roles, "idtyp": .string("app")]) == .application)
        #expect(try await kind(["roles": roles, "scp": nil]) == .application)
        #expect(try await kind(["roles": roles, "scp": .string("")]) == .application)
        #expect(try await kind(["idtyp": .string("user")]) == .delegated)
    }

    // Reference, section 16.3.
    @Test func `a token that grants nothing is refused with 403`() async throws {
        let error = await refusal(try tokens.sign(Self.delegated(["scp": nil])))
        #expect(error?.status == 403)
        #expect(error?.code == "ErrorAccessDenied")
    }

    // Reference, section 16.3.
    @Test func `personal accounts are refused with 403`() async throws {
        let tenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
        let claims = Self.delegated(["tid": .string(tenant), "iss": .string("https://sts.windows.net/\(tenant)/")])
        let error = await refusal(try tokens.sign(claims))
        #expect(error?.status == 403)
        #expect(error?.code == "ErrorAccessDenied")
    }

    // Reference, section 13.2.
    @Test func `what is no token is refused as such`() async throws {
        let good = try tokens.sign(TestTokens.delegated)
        let body = good.split(separator: ".")
        let texts = [
            "", "x", "a.b", "a.b.c.d", "...", "e30.e30.", "\(good).", "\(good)=", " \(good)", "\(body[0]).\(body[1])",
            String(repeating: "a", count: 1_000_000), good + String(repeating: "A", count: 20_000),
            TestTokens.token(header: "[]", signature: [1]), TestTokens.token(header: "{}", signature: [1]),
            TestTokens.token(header: #"{"alg":"RS256"}"#, signature: [1]),
            TestTokens.token(header: #"{"alg":"RS256","kid":7}"#, signature: [1]),
            TestTokens.token(header: #"{"alg":"RS256","kid":"\#(tokens.rsa.id)","crit":["x"]}"#, signature: [1]),
        ]
        for text in texts {
            let error = await refusal(text)
            #expect(error?.status == 401, "\(text.prefix(80))")
            #expect(error?.code == "InvalidAuthenticationToken")
            #expect(error?.message.hasPrefix("CompactToken parsing failed with error code: 80049217") == true)
            #expect((error?.message.utf8.count ?? 0) < 300)
        }
    }

    // Reference, section 13.2.
    @Test func `a token that was cut off anywhere is refused`() async throws {
        let good = try tokens.sign(TestTokens.delegated)
        for length in stride(from: 0, to: good.count, by: 7) {
            #expect(await refusal(String(good.prefix(length)))?.status == 401)
        }
    }

    // Reference, section 13.2.
    @Test func `a token that is not signed by a key of the provider is refused`() async throws {
        let id = tokens.rsa.id
        let stranger = try SigningKey.random()
        let good = try tokens.sign(TestTokens.delegated).split(separator: ".").map(String.init)
        let more = Base64URL.encode(TestTokens.json(Self.delegated(["scp": .string("Group.ReadWrite.All")])))
        let hmacHeader = #"{"alg":"HS256","kid":"\#(id)"}"#
        let hmac = HMAC<Crypto.SHA256>.authenticationCode(
            for: Data(TestTokens.token(header: hmacHeader, signature: []).dropLast().utf8),
            using: SymmetricKey(data: tokens.keySet)
        )
        let bad = [
            "none": TestTokens.token(header: #"{"alg":"none","kid":"\#(id)"}"#, signature: []),
            "HS256": TestTokens.token(header: hmacHeader, signature: Array(hmac)),
            "another algorithm": TestTokens.token(header: #"{"alg":"ES256","kid":"\#(id)"}"#, signature: [1]),
            "RS512": TestTokens.token(header: #"{"alg":"RS512","kid":"\#(id)"}"#, signature: [1]),
            "another key": try stranger.sign(TestTokens.json(TestTokens.delegated)),
            "another's kid": try tokens.signOnCurve(
                TestTokens.delegated,
                header: #"{"alg":"RS256","kid":"\#(id)"}"#
            ),
            "changed claims": "\(good[0]).\(more).\(good[2])",
            "no signature": TestTokens.token(header: #"{"alg":"RS256","kid":"\#(id)"}"#, signature: []),
            "short signature": TestTokens.token(header: #"{"alg":"RS256","kid":"\#(id)"}"#, signature: [1, 2, 3]),
        ]
        for (name, token) in bad {
            let error = await refusal(token)
            #expect(error?.status == 401, "\(name)")
            #expect(error?.code == "InvalidAuthenticationToken")
            #expect(error?.message.hasPrefix("Access token validation failure.") == true, "\(name)")
        }
    }

    // Reference, section 13.2.
    @Test func `a token for somebody else is refused`() async throws {
        let cases: [(String, JSONValue?, String)] = [
            ("aud", .string("https://contoso.example"), "Invalid audience."), ("aud", nil, "Invalid audience."),
            ("aud", .array([.string("x")]), "Invalid audience."),
            ("iss", .string("https://login.contoso.example.evil/"), "Invalid issuer."), ("iss", nil, "Invalid issuer."),
            ("tid", .string("00000000-0000-0000-0000-000000000001"), "Invalid tenant."),
            ("tid", nil, "Invalid tenant."),
            ("oid", nil, "names nobody"), ("oid", .string("adele"), "names nobody"),
        ]
        for (claim, value, message) in cases {
            let error = await refusal(try tokens.sign(Self.delegated([claim: value])))
            #expect(error?.status == 401)
            #expect(error?.message.contains(message) == true, "\(claim): \(error?.message ?? "")")
        }
        let several = Self.delegated(["aud": .array([.string("x"), .string(TestTokens.audience)])])
        #expect(await refusal(try tokens.sign(several)) == nil)
    }

    // Reference, sections 13.2 and 16.3.
    @Test func `a token holds from nbf to exp, five minutes more on either side`() async throws {
        let now = Int64(TestTokens.now)
        #expect(await refusal(try tokens.sign(Self.delegated(["exp": .integer(now - 299)]))) == nil)
        let expired = await refusal(try tokens.sign(Self.delegated(["exp": .integer(now - 300)])))
        #expect(expired?.status == 401)
        #expect(expired?.message == "Lifetime validation failed, the token is expired.")
        #expect(await refusal(try tokens.sign(Self.delegated(["nbf": .integer(now + 300)]))) == nil)
        let early = await refusal(try tokens.sign(Self.delegated(["nbf": .integer(now + 301)])))
        #expect(early?.message == "Lifetime validation failed, the token is not yet valid.")
        #expect(await refusal(try tokens.sign(Self.delegated(["exp": nil])))?.status == 401)
        #expect(await refusal(try tokens.sign(Self.delegated(["exp": .string("never")])))?.status == 401)
        #expect(await refusal(try tokens.sign(Self.delegated(["nbf": .string("now")])))?.status == 401)
    }

    @Test func `an issuer may name the tenant by a placeholder`() async throws {
        let verifier = tokens.verifier(tenants: [], issuers: ["https://login.contoso.example/{tenantid}/v2.0"])
        let issuer = "https://login.contoso.example/\(TestTokens.tenant)/v2.0"
        let caller = try await verifier.caller(bearing: tokens.sign(Self.delegated(["iss": .string(issuer)])))
        #expect(caller.id == TestTokens.user)
        await #expect(throws: GraphError.self) {
            try await verifier.caller(bearing: tokens.sign(TestTokens.delegated))
        }
    }

    @Test func `scopes may carry the resource in front`() async throws {
        let claims = Self.delegated(["scp": .string("https://graph.microsoft.com/Group.Read.All")])
        #expect(try await tokens.verifier().caller(bearing: tokens.sign(claims)).scopes == ["Group.Read.All"])
    }

    @Test func `an unknown key is looked for again, but not more often than every five minutes`() async throws {
        let clock = Clock()
        let now: @Sendable () -> Int64 = { clock.now }
        let reads = Mutex(0)
        let sets = [tokens.keySet, Array(try SigningKey.random().keySet)]
        let source = KeySource(place: "test", logger: TestTokens.silent, now: now) {
            sets[
                reads.withLock { count in
                    count += 1
                    return count == 2 ? 1 : 0
                }
            ]
        }
        #expect(try await source.key("nobody's") == nil)
        #expect(try await source.key("nobody's") == nil)
        #expect(try await source.key("curve") != nil)
        #expect(reads.withLock { $0 } == 1)
        clock.advance(KeySource.refreshInterval)
        #expect(try await source.key("nobody's") == nil)
        #expect(try await source.key("curve") == nil)
        #expect(reads.withLock { $0 } == 2)
        clock.advance(KeySource.refreshInterval)
        #expect(try await source.key("curve") != nil)
        #expect(reads.withLock { $0 } == 3)
    }

    @Test func `keys that cannot be read make 503, and known keys stay`() async throws {
        struct Gone: Error {}
        let clock = Clock()
        let now: @Sendable () -> Int64 = { clock.now }
        let isThere = Mutex(false)
        let keySet = tokens.keySet
        let source = KeySource(place: "test", logger: TestTokens.silent, now: now) {
            guard isThere.withLock({ $0 }) else { throw Gone() }
            return keySet
        }
        await #expect { try await source.key("curve") } throws: { ($0 as? GraphError)?.status == 503 }
        isThere.withLock { $0 = true }
        clock.advance(KeySource.refreshInterval)
        #expect(try await source.key("curve") != nil)
        isThere.withLock { $0 = false }
        clock.advance(KeySource.lifetime)
        #expect(try await source.key("curve") != nil)
    }

    @Test(arguments: [
        "", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#,
        #"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#,
        #"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"}]}"#,
    ])
    func `a set without a usable key is refused`(_ text: String) async {
        await #expect(throws: KeySet.Fault.self) { try await KeySet(Array(text.utf8)) }
    }

    @Test func `keys come from a file, or by https`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-keys-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(tokens.keySet).write(to: folder.appending(path: "keys.json"))
        let source = try KeySource(at: "keys.json", folder: folder.path, logger: TestTokens.silent, now: { 0 })
        #expect(try await source.key("curve") != nil)
        for place in ["http://contoso.example/keys", "ftp://contoso.example/keys", "https://"] {
            #expect(throws: KeySource.UnusablePlace.self) {
                try KeySource(at: place, folder: "/", logger: TestTokens.silent, now: { 0 })
            }
        }
    }
}
