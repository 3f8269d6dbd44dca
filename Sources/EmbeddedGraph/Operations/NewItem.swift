import GraphModel

/// What the body of a request says that makes a conversation, a thread or a reply, as far as it can be told without the
/// store.
///
/// It is read before the request's turn to write comes, since there is but one thread that writes; what is wrong with it is
/// told in the operation, after what is wrong with the place.
struct NewItem: Sendable {
    /// How a body is read; members that mean nothing are noted.
    typealias Reading = @Sendable ([UInt8], IgnoredMembers) throws(GraphError) -> Conversation

    private let read: Result<Conversation, GraphError>
    private let unread: [String]
    /// The post's content as it is stored, and how its text begins; empty if there is no post.
    private let content: String
    private let preview: String

    init(_ body: [UInt8], mode: ServerMode, reading: Reading) {
        let ignored = IgnoredMembers(mode: mode)
        var (content, preview) = ("", "")
        do throws(GraphError) {
            let conversation = try reading(body, ignored)
            if let post = conversation.post {
                let isHTML = post.contentType == .html
                content = isHTML ? HTMLSanitizer.clean(post.content) : post.content
                preview = HTMLText.preview(content, isHTML: isHTML)
            }
            read = .success(conversation)
        } catch {
            read = .failure(error)
        }
        unread = ignored.names
        (self.content, self.preview) = (content, preview)
    }

    /// The topic, and the post.
    ///
    /// - Parameter ignored: Where members that mean nothing are noted.
    /// - Returns: What the body says.
    /// - Throws: ``GraphError`` for what is wrong with the body.
    func conversation(noting ignored: IgnoredMembers?) throws(GraphError) -> Conversation {
        ignored?.add(unread)
        return try read.get()
    }

    /// What a post will be stored as.
    func prepared(_ post: NewPost, at time: Int64) -> (written: PostTable.Written, content: String) {
        (
            PostTable.Written(
                id: ItemID(.post, at: time),
                preview: preview,
                hasAttachments: post.attachments.contains { !$0.isInline },
                createdAt: time
            ),
            content
        )
    }
}
