/// What is known of a group to which something is announced, before it is.
package struct TargetFacts: Sendable, Equatable {
    /// Why the group does not take the post.
    package struct Refusal: Sendable, Equatable {
        /// The code with which the service would refuse it.
        package var code: String
        /// What the group does, for a sentence of which it is the subject: `is locked to its members`.
        package var predicate: String
        /// Whether the service certainly refuses it.
        package var isCertain: Bool

        /// For a person.
        package var message: String { "The group \(predicate)." }
    }

    /// The group's name.
    package var name: String?
    /// How many members it has; nil where that was not asked, or cannot be read.
    package var members: Int?
    /// Why it does not take the post; nil if it does, or that cannot be known.
    package var refusal: Refusal?

    /// What is known.
    package init(name: String? = nil, members: Int? = nil, refusal: Refusal? = nil) {
        self.name = name
        self.members = members
        self.refusal = refusal
    }
}

extension TargetFacts.Refusal {
    /// There is no such group (reference, section 13).
    package static let missing = Self(
        code: "Request_ResourceNotFound",
        predicate: "does not exist",
        isCertain: true
    )
    /// Only Microsoft 365 groups have conversations (reference, section 11.2).
    package static let noMailbox = Self(
        code: "MailboxNotEnabledForRESTAPI",
        predicate: "is no Microsoft 365 group, so it has no conversations",
        isCertain: true
    )
    // Who may post is the service's to say (reference, section 11.4); what is read here is what it goes by.
    /// The group does not take posts by the caller.
    package static let rejected = Self(
        code: "ErrorAccessDenied",
        predicate: "rejects posts by who makes the plan",
        isCertain: false
    )
    /// The group takes posts by others only.
    package static let notAccepted = Self(
        code: "ErrorAccessDenied",
        predicate: "takes posts by its accepted senders only",
        isCertain: false
    )
    /// The group takes posts by its members and owners only.
    package static let membersOnly = Self(
        code: "ErrorAccessDenied",
        predicate: "is locked to its members",
        isCertain: false
    )
}
