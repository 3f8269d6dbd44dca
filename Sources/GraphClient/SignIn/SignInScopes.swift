/// What a sign-in asks to be allowed.
package struct SignInScopes: Sendable, Equatable {
    /// The value of `scope`.
    package var text: String
    /// What to ask for if the tenant does not know or has not consented to these.
    private var fallback: String?

    /// What identity alone needs, and a token that can be renewed.
    private static let identity = ["offline_access", "openid", "profile"]

    /// What Herald needs for all that it does (reference, section 16.1).
    ///
    /// - Parameter cloud: Whose permissions; those of Microsoft's clouds are named with the cloud's host (section 17).
    package init(for cloud: GraphCloud) {
        text = Self.text(["Group-Conversation.ReadWrite.All", "GroupMember.Read.All", "User.Read"], cloud)
        fallback = Self.text(["Group.ReadWrite.All", "User.Read"], cloud)
    }

    /// What the user asks for in so many words.
    ///
    /// - Parameters:
    ///   - names: Permissions, by Graph's names or whole addresses, each element one or more with spaces between.
    ///   - cloud: Whose permissions.
    package init(_ names: [String], for cloud: GraphCloud) {
        text = Self.text(names.flatMap { $0.split(separator: " ").map(String.init) }, cloud)
    }

    /// What was granted before, and is to be renewed as it was.
    init(granted text: String) { self.text = text }

    /// What to ask for after a refusal; nil if that would not help.
    package func after(_ refusal: TokenRefusal) -> SignInScopes? {
        guard refusal.isAboutConsent || refusal.code == "invalid_scope" else { return nil }
        return fallback.map { SignInScopes(granted: $0) }
    }

    private static func text(_ names: [String], _ cloud: GraphCloud) -> String {
        let names = names.filter { !identity.contains($0) }
        let resource = cloud.kind == .microsoftGraph ? cloud.origin + "/" : ""
        // A name without a resource means global Graph, wherever it is asked.
        return (names.map { $0.contains("://") || $0.hasPrefix("api:") ? $0 : resource + $0 } + identity)
            .joined(separator: " ")
    }
}
