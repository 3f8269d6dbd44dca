import GraphModel

/// Who may read and write in a group's conversations: a decision from facts (reference, section 11.4).
struct PostingPolicy: Equatable {
    /// On whose authority the caller acts.
    var kind: Caller.Kind
    /// The group's visibility: `Public`, `Private` or `HiddenMembership`.
    var visibility = "Public"
    /// Whether the group was made with AllowOnlyMembersToPost.
    var onlyMembersPost = false
    var isMember = false
    var isOwner = false
    /// Whether the caller is from outside: a public group is no more to them than another.
    var isGuest = false
    /// Whether guests who are members read what they may answer; Graph does not let them (reference, section 20).
    var guestsRead = true
    /// Whether the caller is rejected as a sender, directly or as a member of a group that is.
    var isRejected = false
    /// Whether the caller is accepted as a sender, directly or as a member of a group that is.
    var isAccepted = false
    /// Whether anybody is accepted; then nobody else is.
    var hasAcceptedSenders = false

    /// Why something is refused.
    enum Refusal: String, CaseIterable {
        case notMember = "Only members and owners of the group may do this."
        case guest = "Guests may post to the group, but not read its posts: this server is strict."
        case rejected = "The caller is among the rejectedSenders of the group, or belongs to a group that is."
        case notAccepted = "The group has acceptedSenders, and the caller is not among them."
        case onlyMembersPost = "The group was made with AllowOnlyMembersToPost: members and owners may post."
    }

    /// Why the caller may not read the group's conversations; nil if that is allowed.
    var refusalToRead: Refusal? {
        if let refusalOfStrangers { return refusalOfStrangers }
        return isGuest && !guestsRead ? .guest : nil
    }

    private var refusalOfStrangers: Refusal? {
        isAtHome || visibility == "Public" && !isGuest ? nil : .notMember
    }

    /// Why the caller may not post to the group; nil if that is allowed.
    var refusalToPost: Refusal? {
        if kind == .operator { return nil }
        if isRejected { return .rejected }
        if hasAcceptedSenders, !isAccepted { return .notAccepted }
        if onlyMembersPost, !isAtHome { return .onlyMembersPost }
        return refusalOfStrangers
    }

    /// Whether the caller may post in the group's own name.
    var allowsSendingAsGroup: Bool { kind == .operator || isOwner }

    // An application belongs to no group: what it may do, its permissions say.
    private var isAtHome: Bool { isMember || isOwner || kind != .delegated }
}

extension GraphError {
    /// The refusal of a posting policy.
    init(_ refusal: PostingPolicy.Refusal) {
        self.init(403, .accessDenied, "Access is denied. " + refusal.rawValue)
    }
}
