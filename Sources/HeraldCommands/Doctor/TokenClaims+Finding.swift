import GraphClient
import GraphModel

extension TokenClaims {
    /// Whom the token is for, where it comes from, what it allows and until when, in one line.
    var summary: String {
        var parts = ["for \(audience ?? "nobody named")"]
        if let tenant { parts.append("tenant \(tenant)") }
        let list = permissions.isEmpty ? "none" : permissions.joined(separator: " ")
        parts.append((kind == .delegated ? "scopes " : "roles ") + list)
        if let expires { parts.append("until \(GraphDate(microseconds: expires * 1_000_000).text)") }
        return parts.joined(separator: ", ")
    }

    /// What `herald doctor` says of the token, `now` seconds after the beginning of 1970.
    func finding(at now: Int64) -> CheckFinding {
        if let expires, expires <= now { return .fault("token", "\(summary): it has ended; get a new one") }
        guard let lacking = rights.last(where: { !$0.isAllowed }) else { return .well("token", summary) }
        return .fault("token", "\(summary): it is not enough to \(lacking.action): \(lacking.reason ?? "")")
    }
}
