import Foundation
import GraphModel

/// Tokens that an authority gave (RFC 6749, section 5.1).
package struct TokenAnswer: Sendable, Equatable {
    package var accessToken: String
    /// Renews the access token; nil if none was given.
    package var refreshToken: String?
    /// How long the access token holds, in seconds.
    package var lifetime: Int64
    /// What was granted; nil if the authority does not say, and then it is what was asked for.
    package var scope: String?
    package var idToken: String?

    /// Reads the body of a successful answer.
    ///
    /// - Throws: ``SignInFault`` if it holds no token that can be used.
    init(_ body: [UInt8]) throws(SignInFault) {
        guard let json = try? JSONValue(body), let token = json["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw SignInFault("The authority answered without a token that can be used.") }
        guard json["token_type"]?.string.map({ $0.lowercased() == "bearer" }) ?? true else {
            throw SignInFault(
                "The authority gave a token of a kind that is not known here; a bearer token was expected."
            )
        }
        accessToken = token
        refreshToken = json["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        // Older endpoints write the number as a string.
        let seconds = json["expires_in"].flatMap { $0.double ?? $0.string.flatMap(Double.init) }
        lifetime = seconds.map { Int64(min(max($0, 0), 31_536_000)) } ?? 3600
        scope = json["scope"]?.string
        idToken = json["id_token"]?.string
    }
}

/// What an authority says instead of giving tokens (RFC 6749, section 5.2; reference, section 16.2).
package struct TokenRefusal: Sendable, Equatable, CustomStringConvertible {
    /// What to branch on.
    package var code: String
    /// What the authority says to people, in one line.
    package var message: String
    /// Microsoft's numbers of it: 65001 and the like.
    package var numbers: [Int64] = []
    /// What a new sign-in has to state, for an authority that asks for more than it got.
    package var claims: String?

    package init(code: String, message: String = "", numbers: [Int64] = [], claims: String? = nil) {
        self.code = code
        self.message = Self.line(message)
        self.numbers = numbers
        self.claims = claims
    }

    /// Reads the body of a refusal; what is no such body counts by its status.
    init(status: Int, body: [UInt8]) {
        let json = try? JSONValue(body)
        let isBusy = status == 429 || status >= 500
        self.init(
            code: json?["error"]?.string ?? (isBusy ? "temporarily_unavailable" : "invalid_request"),
            message: json?["error_description"]?.string ?? "status \(status)",
            numbers: (json?["error_codes"]?.elements ?? []).compactMap { $0.double.flatMap { Int64(exactly: $0) } },
            claims: json?["claims"]?.string
        )
        if numbers.isEmpty { numbers = Self.numbers(in: message) }
    }

    /// Whether somebody who may must consent first.
    package var isAboutConsent: Bool {
        code == "consent_required" || numbers.contains(65001) || numbers.contains(90094)
    }

    /// Whether the same may succeed later.
    package var isTemporary: Bool { ["temporarily_unavailable", "server_error"].contains(code) }

    /// Whether a person must sign in again.
    package var needsPerson: Bool {
        ["invalid_grant", "interaction_required", "consent_required", "login_required"].contains(code)
    }

    /// What went wrong and what to do, for a person.
    package var description: String {
        let said = message.isEmpty ? code : message
        return switch code {
        case "authorization_declined", "access_denied": "The sign-in was declined. (\(said))"
        case "expired_token": "Nobody entered the code in time. Begin again: herald login"
        case "bad_verification_code": "The authority does not know the device code any more. Begin again: herald login"
        case "invalid_grant": "The sign-in has ended or was taken back. (\(said))"
        case "interaction_required", "login_required": "The authority wants to see the person again. (\(said))"
        case "invalid_client", "unauthorized_client":
            "The application may not sign people in like this: \(said) Check the client id, that it is registered as a "
                + "public client (mobile and desktop), and that public client flows are allowed."
        case "invalid_scope": "The authority does not know a permission that was asked for: \(said)"
        case _ where isAboutConsent: "An administrator must consent first. (\(said))"
        case _ where isTemporary: "The authority is not available now; try again later. (\(said))"
        default: "The authority refuses: \(said) (\(code))"
        }
    }

    /// The first line, without what names the request.
    private static func line(_ text: String) -> String {
        let first = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let end = first.range(of: " Trace ID:")?.lowerBound ?? first.endIndex
        return String(first[..<end].prefix(500))
    }

    /// The number that Microsoft's messages begin with: `AADSTS65001: …`.
    static func numbers(in message: String) -> [Int64] {
        guard message.hasPrefix("AADSTS"), let number = Int64(message.dropFirst(6).prefix { $0.isNumber }) else {
            return []
        }
        return [number]
    }
}

/// What came of asking an authority for tokens.
package enum TokenOutcome: Sendable, Equatable {
    case granted(TokenAnswer)
    case refused(TokenRefusal)
    /// No answer; the sentence says why.
    case unreachable(String)
}
