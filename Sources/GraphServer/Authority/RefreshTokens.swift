import Files
import Foundation
import GraphModel
import Synchronization

/// Refresh tokens, of which each can be used once: the next one takes its place (RFC 9700, section 4.14.2).
///
/// They outlive the server: a file that only its owner can read holds their hashes. Several servers may share it: each
/// looks at the file under a lock whenever it needs to know, and changes what is there then.
final class RefreshTokens: Sendable {
    /// How long a token holds if it is not used, in seconds: 90 days.
    static let lifetime: Int64 = 90 * 86_400
    /// The most sign-ins that are remembered; those that end first give way.
    static let maximum = 10_000

    /// What the tokens of one sign-in stand for.
    struct Grant: Sendable, Codable, Equatable {
        var client: String
        var person: String
        var scopes: ScopeRequest
    }

    private struct Family: Codable {
        var hash: String
        var grant: Grant
        var ends: Int64
    }

    /// What tells whether a file is the one that was read last.
    private struct Stamp: Equatable {
        var file: Int?
        var changed: Date?
        var size: Int?

        init(_ path: String) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            file = attributes?[.systemFileNumber] as? Int
            changed = attributes?[.modificationDate] as? Date
            size = attributes?[.size] as? Int
        }
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Nil as long as nothing has been read.
        var stamp: Stamp?
    }

    private let path: String
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// Reads the file, if there is one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - now: Microseconds since 1970.
    /// - Throws: If the file is there and cannot be read.
    init(path: String, now: @escaping @Sendable () -> Int64) throws {
        self.path = path
        self.now = now
        // The lock lies beside the file.
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try withFamilies { _ in }
    }

    private static let refusal = OAuthError(
        .invalidGrant,
        70000,
        "The refresh token is not known, was used, has ended or was taken back. Sign in again."
    )

    /// The first token of a sign-in.
    ///
    /// - Returns: The token, and the sign-in's name.
    func issue(_ grant: Grant) throws -> (token: String, family: String) {
        let family = Base64URL.encode(SecretHash.randomBytes(16))
        let secret = SecretHash.randomText()
        try change { families, seconds in
            families = families.filter { $0.value.ends > seconds }
            while families.count >= Self.maximum, let oldest = families.min(by: { $0.value.ends < $1.value.ends }) {
                families[oldest.key] = nil
            }
            families[family] = Self.family(secret, grant, seconds)
        }
        return ("\(family).\(secret)", family)
    }

    /// What a token stands for; it is not used up.
    ///
    /// - Throws: ``OAuthError`` if it is not the present one of its sign-in, which then ends.
    func grant(of token: String, client: String) throws -> Grant {
        try redeem(token, client: client, replacement: nil)
    }

    /// Uses a token up.
    ///
    /// - Returns: The token that takes its place.
    /// - Throws: ``OAuthError`` if it is not the present one of its sign-in, which then ends.
    func rotate(_ token: String, client: String) throws -> String {
        let secret = SecretHash.randomText()
        _ = try redeem(token, client: client, replacement: secret)
        return "\(token.prefix { $0 != "." }).\(secret)"
    }

    /// Ends a sign-in.
    func revoke(_ family: String) throws {
        try change { families, _ in families[family] = nil }
    }

    private func redeem(_ token: String, client: String, replacement: String?) throws -> Grant {
        let name = String(token.prefix { $0 != "." })
        let hash = SecretHash.of(String(token.dropFirst(name.count + 1))).hexadecimal
        let seconds = now() / 1_000_000
        let result = try withFamilies { state -> Grant? in
            guard let family = state.families[name], family.ends > seconds, family.grant.client == client else {
                return nil
            }
            guard SecretHash.same(Array(family.hash.utf8), Array(hash.utf8)) else {
                // Somebody else may have the token that came after this one: neither goes on.
                try save(&state) { $0[name] = nil }
                return nil
            }
            guard let replacement else { return family.grant }
            try save(&state) { $0[name] = Self.family(replacement, family.grant, seconds) }
            return family.grant
        }
        guard let result else { throw Self.refusal }
        return result
    }

    private static func family(_ secret: String, _ grant: Grant, _ seconds: Int64) -> Family {
        Family(hash: SecretHash.of(secret).hexadecimal, grant: grant, ends: seconds + lifetime)
    }

    private func change(_ body: (inout [String: Family], Int64) -> Void) throws {
        let seconds = now() / 1_000_000
        try withFamilies { state in
            try save(&state) { body(&$0, seconds) }
        }
    }

    /// Does something with what is in the file now, while no other server does.
    private func withFamilies<Result: Sendable>(_ body: (inout State) throws -> Result) throws -> Result {
        try state.withLock { state in
            let lock = try FileLock(path: path + ".lock")
            return try withExtendedLifetime(lock) {
                let stamp = Stamp(path)
                if stamp != state.stamp { state = State(families: try read(), stamp: stamp) }
                return try body(&state)
            }
        }
    }

    private func read() throws -> [String: Family] {
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        guard let data = FileManager.default.contents(atPath: path),
            let known = try? JSONDecoder().decode([String: Family].self, from: data)
        else {
            throw SigningKey.FileFault(
                description: "\(path) cannot be read or holds no refresh tokens. Remove it; people then sign in again."
            )
        }
        return known
    }

    /// Changes the file first: what is not on disk does not hold.
    private func save(_ state: inout State, _ body: (inout [String: Family]) -> Void) throws {
        var changed = state.families
        body(&changed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try PrivateFile.replace(path, with: encoder.encode(changed))
        state = State(families: changed, stamp: Stamp(path))
    }
}
