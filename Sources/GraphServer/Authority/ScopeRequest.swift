import GraphModel

/// What a client asks for in `scope`.
struct ScopeRequest: Sendable, Equatable, Codable {
    /// Delegated permissions, by Graph's names.
    var permissions: Set<String> = []
    /// Whether an ID token is wanted.
    var openID = false
    /// Whether a refresh token is wanted.
    var offline = false

    /// All that the table of permissions knows for users: the authority issues nothing else.
    static let delegated = Set(
        PermissionTable.rules.flatMap { $0.delegated.union($0.own) }.map(\.rawValue)
    )
    /// All that the table of permissions knows for programs.
    static let application = Set(PermissionTable.rules.flatMap(\.application).map(\.rawValue))
        .union(PermissionTable.rules.filter { $0.exception != nil }.flatMap(\.delegated).map(\.rawValue))

    /// Reads a list with spaces between; a resource may stand in front of each name.
    ///
    /// - Throws: ``OAuthError`` if a permission is not in the table.
    init(_ text: String) throws(OAuthError) {
        for word in text.split(separator: " ") {
            switch word {
            case "openid": openID = true
            case "offline_access": offline = true
            case "profile", "email": break
            default:
                let name = String(word.split(separator: "/").last ?? word)
                if name == ".default" {
                    permissions.formUnion(Self.delegated)
                } else if let known = Self.delegated.first(where: { $0.lowercased() == name.lowercased() }) {
                    permissions.insert(known)
                } else {
                    throw OAuthError(.invalidScope, 70011, "The scope '\(word.prefix(120))' is not known here.")
                }
            }
        }
        if permissions.isEmpty { permissions = [Permission.ownUserRead.rawValue] }
    }

    /// The value of `scope` in an answer.
    var text: String {
        (permissions.sorted() + (openID ? ["openid", "profile"] : []) + (offline ? ["offline_access"] : []))
            .joined(separator: " ")
    }
}
