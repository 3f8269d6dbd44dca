import GraphModel
import Storage

/// `/groups/{group}/threads`, and the same below a conversation.
enum ThreadOperations {
    static let routes =
        [
            Route(.get, "groups/{group}/threads", list),
            Route(.post, "groups/{group}/threads", reading: Conversation.readThread, createInGroup),
            Route(.get, "groups/{group}/threads/$count", count),
            Route(.get, "groups/{group}/conversations/{conversation}/threads", list),
            Route(.get, "groups/{group}/conversations/{conversation}/threads/$count", count),
            Route(
                .post,
                "groups/{group}/conversations/{conversation}/threads",
                reading: Conversation.readThread,
                createInConversation
            ),
        ]
        + ["groups/{group}/threads/{thread}", "groups/{group}/conversations/{conversation}/threads/{thread}"].flatMap {
            path in
            [
                Route(.get, path, get), Route(.patch, path, update), Route(.delete, path, delete),
                Route(.post, path + "/reply", reading: Conversation.readReply, reply),
            ]
        }

    private static let columns = """
        SELECT thread.id, conversation.topic, thread.preview, thread.uniqueSenders, thread.hasAttachments,
            thread.deliveredAt, thread.isLocked, thread.conversationID
        FROM thread JOIN conversation ON conversation.id = thread.conversationID
        """
    static let properties: Set<String> = [
        "id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview", "isLocked",
        "toRecipients",
        "ccRecipients",
    ]
    static let expandable = ["posts"]
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

        /// Every post moves the time of delivery on, so these three tell all states apart.
        var tag: EntityTag { EntityTag("\(id).\(deliveredAt).\(isLocked ? 1 : 0)") }
    }

    // MARK: Reading

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try context.expansions(expandable)
        let (query, type) = try query(context, group)
        let page = Page(context: context, type: type + selection.context, defaultSize: 20)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        let response = try page.response(
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
        return expansions.isEmpty ? response : context.noteBodyType(response)
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        Page.count(try query(context, try GroupOperations.readable(context)).query.count(context))
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
            type = "groups('\(group)')/conversations('\(PercentEncoding.encode(conversation))')/threads"
        } else {
            query.require("thread.groupID = ?", group.text)
        }
        let options = try context.mailboxOptions()
        try query.add(options, filterable)
        if let search = options.search {
            try query.add(try SearchTerms(search), .thread, of: group)
        }
        return (query, type)
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try find(context, group)
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try context.expansions(expandable)
        let body = try JSONWriter.bytes(capacity: 512) { writer in
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
        let response = context.response(body, thread.tag)
        return expansions.isEmpty ? response : context.noteBodyType(response)
    }

    /// The threads of a conversation, written into it.
    static func writeExpanded(
        _ expansion: Expansion,
        ofConversation conversation: String,
        in group: GroupID,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let path = "/groups/\(group)/conversations/\(PercentEncoding.encode(conversation))/threads"
        var context = try context.expanding(expansion, at: path)
        context.parameters["conversation"] = conversation
        let selection = try context.options.selection(of: "conversationThread", properties)
        let expansions = try context.expansions(expandable)
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
        guard
            let thread = try find("thread.id", id, group, context)
                ?? find("thread.conversationID", id, group, context)
        else { throw GraphError.itemNotFound }
        if context.parameters["conversation"] != nil,
            try context.id("conversation", .conversation) != thread.conversation
        {
            throw GraphError.itemNotFound
        }
        return thread
    }

    /// The first thread whose `column` is this id.
    private static func find(
        _ column: String,
        _ id: String,
        _ group: GroupID,
        _ context: OperationContext
    ) throws -> Stored? {
        let find = try context.connection.prepare(
            columns + " WHERE \(column) = $1 AND thread.groupID = $2 ORDER BY thread.id LIMIT 1"
        )
        find.bind(id, 1)
        find.bind(group.text, 2)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return row(find)
    }

    /// The id of the conversation that a path names.
    ///
    /// - Throws: ``GraphError`` if there is none in this group.
    static func requireConversation(_ context: OperationContext, _ group: GroupID) throws -> String {
        let id = try context.id("conversation", .conversation)
        let find = try context.connection.prepare("SELECT 1 FROM conversation WHERE id = $1 AND groupID = $2")
        find.bind(id, 1)
        find.bind(group.text, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        find.reset()
        return id
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

    static func write(
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
            let people = try recipients(of: thread, context, group)
            writer.array { writer in
                for person in people { writer.recipient(person) }
            }
        }
        if selection.asksFor("ccRecipients") {
            writer.name("ccRecipients")
            writer.array { _ in }
        }
    }

    /// The group, and everybody whom a post has brought in (reference, section 7).
    static func recipients(
        of thread: Stored,
        _ context: OperationContext,
        _ group: GroupID
    ) throws -> [EmailAddress] {
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
        return people
    }
}
