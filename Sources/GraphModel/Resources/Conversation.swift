/// A conversation as the body of `POST /groups/{id}/conversations` describes it, a thread as that of `POST …/threads`, or
/// a reply.
package struct Conversation: Sendable, Equatable {
    /// The longest topic, in characters (reference, section 3.1).
    package static let maximumTopicLength = 255

    package var topic = ""
    /// The one post of its one thread; nil for a conversation that has no thread yet.
    package var post: NewPost?

    /// Reads a new conversation: a topic, and one thread with one post, or none yet.
    package static func read(
        _ body: [UInt8],
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> Conversation {
        try RequestBody.read(body, as: .conversation, noting: ignored) { reader in
            var conversation = Conversation()
            try reader.object { reader, name in
                switch name {
                case "topic": conversation.topic = try topic(&reader)
                case "threads":
                    try reader.list { reader, index in
                        guard index == 0 else { throw reader.fault("a new conversation has one thread") }
                        conversation.post = try thread(&reader).post
                        if conversation.post == nil { throw reader.fault("a new thread has one post") }
                    }
                case "@odata.type": try reader.type(oneOf: "conversation")
                case "id", "lastDeliveredDateTime", "preview": try reader.ignore(.string)
                case "hasAttachments": try reader.ignore(.boolean)
                case "uniqueSenders": try reader.ignore(.array)
                default: break
                }
            }
            return conversation
        }
    }

    /// Reads a new thread: a topic and one post.
    package static func readThread(
        _ body: [UInt8],
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> Conversation {
        try RequestBody.read(body, as: .thread, noting: ignored) { reader in
            let conversation = try thread(&reader)
            if conversation.post == nil { throw reader.fault("a new thread has one post, in \"posts\"") }
            return conversation
        }
    }

    /// Reads the body of a reply, which has the post alone: `{"post": {…}}`.
    package static func readReply(
        _ body: [UInt8],
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> Conversation {
        try RequestBody.read(body, noting: ignored) { reader in
            var conversation = Conversation()
            try reader.object { reader, name in
                if name.matches("post") { conversation.post = try NewPost(from: &reader) }
            }
            guard conversation.post != nil else {
                throw reader.fault("a reply needs a post, as in {\"post\":{\"body\":{…}}}")
            }
            return conversation
        }
    }

    private static func thread(_ reader: inout JSONReader) throws -> Conversation {
        var conversation = Conversation()
        try reader.object { reader, name in
            switch name {
            case "topic": conversation.topic = try topic(&reader)
            case "posts":
                try reader.list { reader, index in
                    guard index == 0 else { throw reader.fault("a new thread has one post") }
                    conversation.post = try NewPost(from: &reader)
                }
            case "@odata.type": try reader.type(oneOf: "conversationthread")
            case "id", "lastDeliveredDateTime", "preview": try reader.ignore(.string)
            case "hasAttachments", "isLocked": try reader.ignore(.boolean)
            case "uniqueSenders", "toRecipients", "ccRecipients": try reader.ignore(.array)
            default: break
            }
        }
        return conversation
    }

    private static func topic(_ reader: inout JSONReader) throws -> String {
        if try reader.null() { return "" }
        let topic = try reader.string()
        guard topic.utf8.count <= maximumTopicLength || topic.count <= maximumTopicLength else {
            throw reader.fault("a topic has \(maximumTopicLength) characters at most, not \(topic.count)")
        }
        return topic
    }
}
