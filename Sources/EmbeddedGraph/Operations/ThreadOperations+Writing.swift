import GraphModel
import Storage

// What changes threads: creating, locking, deleting, replying.

extension ThreadOperations {
    @Sendable static func createInGroup(_ context: OperationContext) throws -> GraphResponse {
        try context.refusePostingByApplications()
        let group = try GroupOperations.postable(context)
        let (new, item) = try context.described()
        let conversation = ItemID(.conversation, at: context.now)
        let table = PostTable(context.connection)
        guard let post = new.post else { throw GraphError(400, .invalidRequest, "A new thread needs a post.") }
        let author = try context.author(of: post, in: group)
        let prepared = item.prepared(post, at: context.now)
        try table.insertConversation(
            conversation.text,
            group: group,
            topic: new.topic,
            senders: [author.name],
            prepared.written,
            at: context.now
        )
        return try create(context, group, conversation: conversation.text, topic: new.topic, post, prepared, author)
    }

    @Sendable static func createInConversation(_ context: OperationContext) throws -> GraphResponse {
        try context.refusePostingByApplications()
        let group = try GroupOperations.postable(context)
        let conversation = try requireConversation(context, group)
        let (new, item) = try context.described()
        guard let post = new.post else { throw GraphError(400, .invalidRequest, "A new thread needs a post.") }
        let author = try context.author(of: post, in: group)
        let find = try context.connection.prepare("SELECT topic, deliveredAt FROM conversation WHERE id = $1")
        find.bind(conversation, 1)
        guard try find.step() else { throw GraphError.itemNotFound }
        let topic = find.text(0) ?? ""
        // Within a conversation, too, time moves on strictly, so that its first thread and its newest stay so.
        let time = max(context.now, find.integer(1) + 1000)
        find.reset()
        let prepared = item.prepared(post, at: time)
        let response = try create(context, group, conversation: conversation, topic: topic, post, prepared, author)
        try note(prepared.written, by: author, inConversation: conversation, context)
        return response
    }

    private static func create(
        _ context: OperationContext,
        _ group: GroupID,
        conversation: String,
        topic: String,
        _ post: NewPost,
        _ prepared: (written: PostTable.Written, content: String),
        _ author: Author
    ) throws -> GraphResponse {
        let table = PostTable(context.connection)
        let id = ItemID(.thread, at: prepared.written.createdAt)
        try table.insertThread(
            id,
            conversation: conversation,
            group: group,
            senders: [author.name],
            prepared.written
        )
        try table.insert(post, prepared, thread: id.text, author: author)
        let thread = Stored(
            id: id.text,
            topic: topic,
            preview: prepared.written.preview,
            uniqueSenders: PostTable.json([author.name]),
            hasAttachments: prepared.written.hasAttachments,
            deliveredAt: prepared.written.createdAt,
            isLocked: false,
            conversation: conversation
        )
        if context.mode == .strict { return context.created(id.text, in: "groups('\(group)')/threads") }
        let root = context.request.serviceRoot
        let body = try JSONWriter.bytes(capacity: 640) { writer in
            try writer.object { writer in
                writer.member("@odata.context", "\(root)/$metadata#groups('\(group)')/threads/$entity")
                try write(thread, Selection(), context, group, &writer)
                writer.name("posts")
                writer.array { writer in writer.object { $0.member("id", prepared.written.id.text) } }
            }
        }
        return GraphResponse(status: 201, json: body, location: "\(root)/groups/\(group)/threads/\(id)")
    }

    @Sendable static func update(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try find(context, group)
        try context.requireMatch(thread.tag)
        let change = try ThreadChange(
            context.request.body,
            of: thread,
            recipients: try recipients(of: thread, context, group),
            noting: context.ignored
        )
        if let isLocked = change.isLocked {
            let update = try context.connection.prepare("UPDATE thread SET isLocked = $1 WHERE id = $2")
            update.bind(isLocked, 1)
            update.bind(thread.id, 2)
            try update.run()
        }
        return GraphResponse(status: 200)
    }

    @Sendable static func delete(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try find(context, group)
        try context.requireMatch(thread.tag)
        let delete = try context.connection.prepare("DELETE FROM thread WHERE id = $1")
        delete.bind(thread.id, 1)
        try delete.run()
        try noteDeletion(inConversation: thread.conversation, context)
        let last = try context.connection.prepare(
            """
            DELETE FROM conversation WHERE id = $1
                AND NOT EXISTS (SELECT 1 FROM thread WHERE thread.conversationID = conversation.id)
            """
        )
        last.bind(thread.conversation, 1)
        try last.run()
        return GraphResponse(status: 204)
    }

    @Sendable static func reply(_ context: OperationContext) throws -> GraphResponse {
        try context.refusePostingByApplications()
        let group = try GroupOperations.postable(context)
        let thread = try find(context, group)
        let latest = try context.connection.prepare(
            "SELECT id FROM post WHERE threadID = $1 ORDER BY createdAt DESC, id DESC LIMIT 1"
        )
        latest.bind(thread.id, 1)
        let parent = try latest.step() ? latest.text(0) : nil
        latest.reset()
        return try addReply(to: thread, inReplyTo: parent, group, context)
    }

    /// Adds the reply that the body describes to a thread: 202 without a body, and headers that name the post.
    static func addReply(
        to thread: Stored,
        inReplyTo parent: String?,
        _ group: GroupID,
        _ context: OperationContext
    ) throws -> GraphResponse {
        let (new, item) = try context.described()
        guard let post = new.post else { throw GraphError(400, .invalidRequest, "A reply needs a post.") }
        guard !thread.isLocked else {
            throw GraphError(403, .accessDenied, "The thread is locked; unlock it before replying.")
        }
        let author = try context.author(of: post, in: group)
        // Within a thread time moves on strictly, whatever the clock does.
        let time = max(context.now, thread.deliveredAt + 1000)
        let table = PostTable(context.connection)
        let prepared = item.prepared(post, at: time)
        try table.insert(post, prepared, thread: thread.id, author: author, inReplyTo: parent)
        let update = try context.connection.prepare(
            """
            UPDATE thread SET preview = $1, uniqueSenders = $2, hasAttachments = CASE WHEN $3 = 1 THEN 1 ELSE hasAttachments END,
                deliveredAt = $4 WHERE id = $5
            """
        )
        update.bind(prepared.written.preview, 1)
        update.bind(try senders(thread.uniqueSenders, adding: author.name), 2)
        update.bind(prepared.written.hasAttachments, 3)
        update.bind(time, 4)
        update.bind(thread.id, 5)
        try update.run()
        try note(prepared.written, by: author, inConversation: thread.conversation, context)
        var response = GraphResponse(status: 202)
        // Graph says nothing of the post that it has made.
        if context.mode == .strict { return response }
        response.headers["Location"] =
            "\(context.request.serviceRoot)/groups/\(group)/threads/\(thread.id)/posts/\(prepared.written.id)"
        response.headers["x-post-id"] = prepared.written.id.text
        return response
    }

    /// Brings what a conversation shows of its newest post up to date after one of its threads has gone.
    private static func noteDeletion(inConversation id: String, _ context: OperationContext) throws {
        let rest = try context.connection.prepare(
            "SELECT preview, uniqueSenders, hasAttachments, deliveredAt FROM thread WHERE conversationID = $1 ORDER BY id"
        )
        rest.bind(id, 1)
        var newest: (preview: String, at: Int64)?
        var names: [String] = []
        var hasAttachments = false
        while try rest.step() {
            let at = rest.integer(3)
            if newest.map({ at >= $0.at }) ?? true { newest = (rest.text(0) ?? "", at) }
            for name in try JSONValue((rest.text(1) ?? "[]").utf8).elements?.compactMap(\.string) ?? []
            where !names.contains(name) {
                names.append(name)
            }
            hasAttachments = hasAttachments || rest.integer(2) == 1
        }
        guard let newest else { return }
        let update = try context.connection.prepare(
            "UPDATE conversation SET preview = $1, uniqueSenders = $2, hasAttachments = $3, deliveredAt = $4 WHERE id = $5"
        )
        update.bind(newest.preview, 1)
        update.bind(PostTable.json(names), 2)
        update.bind(hasAttachments, 3)
        update.bind(newest.at, 4)
        update.bind(id, 5)
        try update.run()
    }

    private static func note(
        _ post: PostTable.Written,
        by author: Author,
        inConversation id: String,
        _ context: OperationContext
    ) throws {
        let find = try context.connection.prepare("SELECT uniqueSenders FROM conversation WHERE id = $1")
        find.bind(id, 1)
        let known = try find.step() ? find.text(0) ?? "[]" : "[]"
        find.reset()
        let update = try context.connection.prepare(
            """
            UPDATE conversation SET preview = CASE WHEN $1 >= deliveredAt THEN $2 ELSE preview END, uniqueSenders = $3,
                hasAttachments = CASE WHEN $4 = 1 THEN 1 ELSE hasAttachments END,
                deliveredAt = CASE WHEN $1 > deliveredAt THEN $1 ELSE deliveredAt END WHERE id = $5
            """
        )
        update.bind(post.createdAt, 1)
        update.bind(post.preview, 2)
        update.bind(try senders(known, adding: author.name), 3)
        update.bind(post.hasAttachments, 4)
        update.bind(id, 5)
        try update.run()
    }

    private static func senders(_ json: String, adding name: String) throws -> String {
        var names = try JSONValue(json.utf8).elements?.compactMap(\.string) ?? []
        if !names.contains(name) { names.append(name) }
        return PostTable.json(names)
    }
}
