import Foundation
import GraphModel

/// What an access token says of itself, for people: nothing is verified, and only the service can tell what it is worth.
struct TokenText {
    private let claims: JSONValue

    /// Reads a JSON Web Token (RFC 7519); nil if it is none.
    init?(_ token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decode(String(parts[1])), let claims = try? JSONValue(bytes),
            case .object = claims
        else { return nil }
        self.claims = claims
    }

    /// Whether it is an application's own: one without delegated rights.
    var isApplication: Bool { claims["scp"]?.string?.isEmpty ?? true }

    /// Delegated permissions, or those of an application.
    var permissions: [String] {
        if let scopes = claims["scp"]?.string, !scopes.isEmpty { return scopes.split(separator: " ").map(String.init) }
        return (claims["roles"]?.elements ?? []).compactMap(\.string)
    }

    /// When it ends, in seconds since 1970.
    var expires: Int64? { claims["exp"]?.double.flatMap { Int64(exactly: $0.rounded()) } }

    /// Whom it is for, and where it comes from.
    var summary: String {
        var parts = ["for \(claims["aud"]?.text ?? "nobody named")"]
        if let tenant = claims["tid"]?.string { parts.append("tenant \(tenant)") }
        let list = permissions.isEmpty ? "none" : permissions.joined(separator: " ")
        parts.append((isApplication ? "roles " : "scopes ") + list)
        if let expires { parts.append("until \(GraphDate(microseconds: expires * 1_000_000).text)") }
        return parts.joined(separator: ", ")
    }

    /// What `herald doctor` says of it, `now` seconds after the beginning of 1970.
    func finding(at now: Int64) -> CheckFinding {
        if let expires, expires <= now { return .fault("token", "\(summary): it has ended; get a new one") }
        guard !isApplication else {
            return .fault(
                "token",
                "\(summary): it has no delegated permissions (claim 'scp'), and Microsoft Graph lets only signed-in users "
                    + "create conversations; sign in as a user"
            )
        }
        let needed = ["group.readwrite.all", "group-conversation.readwrite.all"]
        guard permissions.contains(where: { needed.contains($0.lowercased()) }) else {
            return .fault(
                "token",
                "\(summary): posting asks for Group-Conversation.ReadWrite.All or Group.ReadWrite.All; sign in with one"
            )
        }
        return .well("token", summary)
    }
}
