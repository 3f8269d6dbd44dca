import GraphModel

/// What an access token says of itself, for people to read.
///
/// Nothing is verified: tokens are the service's to judge, and opaque to its clients (reference, section 16.3).
package struct TokenClaims: Sendable, Equatable {
    /// Who acts with a token.
    package enum Kind: String, Sendable {
        /// A user, by a program.
        case delegated
        /// A program on its own.
        case application
        /// The token does not say.
        case unknown
    }

    package var kind: Kind
    package var name: String?
    package var address: String?
    package var objectID: String?
    package var tenant: String?
    package var client: String?
    package var audience: String?
    /// Delegated permissions, or those of an application.
    package var permissions: [String]
    /// Seconds since 1970.
    package var expires: Int64?

    /// Reads a JSON Web Token (RFC 7519); nil if the token is none.
    package init?(_ token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decode(String(parts[1])), let json = try? JSONValue(bytes),
            case .object = json
        else { return nil }
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { json[$0]?.string }.first { !$0.isEmpty }
        }
        let scopes = (text("scp") ?? "").split(separator: " ").map(String.init)
        let roles = (json["roles"]?.elements ?? []).compactMap(\.string)
        let isApplication = text("idtyp") == "app"
        // The decision of the reference, section 16.3.
        kind =
            !scopes.isEmpty && !isApplication
            ? .delegated : isApplication || (!roles.isEmpty && scopes.isEmpty) ? .application : .unknown
        permissions = (kind == .delegated ? scopes : roles).sorted()
        address = text("upn", "preferred_username", "unique_name", "email")
        client = text("appid", "azp")
        name = text("name") ?? (kind == .application ? text("app_displayname") : nil)
        objectID = text("oid")
        tenant = text("tid")
        audience = text("aud")
        expires = json["exp"]?.double.flatMap { Int64(exactly: $0.rounded()) }
    }

    package init(kind: Kind, permissions: [String]) {
        self.kind = kind
        self.permissions = permissions
    }

    // MARK: What it allows

    /// Something that Herald does, and whether the token is enough for it.
    package struct Right: Sendable, Equatable {
        package var action: String
        package var isAllowed: Bool
        /// Why not, and what to do; nil if it is allowed.
        package var reason: String?
    }

    /// What the permissions allow of what Herald does (Graph's permissions reference; reference, sections 1 and 4).
    package var rights: [Right] {
        [
            right(
                "find groups",
                ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"],
                alsoFor: [.application]
            ),
            right(
                "read conversations",
                [
                    "Group-Conversation.ReadWrite.All", "Group-Conversation.Read.All", "Group.ReadWrite.All",
                    "Group.Read.All",
                ],
                alsoFor: [.application]
            ),
            right(
                "create conversations and reply",
                ["Group-Conversation.ReadWrite.All", "Group.ReadWrite.All"],
                alsoFor: []
            ),
        ]
    }

    /// Why an application cannot announce anything.
    package static let applicationCannotPost = """
        the token is an application's own (it has no delegated permissions, claim 'scp'), and Microsoft Graph lets only \
        signed-in users create conversations and reply to threads; sign in as a user: herald login
        """

    private func right(_ action: String, _ sufficient: [String], alsoFor kinds: Set<Kind>) -> Right {
        if kind == .application, !kinds.contains(.application) {
            return Right(action: action, isAllowed: false, reason: Self.applicationCannotPost)
        }
        let granted = permissions.map { $0.lowercased() }
        if sufficient.contains(where: { granted.contains($0.lowercased()) }) {
            return Right(action: action, isAllowed: true)
        }
        return Right(
            action: action,
            isAllowed: false,
            reason: "it needs \(kind == .application ? "" : "the delegated permission ")"
                + sufficient.prefix(2).joined(separator: " or ")
        )
    }
}
