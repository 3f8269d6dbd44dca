import GraphClient
import GraphModel

/// Who acts with a token, as `herald whoami` shows it.
struct Identity {
    /// The profile's name, or where the token comes from.
    var source: String
    /// What the token says; nil if it is opaque.
    var claims: TokenClaims?
    var profile: Profile?
    /// Why the token cannot be used; nil if it can.
    var problem: String?
    /// Microseconds since 1970.
    var now: Int64

    init(source: String, claims: TokenClaims?, now: Int64) {
        self.source = source
        self.claims = claims
        self.now = now
    }

    private var expires: Int64? { claims?.expires ?? profile?.expires }
    private var isRenewable: Bool { profile?.isRenewable ?? false }
    private var address: String? { claims?.address ?? profile?.account.address }
    private var name: String? { claims?.name ?? profile?.account.name }
    private var tenant: String? { claims?.tenant ?? profile?.tenant }

    /// For people.
    var fields: FieldList {
        var list = FieldList()
        list.add(profile == nil ? "Token" : "Profile", profile == nil ? "of \(source)" : source)
        list.add("Backend", profile?.backend)
        list.add("Who", who)
        list.add("Tenant", tenant)
        list.add("Client", claims?.client ?? profile?.clientID)
        guard let claims else {
            list.add("Until", until)
            list.add(
                "Allows",
                problem.map { "nothing: \($0)" } ?? "unknown: the token is opaque, only the service can read it"
            )
            return list
        }
        list.add(claims.kind == .application ? "Roles" : "Scopes", claims.permissions.joined(separator: " "))
        list.add("Until", until)
        for right in claims.rights {
            list.add(right.isAllowed ? "Allows" : "Does not", right.action + (right.reason.map { ": \($0)" } ?? ""))
        }
        list.add("Runs may", grants)
        list.add("Tokens are", profile?.protection)
        return list
    }

    private var who: String {
        if claims?.kind == .application {
            return "the application " + (name ?? claims?.client ?? claims?.objectID ?? "without a name")
        }
        return switch (name, address) {
        case (let name?, let address?): "\(name) <\(address)>"
        case (let one?, nil), (nil, let one?): one
        default: claims?.objectID ?? "unknown"
        }
    }

    private var until: String? {
        guard let expires else { return nil }
        let date = GraphDate(microseconds: expires * 1_000_000).text
        if isRenewable { return "\(date), and renewed when needed" }
        return expires <= now / 1_000_000 ? "\(date): it has ended" : date
    }

    private var grants: String? {
        guard let profile, profile.allowAllGroups == true || profile.allowGroups != nil || profile.maxPosts != nil
        else {
            return nil
        }
        let groups = profile.allowAllGroups == true ? "every group" : (profile.allowGroups ?? []).joined(separator: " ")
        return "write to \(groups.isEmpty ? "no group" : groups)"
            + (profile.maxPosts.map { ", up to \($0) posts" } ?? "")
    }

    /// For programs.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member(profile == nil ? "source" : "profile", source)
            writer.member("backend", profile?.backend)
            writer.member("kind", claims?.kind.rawValue ?? TokenClaims.Kind.unknown.rawValue)
            writer.member("name", name)
            writer.member("address", address)
            writer.member("id", claims?.objectID ?? profile?.account.id)
            writer.member("tenant", tenant)
            writer.member("client", claims?.client ?? profile?.clientID)
            writer.name("permissions")
            writer.array { writer in for permission in claims?.permissions ?? [] { writer.string(permission) } }
            writer.member("expires", expires.map { GraphDate(microseconds: $0 * 1_000_000).text })
            writer.member("renewable", isRenewable)
            writer.member("problem", problem)
            writer.name("rights")
            writer.array { writer in
                for right in claims?.rights ?? [] {
                    writer.object { writer in
                        writer.member("action", right.action)
                        writer.member("allowed", right.isAllowed)
                        writer.member("reason", right.reason)
                    }
                }
            }
        }
    }
}
