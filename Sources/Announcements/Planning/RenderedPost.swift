package import GraphModel

/// A post of an announcement, rendered for its group.
package struct RenderedPost: Sendable {
    package var group: GroupID
    /// The group's name, if it is known.
    package var groupName: String?
    /// Where the post is made, by `POST`: `/groups/{id}/conversations`, or a thread's `reply`.
    package var path: String { didSet { digest = nil } }
    /// The JSON body of that request, without what is shared.
    package var body: [UInt8] { didSet { digest = nil } }
    /// What the bodies of many posts have in common.
    package var shared: SharedPart? { didSet { digest = nil } }
    /// Whether the group has a post of the announcement already and is to get this one as well: then its key names the
    /// content, too.
    package var isFurther = false
    /// Where in the body the post itself stands, if it begins a conversation and may become a reply.
    package var post: Range<Int>?
    /// What tells the content from others where the request does not: the hash of the request that would begin a
    /// conversation with it.
    var content: [UInt8]?
    /// The hash, once it has been computed.
    private var digest: [UInt8]?

    /// A post that begins a conversation.
    package init(group: GroupID, groupName: String? = nil, body: [UInt8], shared: SharedPart? = nil) {
        self.group = group
        self.groupName = groupName
        path = "/groups/\(group)/conversations"
        self.body = body
        self.shared = shared
    }

    /// What tells this content from others: SHA-256, in which the shared part is stood for by its own hash.
    package var hash: [UInt8] {
        content ?? digest ?? GraphRequest.hash(.post, path, body: shared.map { body + $0.hash } ?? body)
    }

    /// Computes the hash where there is time for it: the ledger has one thread that writes.
    package mutating func computeHash() { digest = hash }

    func key(in announcement: String) -> IdempotencyKey {
        isFurther
            ? .announcement(announcement, group: group, content: hash) : .announcement(announcement, group: group)
    }
}
