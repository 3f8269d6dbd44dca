import Foundation
import GraphModel

/// The token of a profile, renewed before it ends and when it is refused.
///
/// Refresh tokens may be good for one use only. So one task of a process renews at a time, and one process of all: what
/// another one has renewed meanwhile is taken from the file.
package actor ProfileToken: TokenSource {
    /// How long before its end a token is renewed, in seconds.
    package static let margin: Int64 = 300
    /// How often an authority that is not available is asked, at most.
    private static let maximumTries = 4

    private struct Held: Sendable {
        var text: String
        var expires: Int64
    }

    private let name: String
    private let file: AccountFile
    private let keys: AccountKeys
    private let authority: AuthorityClient
    private let now: @Sendable () -> Int64
    private let wait: @Sendable (Duration) async throws -> Void
    private var held: Held?
    private var renewal: Task<Held, any Error>?
    /// Tokens that the authority does not renew any more, and what it said: it is not asked again about them.
    private var ended: (secret: StoredSecret, reason: SignInRequired)?

    /// - Parameters:
    ///   - name: The profile's.
    ///   - file: Where it stands.
    ///   - keys: What its secrets are sealed with.
    ///   - authority: Renews tokens.
    ///   - now: Microseconds since 1970.
    ///   - wait: Waits before the authority is asked again.
    package init(
        _ name: String,
        file: AccountFile,
        keys: AccountKeys,
        authority: AuthorityClient,
        now: @escaping @Sendable () -> Int64,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.name = name
        self.file = file
        self.keys = keys
        self.authority = authority
        self.now = now
        self.wait = wait
    }

    package func token(insteadOf refused: String?, claims: String?) async throws -> String {
        // A renewal that was under way when a token was refused may be of use already.
        for _ in 0..<2 {
            if let held, held.text != refused, held.expires - Self.margin > now() / 1_000_000 { return held.text }
            if let renewal {
                _ = try? await renewal.value
                continue
            }
            break
        }
        let task = renewal ?? Task { try await renew(insteadOf: refused, claims: claims) }
        renewal = task
        defer { if renewal == task { renewal = nil } }
        let fresh = try await task.value
        held = fresh
        return fresh.text
    }

    private func renew(insteadOf refused: String?, claims: String?) async throws -> Held {
        try await file.locked { draft in
            guard var profile = try draft.profiles()[name] else {
                throw SignInRequired("There is no profile '\(name)' any more. Sign in: herald login --profile \(name)")
            }
            if let ended, ended.secret == profile.secret { throw ended.reason }
            let context = profile.context(name: name)
            let secrets = try ProfileSecrets(
                try await keys.open(profile.secret, context: context, name: name),
                of: name
            )
            let present = Held(text: secrets.accessToken, expires: profile.expires)
            let seconds = now() / 1_000_000
            let isGood = present.text != refused && present.expires > seconds
            if isGood, present.expires - Self.margin > seconds { return present }
            guard let refreshToken = secrets.refreshToken else {
                if isGood { return present }
                throw signInAgain("The sign-in has ended, and the authority gave nothing to renew it with.")
            }
            switch try await ask(profile.renewal(refreshToken, claims: claims), at: profile.tokenEndpoint) {
            case .granted(let answer):
                let next = ProfileSecrets(
                    accessToken: answer.accessToken,
                    refreshToken: answer.refreshToken ?? refreshToken
                )
                profile.expires = now() / 1_000_000 + answer.lifetime
                profile.claims = nil
                profile.secret = await keys.seal(next.bytes, context: context, previous: profile.secret)
                try draft.set(name, profile)
                return Held(text: answer.accessToken, expires: profile.expires)
            case .refused(let refusal) where refusal.needsPerson:
                if let claims = refusal.claims ?? claims {
                    profile.claims = claims
                    try draft.set(name, profile)
                }
                let reason = signInAgain(refusal.description)
                ended = (profile.secret, reason)
                throw reason
            case .refused(let refusal):
                if isGood { return present }
                throw SignInRequired("The token of the profile '\(name)' cannot be renewed. \(refusal)")
            case .unreachable(let reason):
                if isGood { return present }
                throw SignInRequired("The token of the profile '\(name)' cannot be renewed. \(reason)")
            }
        }
    }

    private func ask(_ form: [(String, String)], at endpoint: String) async throws -> TokenOutcome {
        var tries = 0
        while true {
            let outcome = await authority.token(form, at: endpoint)
            tries += 1
            guard case .refused(let refusal) = outcome, refusal.isTemporary, tries < Self.maximumTries else {
                // After a lost answer the refresh token may be used up; asking again could end the sign-in.
                return outcome
            }
            try await wait(.seconds(1 << tries))
        }
    }

    private func signInAgain(_ reason: String) -> SignInRequired {
        SignInRequired("\(reason) Sign in again: herald login --profile \(name)")
    }
}

extension Profile {
    /// The form that renews the tokens (RFC 6749, section 6).
    func renewal(_ refreshToken: String, claims: String?) -> [(String, String)] {
        [
            ("grant_type", "refresh_token"), ("client_id", clientID), ("refresh_token", refreshToken), ("scope", scope),
        ] + (claims.map { [("claims", $0)] } ?? [])
    }
}

extension ProfileSecrets {
    var bytes: [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("accessToken", accessToken)
                if let refreshToken { writer.member("refreshToken", refreshToken) }
            }
        }
    }

    init(_ bytes: [UInt8], of name: String) throws(SignInRequired) {
        guard let json = try? JSONValue(bytes), let token = json["accessToken"]?.string else {
            throw SignInRequired("The profile '\(name)' has no token. Sign in again: herald login --profile \(name)")
        }
        accessToken = token
        refreshToken = json["refreshToken"]?.string
    }
}
