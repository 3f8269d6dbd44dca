import GraphModel
import Storage

/// What can be done at `/groups/{group}/conversations`.
enum ConversationOperations {
    static let routes = [
        Route(.get, "groups/{group}/conversations", list),
        Route(.post, "groups/{group}/conversations", reading: Conversation.read, create),
        Route(.get, "groups/{group}/conversations/$count", count),
        Route(.get, "groups/{group}/conversations/{conversation}", get),
        Route(
            .post,
            "groups/{group}/conversations/{conversation}",
            onlyIn: .lenient,
            reading: Conversation.read,
            createNamed
        ),
        Route(.delete, "groups/{group}/conversations/{conversation}", delete),
    ]

    static let columns =
        "SELECT id, topic, preview, uniqueSenders, hasAttachments, deliveredAt FROM conversation"
    static let properties: Set<String> = [
        "id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview",
    ]
    static let expandable = ["threads"]
    private static let filterable = [
        Filter.Property(name: "id", column: "conversation.id", kind: .identifier),
        Filter.Property(name: "topic", column: "conversation.topic", kind: .text),
        Filter.Property(name: "preview", column: "conversation.preview", kind: .text),
        Filter.Property(name: "hasAttachments", column: "conversation.hasAttachments", kind: .boolean),
        Filter.Property(name: "lastDeliveredDateTime", column: "conversation.deliveredAt", kind: .moment),
        Filter.Property(name: "uniqueSenders", column: "conversation.uniqueSenders", kind: .textList),
        Filter.Property(
            name: "singleValueExtendedProperties",
            column: """
                extendedProperty AS item JOIN post ON post.id = item.postID JOIN thread ON thread.id = post.threadID
                WHERE thread.conversationID = conversation.id
                """,
            kind: .rows(PostOperations.extendedProperty)
        ),
        Filter.Property(name: "threads", column: "", kind: .closed),
    ]

    /// What an answer shows of a conversation.
    struct Shown {
        var id: String
        var topic: String
        var preview: String
        var uniqueSenders: String
        var hasAttachments: Bool
        var deliveredAt: Int64

        func write(_ selection: Selection, _ writer: inout JSONWriter) {
            writer.member("id", id)
            if selection.wants("topic") { writer.member("topic", topic) }
            if selection.wants("hasAttachments") { writer.member("hasAttachments", hasAttachments) }
            if selection.wants("lastDeliveredDateTime") {
                writer.member("lastDeliveredDateTime", GraphDate(microseconds: deliveredAt).text)
            }
            if selection.wants("uniqueSenders") {
                writer.name("uniqueSenders")
                writer.raw(uniqueSenders.utf8)
            }
            if selection.wants("preview") { writer.member("preview", preview) }
        }
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let selection = try context.options.selection(of: "conversation", properties)
        let expansions = try context.expansions(expandable)
        let query = try query(context, group)
        let page = Page(
            context: context,
            type: "groups('\(group)')/conversations\(selection.context)",
            defaultSize: 20
        )
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        let response = try page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { try query.token(after: $0.id, context) },
            write: { shown, writer in
                try writer.object { writer in
                    shown.write(selection, &writer)
                    try writeExpansions(expansions, of: shown, in: group, context, &writer)
                }
            }
        )
        return expansions.isEmpty ? response : context.noteBodyType(response)
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        Page.count(try query(context, try GroupOperations.readable(context)).count(context))
    }

    private static func query(_ context: OperationContext, _ group: GroupID) throws -> ListQuery {
        var query = ListQuery(select: columns, key: "deliveredAt", isDescending: true)
        query.require("groupID = ?", group.text)
        let options = try context.conversationOptions()
        try query.add(options, filterable)
        if let search = options.search {
            try query.add(try SearchTerms(search), .conversation, of: group)
        }
        return query
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let shown = try find(try context.id("conversation", .conversation), group, context)
        let selection = try context.options.selection(of: "conversation", properties)
        let expansions = try context.expansions(expandable)
        let root = context.request.serviceRoot
        let response = GraphResponse(
            json: try JSONWriter.bytes(capacity: 512) { writer in
                try writer.object { writer in
                    writer.member(
                        "@odata.context",
                        "\(root)/$metadata#groups('\(group)')/conversations\(selection.context)/$entity"
                    )
                    shown.write(selection, &writer)
                    try writeExpansions(expansions, of: shown, in: group, context, &writer)
                }
            }
        )
        return expansions.isEmpty ? response : context.noteBodyType(response)
    }

    private static func writeExpansions(
        _ expansions: [Expansion],
        of shown: Shown,
        in group: GroupID,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        for expansion in expansions {
            try ThreadOperations.writeExpanded(expansion, ofConversation: shown.id, in: group, context, &writer)
        }
    }

    @Sendable private static func create(_ context: OperationContext) throws -> GraphResponse {
        try context.refusePostingByApplications()
        return try create(
            ItemID(.conversation, at: context.now).text,
            in: try GroupOperations.postable(context),
            isNamed: false,
            context
        )
    }

    /// Makes a conversation under an id that the caller has chosen, for imports that must keep ids (reference,
    /// section 2.1, rows 4 and 6).
    @Sendable private static func createNamed(_ context: OperationContext) throws -> GraphResponse {
        try context.refusePostingByApplications()
        let group = try GroupOperations.postable(context)
        let id = try context.id("conversation", .conversation)
        let find = try context.connection.prepare("SELECT 1 FROM conversation WHERE id = $1")
        find.bind(id, 1)
        guard try !find.step() else {
            find.reset()
            throw GraphError(409, .itemExists, "There is a conversation '\(id.prefix(80))' already.")
        }
        return try create(id, in: group, isNamed: true, context)
    }

    /// Makes a conversation; one that the caller has named is answered within `value`.
    private static func create(
        _ id: String,
        in group: GroupID,
        isNamed: Bool,
        _ context: OperationContext
    ) throws -> GraphResponse {
        let (new, item) = try context.described()
        guard new.post != nil || context.mode == .lenient else {
            throw GraphError(
                400,
                .invalidRequest,
                "A new conversation needs a thread with a post, as in {\"topic\":\"…\",\"threads\":[{\"posts\":[…]}]}."
            )
        }
        let author = try new.post.map { try context.author(of: $0, in: group) }
        let table = PostTable(context.connection)
        let prepared = new.post.map { item.prepared($0, at: context.now) }
        let senders = author.map { [$0.name] } ?? []
        try table.insertConversation(
            id,
            group: group,
            topic: new.topic,
            senders: senders,
            prepared?.written,
            at: context.now
        )
        let thread = ItemID(.thread, at: context.now)
        if let post = new.post, let prepared, let author {
            try table.insertThread(thread, conversation: id, group: group, senders: senders, prepared.written)
            try table.insert(post, prepared, thread: thread.text, author: author)
        }
        let shown = Shown(
            id: id,
            topic: new.topic,
            preview: prepared?.written.preview ?? "",
            uniqueSenders: PostTable.json(senders),
            hasAttachments: prepared?.written.hasAttachments ?? false,
            deliveredAt: context.now
        )
        if context.mode == .strict {
            return context.created(id, in: "groups('\(group)')/conversations", thread: thread)
        }
        let root = context.request.serviceRoot
        let path = "groups('\(group)')/conversations"
        // Ids of the store's own making need no encoding.
        let encoded = isNamed ? PercentEncoding.encode(id) : id
        let write = { (writer: inout JSONWriter) in
            shown.write(Selection(), &writer)
            writer.member("threads@odata.context", "\(root)/$metadata#\(path)('\(encoded)')/threads")
            writer.name("threads")
            writer.array { writer in
                guard let prepared else { return }
                writer.object { writer in
                    writer.member("id", thread.text)
                    writer.name("posts")
                    writer.array { writer in writer.object { $0.member("id", prepared.written.id.text) } }
                }
            }
        }
        let body = JSONWriter.bytes(capacity: 640 + shown.preview.utf8.count) { writer in
            writer.object { writer in
                writer.member("@odata.context", "\(root)/$metadata#\(path)/$entity")
                guard isNamed else { return write(&writer) }
                writer.name("value")
                writer.object(write)
            }
        }
        return GraphResponse(status: 201, json: body, location: "\(root)/groups/\(group)/conversations/\(encoded)")
    }

    @Sendable private static func delete(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let shown = try find(try context.id("conversation", .conversation), group, context)
        let delete = try context.connection.prepare("DELETE FROM conversation WHERE id = $1")
        delete.bind(shown.id, 1)
        try delete.run()
        return GraphResponse(status: 204)
    }

    private static func find(_ id: String, _ group: GroupID, _ context: OperationContext) throws -> Shown {
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND groupID = $2")
        find.bind(id, 1)
        find.bind(group.text, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        return row(find)
    }

    static func row(_ statement: PreparedStatement) -> Shown {
        Shown(
            id: statement.text(0) ?? "",
            topic: statement.text(1) ?? "",
            preview: statement.text(2) ?? "",
            uniqueSenders: statement.text(3) ?? "[]",
            hasAttachments: statement.integer(4) == 1,
            deliveredAt: statement.integer(5)
        )
    }
}
