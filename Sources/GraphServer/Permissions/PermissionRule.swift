import GraphModel

/// Who may use an operation: one row of the table of permissions.
struct PermissionRule: Sendable, Equatable {
    /// Which words a refusal uses (reference, section 13.2).
    enum Surface: Sendable { case conversations, directory }

    /// What a switch of the server may add.
    enum Exception: Sendable {
        /// Programs may post, as users may, if the server says so.
        case posting
        /// Programs may read attachments, as users may, unless the server is strict.
        case attachments
    }

    var method: GraphRequest.Method
    /// The path with names in place of values; the names themselves mean nothing.
    var template: String
    /// One of these is needed by a signed-in user; none if everybody may.
    var delegated: Set<Permission>
    /// One of these is needed by a program; none if no program may.
    var application: Set<Permission>
    /// One of these is enough for a user who asks for nobody but themselves.
    var own: Set<Permission> = []
    /// When programs may do what users may.
    var exception: Exception?
    /// Whether nothing needs to be granted at all.
    var isOpen = false

    var surface: Surface {
        let names = template.split(separator: "/")
        return names.contains("conversations") || names.contains("threads") ? .conversations : .directory
    }

    /// Whether only a signed-in user has what the path names.
    var isOfSignedInUser: Bool { template == "me" || template.hasPrefix("me/") }

    /// What rows are looked up by: letter case and the names of parameters do not matter.
    static func key(_ method: GraphRequest.Method, _ template: some StringProtocol) -> String {
        let parts = template.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0.lowercased() }
        return method.rawValue + " " + parts.joined(separator: "/")
    }
}
