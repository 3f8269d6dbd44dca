import GraphModel
import Storage

/// The tables of conversations, threads and posts, for writing.
struct PostTable {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// What a new post brings to its thread and its conversation.
    struct Written {
        var id: ItemID
        var preview: String
        var hasAttachments: Bool
        var createdAt: Int64
    }

    func insertConversation(
        _ id: String,
        group: GroupID,
        topic: String,
        senders: [String],
        _ post: Written?,
        at time: Int64
    ) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO conversation (id, groupID, topic, preview, uniqueSenders, hasAttachments, deliveredAt)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """
        )
        insert.bind(id, 1)
        insert.bind(group.text, 2)
        insert.bind(topic, 3)
        insert.bind(post?.preview ?? "", 4)
        insert.bind(Self.json(senders), 5)
        insert.bind(post?.hasAttachments ?? false, 6)
        insert.bind(post?.createdAt ?? time, 7)
        try insert.run()
        if post == nil {
            try ConversationChanges(connection).note(id, in: group)
            try SearchIndex(connection).add(id, in: group, topic: topic)
        }
    }

    func insertThread(
        _ id: ItemID,
        conversation: String,
        group: GroupID,
        senders: [String],
        _ post: Written
    ) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO thread (id, conversationID, groupID, preview, uniqueSenders, hasAttachments, deliveredAt)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """
        )
        insert.bind(id.text, 1)
        insert.bind(conversation, 2)
        insert.bind(group.text, 3)
        insert.bind(post.preview, 4)
        insert.bind(Self.json(senders), 5)
        insert.bind(post.hasAttachments, 6)
        insert.bind(post.createdAt, 7)
        try insert.run()
    }

    func insert(
        _ post: NewPost,
        _ prepared: (written: Written, content: String),
        thread: String,
        author: Author,
        inReplyTo: String? = nil
    ) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO post (id, threadID, createdAt, contentType, content, senderName, senderAddress, hasAttachments,
                inReplyTo, fromName, fromAddress)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """
        )
        insert.bind(prepared.written.id.text, 1)
        insert.bind(thread, 2)
        insert.bind(prepared.written.createdAt, 3)
        insert.bind(post.contentType.rawValue, 4)
        insert.bind(prepared.content, 5)
        insert.bind(author.sender.name ?? "", 6)
        insert.bind(author.sender.address, 7)
        insert.bind(prepared.written.hasAttachments, 8)
        insert.bind(inReplyTo, 9)
        let isOwn = author.from == author.sender
        insert.bind(isOwn ? nil : author.from.name, 10)
        insert.bind(isOwn ? nil : author.from.address, 11)
        try insert.run()
        try insertParts(of: post, id: prepared.written.id.text, at: prepared.written.createdAt)
        try insertData(of: post, id: prepared.written.id.text)
    }

    private func insertParts(of post: NewPost, id: String, at time: Int64) throws {
        for (position, person) in post.newParticipants.enumerated() {
            let insert = try connection.prepare(
                "INSERT INTO participant (postID, position, name, address) VALUES ($1, $2, $3, $4)"
            )
            insert.bind(id, 1)
            insert.bind(Int64(position), 2)
            insert.bind(person.name, 3)
            insert.bind(person.address, 4)
            try insert.run()
        }
        for (position, attachment) in post.attachments.enumerated() {
            let insert = try connection.prepare(
                """
                INSERT INTO attachment (id, postID, position, kind, name, contentType, size, isInline, contentID, createdAt,
                    bytes, dynamic)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """
            )
            insert.bind(ItemID(.attachment, at: time).text, 1)
            insert.bind(id, 2)
            insert.bind(Int64(position), 3)
            insert.bind(attachment.kind.rawValue, 4)
            insert.bind(attachment.name, 5)
            insert.bind(attachment.contentType ?? MediaType.of(fileName: attachment.name), 6)
            insert.bind(Int64(attachment.kind == .file ? attachment.bytes.count : attachment.dynamic?.count ?? 0), 7)
            insert.bind(attachment.isInline, 8)
            insert.bind(attachment.contentID, 9)
            insert.bind(time, 10)
            insert.bind(attachment.bytes, 11)
            insert.bind(attachment.dynamic.map { String(decoding: $0, as: UTF8.self) }, 12)
            try insert.run()
        }
        for property in post.extendedProperties {
            let insert = try connection.prepare(
                """
                INSERT INTO extendedProperty (postID, id, value) VALUES ($1, $2, $3)
                ON CONFLICT (postID, id) DO UPDATE SET value = excluded.value
                """
            )
            insert.bind(id, 1)
            insert.bind(property.id, 2)
            insert.bind(property.value, 3)
            try insert.run()
        }
    }

    private func insertData(of post: NewPost, id: String) throws {
        for property in post.multipleProperties {
            let insert = try connection.prepare(
                """
                INSERT INTO multipleProperty (postID, id, value) VALUES ($1, $2, $3)
                ON CONFLICT (postID, id) DO UPDATE SET value = excluded.value
                """
            )
            insert.bind(id, 1)
            insert.bind(property.id, 2)
            insert.bind(Self.json(property.values), 3)
            try insert.run()
        }
        for new in post.extensions { try ExtensionTable(connection).write(new, ofPost: id) }
    }

    static func json(_ names: [String]) -> String {
        let bytes = JSONWriter.bytes(capacity: 64) { writer in
            writer.array { writer in
                for name in names { writer.string(name) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
