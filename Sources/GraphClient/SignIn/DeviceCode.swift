import GraphModel

/// A sign-in that a person finishes in a browser elsewhere (RFC 8628, section 3.2).
package struct DeviceCode: Sendable, Equatable {
    /// What the client polls with; a secret.
    var deviceCode: String
    /// What the person types.
    package var userCode: String
    /// Where they type it.
    package var address: String
    /// The same with the code in it, if the authority has such an address.
    package var completeAddress: String?
    /// What the authority wants the person to read.
    package var message: String
    /// How long the code holds, in seconds.
    package var lifetime: Int64
    /// How long to wait between two questions, in seconds.
    package var interval: Int64

    /// Reads the body of a successful answer.
    ///
    /// - Throws: ``SignInFault`` if something is missing.
    init(_ body: [UInt8]) throws(SignInFault) {
        guard let json = try? JSONValue(body), let deviceCode = json["device_code"]?.string,
            let userCode = json["user_code"]?.string,
            let address = (json["verification_uri"] ?? json["verification_url"])?.string
        else { throw SignInFault("The authority answered without a device code.") }
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.address = address
        completeAddress = json["verification_uri_complete"]?.string
        message = json["message"]?.string ?? "Open \(address) in a browser and enter the code \(userCode)."
        func seconds(_ name: String, _ usual: Double) -> Int64 {
            Int64(min(max(json[name].flatMap { $0.double ?? $0.string.flatMap(Double.init) } ?? usual, 1), 86_400))
        }
        lifetime = seconds("expires_in", 900)
        interval = seconds("interval", 5)
    }
}

/// The rules of polling for a device code (RFC 8628, section 3.5; reference, section 16.2), without clock or network.
package struct DevicePolling: Sendable {
    /// What to do next.
    package enum Action: Sendable, Equatable {
        /// Wait so many seconds, and then ask.
        case ask(after: Int64)
        case finish(TokenAnswer)
        case fail(TokenRefusal)
    }

    /// The longest wait after failures in a row, in seconds.
    private static let longestWait: Int64 = 60

    private var interval: Int64
    private let lifetime: Int64
    private var failures = 0

    package init(_ code: DeviceCode) {
        interval = code.interval
        lifetime = code.lifetime
    }

    /// What to do before anything was asked.
    package var first: Action { .ask(after: interval) }

    /// What to do after an answer.
    ///
    /// - Parameters:
    ///   - outcome: What came of asking.
    ///   - elapsed: Seconds since the code was given.
    /// - Returns: What to do next.
    package mutating func next(_ outcome: TokenOutcome, elapsed: Int64) -> Action {
        switch outcome {
        case .granted(let answer): return .finish(answer)
        case .refused(let refusal) where refusal.code == "authorization_pending": failures = 0
        case .refused(let refusal) where refusal.code == "slow_down":
            failures = 0
            interval += 5
        case .refused(let refusal) where !refusal.isTemporary: return .fail(refusal)
        case .refused, .unreachable: failures += 1
        }
        // RFC 8628 asks for exponential backoff where no answer comes.
        let wait = min(max(interval, Self.longestWait), interval << Int64(min(failures, 6)))
        guard elapsed + wait <= lifetime else { return .fail(TokenRefusal(code: "expired_token")) }
        return .ask(after: wait)
    }
}
