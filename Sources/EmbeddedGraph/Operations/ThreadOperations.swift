import GraphModel
import Storage

/// `/groups/{group}/threads`, and the same below a conversation.
enum ThreadOperations {
    static let routes =
        [
            Route(.get, "groups/{group}/threads", list),
            Route(.post, "groups/{group}/threads", createInGroup),
            Route(.get, "groups/{group}/threads/$count", count),
            Route(.get, "groups/{group}/conversations/{conversation}/threads", list),
            Route(.get, "groups/{group}/conversations/{conversation}/threads/$count", count),
            Route(.post, "groups/{group}/conversations/{conversation}/threads", createInConversation),
        ]
        + ["groups/{group}/threads/{thread}", "groups/{group}/conversations/{conversation}/threads/{thread}"].flatMap {
            path in
            [
                Route(.get, path, get), Route(.patch, path, update), Route(.delete, path, delete),
                Route(.post, path + "/reply", reply),
            ]
        }

    private static let columns = """
        SELECT thread.id, conversation.topic, thread.preview, thread.uniqueSenders, thread.hasAttachments,
            thread.deliveredAt, thread.isLocked, thread.conversationID
        FROM thread JOIN conversation ON conversation.id = thread.conversationID
        """
    private static let properties: Set<String> = [
        "id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview", "isLocked",
        "toRecipients",
        "ccRecipients",
    ]
    private static let expandable = ["posts"]
    private static let filterable = [
        Filter.Property(name: "id", column: "thread.id", kind: .identifier),
        Filter.Property(name: "topic", column: "conversation.topic", kind: .text),
        Filter.Property(name: "preview", column: "thread.preview", kind: .text),
        Filter.Property(name: "hasAttachments", column: "thread.hasAttachments", kind: .boolean),
        Filter.Property(name: "isLocked", column: "thread.isLocked", kind: .boolean),
        Filter.Property(name: "lastDeliveredDateTime", column: "thread.deliveredAt", kind: .moment),
        Filter.Property(name: "uniqueSenders", column: "thread.uniqueSenders", kind: .textList),
        Filter.Property(
            name: "singleValueExtendedProperties",
            column: "extendedProperty AS item JOIN post ON post.id = item.postID WHERE post.threadID = thread.id",
            kind: .rows(PostOperations.extendedProperty)
        ),
        Filter.Property(name: "toRecipients", column: "", kind: .closed),
        Filter.Property(name: "ccRecipients", column: "", kind: .closed),
        Filter.Property(name: "posts", column: "", kind: .closed),
    ]

    /// A thread as it is stored.
    struct Stored {
        var id: String
        var topic: String
        var preview: String
        var uniqueSenders: String
        var hasAttachments: Bool
        var deliveredAt: Int64
        var isLocked: Bool
        var conversation: String
    }

    // MARK: Reading

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let (query, type) = try query(context, group)
        let page = Page(context: context, type: type + selection.context, defaultSize: 20)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return try page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { try query.token(after: $0.id, context) },
            write: { thread, writer in
                try writer.object { writer in
                    try write(thread, selection, context, group, &writer)
                    for expansion in expansions {
                        try PostOperations.writeExpanded(expansion, of: thread, in: group, context, &writer)
                    }
                }
            }
        )
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        Page.count(try query(context, try GroupOperations.unified(context)).query.count(context))
    }

    /// The threads of the group, or of the conversation that the path names, and what a context calls them.
    private static func query(
        _ context: OperationContext,
        _ group: GroupID
    ) throws -> (query: ListQuery, type: String) {
        var query = ListQuery(select: columns, key: "thread.deliveredAt", id: "thread.id", isDescending: true)
        var type = "groups('\(group)')/threads"
        if context.parameters["conversation"] != nil {
            let conversation = try requireConversation(context, group)
            query.require("thread.conversationID = ?", conversation)
            type = "groups('\(group)')/conversations('\(conversation)')/threads"
        } else {
            query.require("thread.groupID = ?", group.text)
        }
        try query.add(context.options, filterable)
        if let search = context.options.search {
            try query.add(
                try SearchTerms(search),
                in: [
                    "topic": "conversation.topic",
                    "body": "(SELECT group_concat(content, ' ') FROM post WHERE threadID = thread.id)",
                ]
            )
        }
        return (query, type)
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try find(context, group)
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        return GraphResponse(
            json: try JSONWriter.bytes(capacity: 512) { writer in
                try writer.object { writer in
                    writer.member(
                        "@odata.context",
                        "\(context.request.serviceRoot)/$metadata#groups('\(group)')/threads\(selection.context)/$entity"
                    )
                    try write(thread, selection, context, group, &writer)
                    for expansion in expansions {
                        try PostOperations.writeExpanded(expansion, of: thread, in: group, context, &writer)
                    }
                }
            }
        )
    }

    /// The threads of a conversation, written into it.
    static func writeExpanded(
        _ expansion: Expansion,
        ofConversation conversation: String,
        in group: GroupID,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let path = "/groups/\(group)/conversations/\(conversation)/threads"
        var context = try context.expanding(expansion, at: path)
        context.parameters["conversation"] = conversation
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let query = try query(context, group).query
        let page = Page(context: context, type: "", defaultSize: 20)
        try page.write(
            try query.rows(context, page: page, row),
            as: "threads",
            count: context.options.count ? try query.count(context) : nil,
            &writer,
            token: { try query.token(after: $0.id, context) },
            write: { thread, writer in
                try writer.object { writer in
                    try write(thread, selection, context, group, &writer)
                    for expansion in expansions {
                        try PostOperations.writeExpanded(expansion, of: thread, in: group, context, &writer)
                    }
                }
            }
        )
    }

    /// The thread that a path names.
    ///
    /// A conversation's id stands for the conversation's first thread, as Graph has it.
    ///
    /// - Throws: ``GraphError`` if there is none in this group, or not in the conversation that the path names.
    static func find(_ context: OperationContext, _ group: GroupID) throws -> Stored {
        let id = try context.id("thread", .thread, .conversation)
        let isConversation = id.hasPrefix("C")
        let find = try context.connection.prepare(
            columns
                + (isConversation
                    ? " WHERE thread.conversationID = $1 AND thread.groupID = $2 ORDER BY thread.id LIMIT 1"
                    : " WHERE thread.id = $1 AND thread.groupID = $2")
        )
        find.bind(id, 1)
        find.bind(group.text, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        let thread = row(find)
        if context.parameters["conversation"] != nil,
            try context.id("conversation", .conversation) != thread.conversation
        {
            throw GraphError.itemNotFound
        }
        return thread
    }

    private static func requireConversation(_ context: OperationContext, _ group: GroupID) throws -> String {
        let id = try context.id("conversation", .conversation)
        let find = try context.connection.prepare("SELECT 1 FROM conversation WHERE id = $1 AND groupID = $2")
        find.bind(id, 1)
        find.bind(group.text, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        find.reset()
        return id
    }

    // MARK: Writing

    @Sendable private static func createInGroup(_ context: OperationContext) throws -> GraphResponse {
        try context.refuseApplications()
        let group = try GroupOperations.unified(context)
        let new = try Conversation.readThread(context.request.body)
        let conversation = ItemID(.conversation, at: context.now)
        let table = PostTable(context.connection)
        guard let post = new.post else { throw GraphError(400, .invalidRequest, "A new thread needs a post.") }
        try context.checkSender(of: post, in: group)
        let prepared = table.prepare(post, at: context.now)
        try table.insertConversation(
            conversation,
            group: group,
            topic: new.topic,
            senders: [context.request.caller.displayName],
            prepared.written,
            at: context.now
        )
        return try create(context, group, conversation: conversation.text, topic: new.topic, post, prepared)
    }

    @Sendable private static func createInConversation(_ context: OperationContext) throws -> GraphResponse {
        try context.refuseApplications()
        let group = try GroupOperations.unified(context)
        let conversation = try requireConversation(context, group)
        let new = try Conversation.readThread(context.request.body)
        guard let post = new.post else { throw GraphError(400, .invalidRequest, "A new thread needs a post.") }
        try context.checkSender(of: post, in: group)
        let find = try context.connection.prepare("SELECT topic, deliveredAt FROM conversation WHERE id = $1")
        find.bind(conversation, 1)
        guard try find.step() else { throw GraphError.itemNotFound }
        let topic = find.text(0) ?? ""
        // Within a conversation, too, time moves on strictly, so that its first thread and its newest stay so.
        let time = max(context.now, find.integer(1) + 1000)
        find.reset()
        let prepared = PostTable(context.connection).prepare(post, at: time)
        let response = try create(context, group, conversation: conversation, topic: topic, post, prepared)
        try note(prepared.written, by: context.request.caller, inConversation: conversation, context)
        return response
    }

    private static func create(
        _ context: OperationContext,
        _ group: GroupID,
        conversation: String,
        topic: String,
        _ post: NewPost,
        _ prepared: (written: PostTable.Written, content: String)
    ) throws -> GraphResponse {
        let table = PostTable(context.connection)
        let caller = context.request.caller
        let id = ItemID(.thread, at: prepared.written.createdAt)
        try table.insertThread(
            id,
            conversation: conversation,
            group: group,
            senders: [caller.displayName],
            prepared.written
        )
        try table.insert(post, prepared, thread: id.text, sender: caller)
        let thread = Stored(
            id: id.text,
            topic: topic,
            preview: prepared.written.preview,
            uniqueSenders: PostTable.json([caller.displayName]),
            hasAttachments: prepared.written.hasAttachments,
            deliveredAt: prepared.written.createdAt,
            isLocked: false,
            conversation: conversation
        )
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

    @Sendable private static func update(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try find(context, group)
        if let isLocked = try ThreadChange(context.request.body, of: thread).isLocked {
            let update = try context.connection.prepare("UPDATE thread SET isLocked = $1 WHERE id = $2")
            update.bind(isLocked, 1)
            update.bind(thread.id, 2)
            try update.run()
        }
        return GraphResponse(status: 200)
    }

    @Sendable private static func delete(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try find(context, group)
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

    @Sendable private static func reply(_ context: OperationContext) throws -> GraphResponse {
        try context.refuseApplications()
        let group = try GroupOperations.unified(context)
        let thread = try find(context, group)
        let post = try Conversation.readReply(context.request.body)
        let latest = try context.connection.prepare(
            "SELECT id FROM post WHERE threadID = $1 ORDER BY createdAt DESC, id DESC LIMIT 1"
        )
        latest.bind(thread.id, 1)
        let parent = try latest.step() ? latest.text(0) : nil
        latest.reset()
        return try addReply(post, to: thread, inReplyTo: parent, group, context)
    }

    /// Adds a reply to a thread: 202 without a body, and headers that name the post.
    static func addReply(
        _ post: NewPost,
        to thread: Stored,
        inReplyTo parent: String?,
        _ group: GroupID,
        _ context: OperationContext
    ) throws -> GraphResponse {
        guard !thread.isLocked else {
            throw GraphError(403, .accessDenied, "The thread is locked; unlock it before replying.")
        }
        try context.checkSender(of: post, in: group)
        // Within a thread time moves on strictly, whatever the clock does.
        let time = max(context.now, thread.deliveredAt + 1000)
        let table = PostTable(context.connection)
        let prepared = table.prepare(post, at: time)
        try table.insert(post, prepared, thread: thread.id, sender: context.request.caller, inReplyTo: parent)
        let update = try context.connection.prepare(
            """
            UPDATE thread SET preview = $1, uniqueSenders = $2, hasAttachments = CASE WHEN $3 = 1 THEN 1 ELSE hasAttachments END,
                deliveredAt = $4 WHERE id = $5
            """
        )
        update.bind(prepared.written.preview, 1)
        update.bind(try senders(thread.uniqueSenders, adding: context.request.caller.displayName), 2)
        update.bind(prepared.written.hasAttachments, 3)
        update.bind(time, 4)
        update.bind(thread.id, 5)
        try update.run()
        try note(prepared.written, by: context.request.caller, inConversation: thread.conversation, context)
        var response = GraphResponse(status: 202)
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
        by caller: Caller,
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
        update.bind(try senders(known, adding: caller.displayName), 3)
        update.bind(post.hasAttachments, 4)
        update.bind(id, 5)
        try update.run()
    }

    private static func senders(_ json: String, adding name: String) throws -> String {
        var names = try JSONValue(json.utf8).elements?.compactMap(\.string) ?? []
        if !names.contains(name) { names.append(name) }
        return PostTable.json(names)
    }

    // MARK: Rows

    private static func row(_ statement: PreparedStatement) -> Stored {
        Stored(
            id: statement.text(0) ?? "",
            topic: statement.text(1) ?? "",
            preview: statement.text(2) ?? "",
            uniqueSenders: statement.text(3) ?? "[]",
            hasAttachments: statement.integer(4) == 1,
            deliveredAt: statement.integer(5),
            isLocked: statement.integer(6) == 1,
            conversation: statement.text(7) ?? ""
        )
    }

    private static func write(
        _ thread: Stored,
        _ selection: Selection,
        _ context: OperationContext,
        _ group: GroupID,
        _ writer: inout JSONWriter
    ) throws {
        writer.member("id", thread.id)
        if selection.wants("topic") { writer.member("topic", thread.topic) }
        if selection.wants("hasAttachments") { writer.member("hasAttachments", thread.hasAttachments) }
        if selection.wants("lastDeliveredDateTime") {
            writer.member("lastDeliveredDateTime", GraphDate(microseconds: thread.deliveredAt).text)
        }
        if selection.wants("uniqueSenders") {
            writer.name("uniqueSenders")
            writer.raw(thread.uniqueSenders.utf8)
        }
        if selection.wants("preview") { writer.member("preview", thread.preview) }
        if selection.wants("isLocked") { writer.member("isLocked", thread.isLocked) }
        if selection.asksFor("toRecipients") {
            writer.name("toRecipients")
            try writeRecipients(of: thread, context, group, &writer)
        }
        if selection.asksFor("ccRecipients") {
            writer.name("ccRecipients")
            writer.array { _ in }
        }
    }

    /// The group, and everybody whom a post has brought in (reference, section 7).
    private static func writeRecipients(
        of thread: Stored,
        _ context: OperationContext,
        _ group: GroupID,
        _ writer: inout JSONWriter
    ) throws {
        var people: [EmailAddress] = []
        let find = try context.connection.prepare(#"SELECT displayName, mail FROM "group" WHERE id = $1"#)
        find.bind(group.text, 1)
        if try find.step(), let mail = find.text(1) { people.append(EmailAddress(name: find.text(0), address: mail)) }
        find.reset()
        let list = try context.connection.prepare(
            """
            SELECT participant.name, participant.address FROM participant JOIN post ON post.id = participant.postID
            WHERE post.threadID = $1 ORDER BY post.createdAt, post.id, participant.position
            """
        )
        list.bind(thread.id, 1)
        while try list.step() {
            let person = EmailAddress(name: list.text(0), address: list.text(1) ?? "")
            if !people.contains(where: { $0.address.lowercased() == person.address.lowercased() }) {
                people.append(person)
            }
        }
        writer.array { writer in
            for person in people { writer.recipient(person) }
        }
    }
}
