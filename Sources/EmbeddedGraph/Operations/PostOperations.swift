import Foundation
import GraphModel
import Storage

/// The posts of a thread, replies to them, and what is attached to them.
enum PostOperations {
    static let routes = [
        "groups/{group}/threads/{thread}/posts", "groups/{group}/conversations/{conversation}/threads/{thread}/posts",
    ].flatMap(routes(at:))

    private static func routes(at path: String) -> [Route] {
        var routes = [Route(.get, path, list), Route(.get, path + "/$count", count)]
        routes += item(path + "/{post}")
        for var route in item(path + "/{post}/inReplyTo") {
            route.operation = answered(route.operation)
            routes.append(route)
        }
        return routes
    }

    private static func item(_ path: String) -> [Route] {
        [
            Route(.get, path, get), Route(.post, path + "/reply", reply), Route(.post, path + "/forward", forward),
        ] + AttachmentOperations.routes(below: path)
    }

    private static let columns = """
        SELECT id, createdAt, contentType, content, senderName, senderAddress, hasAttachments, inReplyTo,
            coalesce(fromName, senderName), coalesce(fromAddress, senderAddress) FROM post
        """
    private static let properties: Set<String> = [
        "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime",
        "hasAttachments",
        "body", "from", "sender", "conversationId", "conversationThreadId", "newParticipants",
    ]
    private static let expandable = ["attachments", "inReplyTo", "singleValueExtendedProperties"]
    private static let filterable = [
        Filter.Property(name: "id", column: "post.id", kind: .identifier),
        Filter.Property(name: "createdDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "lastModifiedDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "receivedDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "hasAttachments", column: "post.hasAttachments", kind: .boolean),
        Filter.Property(
            name: "from/emailAddress/address",
            column: "coalesce(post.fromAddress, post.senderAddress)",
            kind: .text
        ),
        Filter.Property(
            name: "from/emailAddress/name",
            column: "coalesce(post.fromName, post.senderName)",
            kind: .text
        ),
        Filter.Property(name: "sender/emailAddress/address", column: "post.senderAddress", kind: .text),
        Filter.Property(name: "sender/emailAddress/name", column: "post.senderName", kind: .text),
        Filter.Property(
            name: "singleValueExtendedProperties",
            column: "extendedProperty AS item WHERE item.postID = post.id",
            kind: .rows(extendedProperty)
        ),
        Filter.Property(name: "body", column: "", kind: .closed),
        Filter.Property(name: "body/content", column: "", kind: .closed),
        Filter.Property(name: "changeKey", column: "", kind: .closed),
        Filter.Property(name: "categories", column: "", kind: .closed),
        Filter.Property(name: "newParticipants", column: "", kind: .closed),
        Filter.Property(name: "attachments", column: "", kind: .closed),
        Filter.Property(name: "inReplyTo", column: "", kind: .closed),
        Filter.Property(name: "multiValueExtendedProperties", column: "", kind: .closed),
    ]
    /// What a lambda over the extended properties of posts can compare.
    static let extendedProperty = [
        Filter.Property(name: "id", column: "item.id", kind: .propertyID),
        Filter.Property(name: "value", column: "item.value", kind: .text),
    ]

    /// A post as it is stored.
    struct Stored {
        var id: String
        var createdAt: Int64
        var contentType: String
        var content: String
        var sender: EmailAddress
        var from: EmailAddress
        var hasAttachments: Bool
        var inReplyTo: String?

        /// The body as the client would like it; as it is, if the client does not mind.
        func body(_ preferred: NewPost.ContentType?) -> (type: String, content: String) {
            switch preferred {
            case .text where contentType == "html": ("text", HTMLText.plainText(content))
            case .html where contentType == "text": ("html", HTMLText.html(content))
            default: (contentType, content)
            }
        }

        // A post never changes, so its id says all that a change key could.
        var changeKey: String { Data(id.utf8).base64EncodedString() }
        var tag: EntityTag { EntityTag(changeKey) }
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let query = try query(context, thread)
        let page = Page(
            context: context,
            type: "groups('\(group)')/threads('\(thread.id)')/posts\(selection.context)",
            defaultSize: 20
        )
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        let response = try page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { try query.token(after: $0.id, context) },
            write: { post, writer in
                try writer.object { try write(post, thread, selection, expansions, context, &$0) }
            }
        )
        return context.noteBodyType(response)
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        let thread = try ThreadOperations.find(context, try GroupOperations.readable(context))
        return Page.count(try query(context, thread).count(context))
    }

    private static func query(_ context: OperationContext, _ thread: ThreadOperations.Stored) throws -> ListQuery {
        var query = ListQuery(select: columns, key: "createdAt")
        query.require("threadID = ?", thread.id)
        try query.add(context.options, filterable)
        if let search = context.options.search {
            try query.add(try SearchTerms(search), in: ["body": "post.content"])
        }
        return query
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let type = "groups('\(group)')/threads('\(thread.id)')/posts\(selection.context)/$entity"
        let body = try JSONWriter.bytes(capacity: 1024) { writer in
            try writer.object { writer in
                writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#\(type)")
                try write(post, thread, selection, expansions, context, &writer)
            }
        }
        return context.noteBodyType(context.response(body, post.tag))
    }

    @Sendable private static func reply(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.postable(context)
        let thread = try ThreadOperations.find(context, group)
        let parent = try find(context, thread)
        let post = try Conversation.readReply(context.request.body, noting: context.ignored)
        return try ThreadOperations.addReply(post, to: thread, inReplyTo: parent.id, group, context)
    }

    /// Queues a mail with the post to others; the thread gets no post of it.
    @Sendable private static func forward(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let forward = try Forward.read(context.request.body, noting: context.ignored)
        try OutboundMailTable(context.connection).add(
            forward,
            of: post.id,
            topic: thread.topic,
            by: context.request.caller,
            at: context.now
        )
        return GraphResponse(status: 200)
    }

    /// An operation on the post that the one of the path answers.
    ///
    /// It throws ``GraphError`` where that one opens its thread and answers none (reference, section 4.1).
    private static func answered(_ operation: @escaping Route.Operation) -> Route.Operation {
        { context in
            let thread = try ThreadOperations.find(context, try GroupOperations.readable(context))
            guard let parent = try find(context, thread).inReplyTo else { throw GraphError.itemNotFound }
            var context = context
            context.parameters["post"] = parent
            return try operation(context)
        }
    }

    /// The post that a path names.
    ///
    /// - Throws: ``GraphError`` if the thread has no such post.
    static func find(_ context: OperationContext, _ thread: ThreadOperations.Stored) throws -> Stored {
        let id = try context.id("post", .post)
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND threadID = $2")
        find.bind(id, 1)
        find.bind(thread.id, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        return row(find)
    }

    private static func row(_ statement: PreparedStatement) -> Stored {
        Stored(
            id: statement.text(0) ?? "",
            createdAt: statement.integer(1),
            contentType: statement.text(2) ?? "text",
            content: statement.text(3) ?? "",
            sender: EmailAddress(name: statement.text(4), address: statement.text(5) ?? ""),
            from: EmailAddress(name: statement.text(8), address: statement.text(9) ?? ""),
            hasAttachments: statement.integer(6) == 1,
            inReplyTo: statement.text(7)
        )
    }

    private static func write(
        _ post: Stored,
        _ thread: ThreadOperations.Stored,
        _ selection: Selection,
        _ expansions: [Expansion],
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let created = GraphDate(microseconds: post.createdAt).text
        writer.member("@odata.etag", post.tag.text)
        writer.member("id", post.id)
        if selection.wants("createdDateTime") { writer.member("createdDateTime", created) }
        if selection.wants("lastModifiedDateTime") { writer.member("lastModifiedDateTime", created) }
        if selection.wants("changeKey") { writer.member("changeKey", post.changeKey) }
        if selection.wants("categories") {
            writer.name("categories")
            writer.array { _ in }
        }
        if selection.wants("receivedDateTime") { writer.member("receivedDateTime", created) }
        if selection.wants("hasAttachments") { writer.member("hasAttachments", post.hasAttachments) }
        if selection.wants("body") {
            writer.name("body")
            writer.object { writer in
                let body = post.body(context.preferences.bodyType)
                writer.member("contentType", body.type)
                writer.member("content", body.content)
            }
        }
        if selection.wants("from") {
            writer.name("from")
            writer.recipient(post.from)
        }
        if selection.wants("sender") {
            writer.name("sender")
            writer.recipient(post.sender)
        }
        if selection.asksFor("conversationId") { writer.member("conversationId", thread.conversation) }
        if selection.asksFor("conversationThreadId") { writer.member("conversationThreadId", thread.id) }
        if selection.asksFor("newParticipants") {
            writer.name("newParticipants")
            try writeParticipants(of: post, context, &writer)
        }
        for expansion in expansions {
            switch expansion.name {
            case "attachments":
                let selection = try expansion.options.selection(of: "attachment", AttachmentRows.properties)
                writer.name("attachments")
                try AttachmentRows(context, selection).write(ofPost: post.id, &writer)
            case "inReplyTo": try writeParent(of: post, thread, expansion, context, &writer)
            case "singleValueExtendedProperties":
                let wanted = try ExtendedPropertyID.wanted(by: expansion.options.filter)
                writer.name("singleValueExtendedProperties")
                try writeProperties(of: post, wanted, context, &writer)
            default: break
            }
        }
    }

    /// The posts of a thread, written into it.
    static func writeExpanded(
        _ expansion: Expansion,
        of thread: ThreadOperations.Stored,
        in group: GroupID,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let context = try context.expanding(expansion, at: "/groups/\(group)/threads/\(thread.id)/posts")
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let query = try query(context, thread)
        let page = Page(context: context, type: "", defaultSize: 20)
        try page.write(
            try query.rows(context, page: page, row),
            as: "posts",
            count: context.options.count ? try query.count(context) : nil,
            &writer,
            token: { try query.token(after: $0.id, context) },
            write: { post, writer in
                try writer.object { try write(post, thread, selection, expansions, context, &$0) }
            }
        )
    }

    /// The post that this one answers; null for the first of a thread.
    private static func writeParent(
        of post: Stored,
        _ thread: ThreadOperations.Stored,
        _ expansion: Expansion,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let context = try context.expanding(expansion, at: context.request.path)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND threadID = $2")
        find.bind(post.inReplyTo, 1)
        find.bind(thread.id, 2)
        let parent = try find.step() ? row(find) : nil
        find.reset()
        guard let parent else { return writer.member("inReplyTo", nil as String?) }
        writer.name("inReplyTo")
        try writer.object { try write(parent, thread, selection, expansions, context, &$0) }
    }

    private static func writeParticipants(
        of post: Stored,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let list = try context.connection.prepare(
            "SELECT name, address FROM participant WHERE postID = $1 ORDER BY position"
        )
        list.bind(post.id, 1)
        try writer.array { writer in
            while try list.step() { writer.recipient(EmailAddress(name: list.text(0), address: list.text(1) ?? "")) }
        }
    }

    private static func writeProperties(
        of post: Stored,
        _ wanted: [ExtendedPropertyID],
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let list = try context.connection.prepare(
            "SELECT id, value FROM extendedProperty WHERE postID = $1 ORDER BY id"
        )
        list.bind(post.id, 1)
        try writer.array { writer in
            while try list.step() {
                guard let id = list.text(0), wanted.contains(ExtendedPropertyID(id)) else { continue }
                writer.object { writer in
                    writer.member("id", id)
                    writer.member("value", list.text(1))
                }
            }
        }
    }
}

/// The id of an extended property: type, GUID and tag are compared without regard to letter case, names with it.
struct ExtendedPropertyID: Equatable {
    private let folded: String

    init(_ text: String) {
        let name = text.range(of: " Name ", options: .caseInsensitive)
        folded = name.map { text[..<$0.upperBound].lowercased() + text[$0.upperBound...] } ?? text.lowercased()
    }

    /// The ids that `$filter=id eq '…'` names, or several of these with `or` between: Graph gives no others.
    ///
    /// - Throws: ``GraphError`` for any other filter, or none.
    static func wanted(by filter: String?) throws(GraphError) -> [ExtendedPropertyID] {
        guard let filter else {
            throw Expansion.refusal("singleValueExtendedProperties needs ($filter=id eq '…') behind it")
        }
        let expression = try FilterParser.parse(filter)
        var parts = [expression]
        if case .or(let several) = expression { parts = several }
        var wanted: [ExtendedPropertyID] = []
        for part in parts {
            guard case .compare(let operand, .eq, .text(let id)) = part, operand.path.text.lowercased() == "id" else {
                throw Expansion.refusal("singleValueExtendedProperties are filtered by id eq '…' alone")
            }
            wanted.append(ExtendedPropertyID(id))
        }
        return wanted
    }
}
