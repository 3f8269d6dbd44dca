import GraphModel
import Synchronization

/// What was begun and not yet finished: device codes and authorization codes, all in memory and short-lived.
///
/// Codes are kept as hashes, and looked up by them.
final class PendingGrants: Sendable {
    /// How long a device code holds, in seconds.
    static let deviceLifetime: Int64 = 900
    /// How often a client may poll, in seconds.
    static let interval: Int64 = 5
    /// How long an authorization code holds, in seconds.
    static let codeLifetime: Int64 = 300
    /// The most codes of a kind that may be outstanding.
    static let maximum = 1000

    /// What was asked for, and who approved it.
    struct Grant: Sendable {
        var client: String
        var scopes: ScopeRequest
        var person: Person
        var nonce: String?
        /// The refresh tokens that came of an authorization code, which end if the code is shown again.
        var family: String?
    }

    private struct Device {
        enum State {
            case pending, declined
            case approved(Person)
        }
        var userCode: String
        var client: String
        var scopes: ScopeRequest
        var ends: Int64
        var interval = PendingGrants.interval
        var lastPoll: Int64?
        var state = State.pending
    }

    private struct Code {
        var grant: Grant
        var redirectURI: String
        var challenge: String
        var ends: Int64
        var isUsed = false
        var family: String?
    }

    private struct State {
        var devices: [[UInt8]: Device] = [:]
        var codes: [[UInt8]: Code] = [:]
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// - Parameter now: Microseconds since 1970.
    init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    private var seconds: Int64 { now() / 1_000_000 }

    private static let full = OAuthError(
        .temporarilyUnavailable,
        90033,
        "Too many sign-ins have been begun and not finished. Try again in some minutes."
    )

    // MARK: Devices (RFC 8628)

    /// Begins a sign-in on another device.
    ///
    /// - Returns: The code for the client, and the one for the person.
    /// - Throws: ``OAuthError`` if too many are outstanding.
    func beginDevice(client: String, scopes: ScopeRequest) throws(OAuthError) -> (deviceCode: String, userCode: String)
    {
        let seconds = seconds
        let deviceCode = SecretHash.randomText()
        let userCode = state.withLock { state -> String? in
            // One that has ended is still told from one that never was, for as long again.
            state.devices = state.devices.filter { $0.value.ends + Self.deviceLifetime > seconds }
            guard state.devices.count < Self.maximum else { return nil }
            var userCode = Self.randomUserCode()
            while state.devices.values.contains(where: { $0.userCode == userCode }) { userCode = Self.randomUserCode() }
            state.devices[SecretHash.of(deviceCode)] = Device(
                userCode: userCode,
                client: client,
                scopes: scopes,
                ends: seconds + Self.deviceLifetime
            )
            return userCode
        }
        guard let userCode else { throw Self.full }
        return (deviceCode, userCode)
    }

    /// Letters that are not mistaken for one another and make no words (RFC 8628, section 6.1).
    private static func randomUserCode() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("BCDFGHJKLMNPQRSTVWXZ")
        let code = (0..<8).map { _ in letters.randomElement(using: &generator) ?? "B" }
        return String(code.prefix(4)) + "-" + String(code.suffix(4))
    }

    /// What waits for a person's answer under a code; letter case, spaces and hyphens do not matter.
    func waiting(_ userCode: String) -> (client: String, scopes: ScopeRequest)? {
        let seconds = seconds
        return state.withLock { state in
            state.devices.values.first { Self.isWaiting($0, userCode, seconds) }.map { ($0.client, $0.scopes) }
        }
    }

    /// Settles what waits under a code.
    ///
    /// - Parameters:
    ///   - userCode: The code that the person typed.
    ///   - person: Who approves; nil declines.
    /// - Returns: Whether anything waited.
    func settle(_ userCode: String, _ person: Person?) -> Bool {
        let seconds = seconds
        return state.withLock { state in
            guard let key = state.devices.first(where: { Self.isWaiting($0.value, userCode, seconds) })?.key else {
                return false
            }
            state.devices[key]?.state = person.map { .approved($0) } ?? .declined
            return true
        }
    }

    private static func isWaiting(_ device: Device, _ userCode: String, _ seconds: Int64) -> Bool {
        guard case .pending = device.state, device.ends > seconds else { return false }
        let letters: (String) -> [UInt8] = { text in Array(text.uppercased().filter(\.isLetter).utf8) }
        return SecretHash.same(letters(device.userCode), letters(userCode))
    }

    /// Asks what became of a sign-in; one that was approved is given out once.
    ///
    /// - Throws: ``OAuthError``: pending, too quick, declined, ended, or not known.
    func poll(_ deviceCode: String, client: String) throws(OAuthError) -> Grant {
        let seconds = seconds
        let key = SecretHash.of(deviceCode)
        let result = state.withLock { state -> Result<Grant, OAuthError> in
            guard var device = state.devices[key], device.client == client else {
                return .failure(OAuthError(.badVerificationCode, 70018, "The device code is not known, or was used."))
            }
            guard device.ends > seconds else {
                return .failure(OAuthError(.expiredToken, 70019, "The device code has ended. Begin again."))
            }
            let isTooQuick = device.lastPoll.map { seconds - $0 < device.interval } ?? false
            device.lastPoll = seconds
            switch device.state {
            case .approved(let person):
                state.devices[key] = nil
                return .success(Grant(client: client, scopes: device.scopes, person: person))
            case .declined:
                state.devices[key] = nil
                return .failure(OAuthError(.authorizationDeclined, 65004, "The person declined."))
            case .pending:
                if isTooQuick { device.interval += 5 }
                state.devices[key] = device
                return .failure(
                    isTooQuick
                        ? OAuthError(.slowDown, 70016, "Poll every \(device.interval) seconds, not more often.")
                        : OAuthError(.authorizationPending, 70016, "The person has not answered yet. Keep polling.")
                )
            }
        }
        return try result.get()
    }

    // MARK: Authorization codes (RFC 6749, section 4.1; RFC 7636)

    /// Makes a code for what a person approved.
    ///
    /// - Throws: ``OAuthError`` if too many are outstanding.
    func issueCode(_ grant: Grant, redirectURI: String, challenge: String) throws(OAuthError) -> String {
        let seconds = seconds
        let code = SecretHash.randomText()
        let isRoom = state.withLock { state in
            state.codes = state.codes.filter { $0.value.ends > seconds }
            guard state.codes.count < Self.maximum else { return false }
            state.codes[SecretHash.of(code)] = Code(
                grant: grant,
                redirectURI: redirectURI,
                challenge: challenge,
                ends: seconds + Self.codeLifetime
            )
            return true
        }
        guard isRoom else { throw Self.full }
        return code
    }

    /// What a code that was shown comes to.
    enum Redemption: Sendable {
        case granted(Grant)
        /// It was shown before: the refresh tokens that came of it must end (RFC 6749, section 4.1.2).
        case replayed(family: String?)
        case refused(OAuthError)
    }

    /// Redeems a code, which then is used whatever comes of it.
    func redeem(_ code: String, client: String, redirectURI: String, verifier: String) -> Redemption {
        let seconds = seconds
        let key = SecretHash.of(code)
        return state.withLock { state in
            guard let entry = state.codes[key], entry.ends > seconds else {
                return .refused(OAuthError(.invalidGrant, 70008, "The code is not known or has ended. Sign in again."))
            }
            state.codes[key]?.isUsed = true
            if entry.isUsed { return .replayed(family: entry.family) }
            guard entry.grant.client == client else {
                return .refused(OAuthError(.invalidGrant, 70000, "The code was given to another client."))
            }
            guard entry.redirectURI == redirectURI else {
                return .refused(
                    OAuthError(.invalidGrant, 50011, "redirect_uri is not the one that the code was sent to.")
                )
            }
            let challenge = Base64URL.encode(SecretHash.of(verifier))
            guard (43...128).contains(verifier.utf8.count),
                SecretHash.same(Array(challenge.utf8), Array(entry.challenge.utf8))
            else {
                return .refused(OAuthError(.invalidGrant, 501481, "code_verifier does not match the code_challenge."))
            }
            return .granted(entry.grant)
        }
    }

    /// Notes which refresh tokens came of a code.
    func note(_ family: String, ofCode code: String) {
        state.withLock { $0.codes[SecretHash.of(code)]?.family = family }
    }
}
