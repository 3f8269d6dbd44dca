import Foundation
import GraphModel
import Storage

/// The posts of a thread, replies to them, and what is attached to them.
enum PostOperations {
    static let routes = [
        "groups/{group}/threads/{thread}/posts", "groups/{group}/conversations/{conversation}/threads/{thread}/posts",
    ].flatMap { path in
        [
            Route(.get, path, list), Route(.get, path + "/$count", count), Route(.get, path + "/{post}", get),
            Route(.post, path + "/{post}/reply", reply),
            Route(.get, path + "/{post}/attachments", listAttachments),
            Route(.get, path + "/{post}/attachments/{attachment}", getAttachment),
        ]
    }

    static let columns = """
        SELECT id, createdAt, contentType, content, senderName, senderAddress, hasAttachments, inReplyTo FROM post
        """
    static let properties: Set<String> = [
        "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime",
        "hasAttachments",
        "body", "from", "sender", "conversationId", "conversationThreadId", "newParticipants",
    ]
    static let expandable = [
        "attachments", "inReplyTo", "singleValueExtendedProperties", "multiValueExtendedProperties", "extensions",
    ]
    private static let filterable = [
        Filter.Property(name: "id", column: "post.id", kind: .identifier),
        Filter.Property(name: "createdDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "lastModifiedDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "receivedDateTime", column: "post.createdAt", kind: .moment),
        Filter.Property(name: "hasAttachments", column: "post.hasAttachments", kind: .boolean),
        Filter.Property(name: "from/emailAddress/address", column: "post.senderAddress", kind: .text),
        Filter.Property(name: "from/emailAddress/name", column: "post.senderName", kind: .text),
        Filter.Property(name: "sender/emailAddress/address", column: "post.senderAddress", kind: .text),
        Filter.Property(name: "sender/emailAddress/name", column: "post.senderName", kind: .text),
        Filter.Property(
            name: "singleValueExtendedProperties",
            column: "extendedProperty AS item WHERE item.postID = post.id",
            kind: .rows(extendedProperty)
        ),
        Filter.Property(
            name: "extensions",
            column: "extension AS item WHERE item.postID = post.id",
            kind: .rows(openExtension)
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
    /// What a lambda over the extensions of posts can compare.
    static let openExtension = [
        Filter.Property(name: "id", column: "item.nameKey", kind: .extensionName),
        Filter.Property(name: "extensionName", column: "item.nameKey", kind: .extensionName),
    ]
    /// What a lambda over the extended properties of posts can compare.
    static let extendedProperty = [
        Filter.Property(name: "id", column: "item.id", kind: .propertyID),
        Filter.Property(name: "value", column: "item.value", kind: .text),
    ]

    struct Stored {
        var id: String
        var createdAt: Int64
        var contentType: String
        var content: String
        var sender: EmailAddress
        var hasAttachments: Bool
        var inReplyTo: String?
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
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
        return try page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { try query.token(after: $0.id, context) },
            write: { post, writer in
                try writer.object { try write(post, thread, selection, expansions, context, &$0) }
            }
        )
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        let thread = try ThreadOperations.find(context, try GroupOperations.unified(context))
        return Page.count(try query(context, thread).count(context))
    }

    static func query(_ context: OperationContext, _ thread: ThreadOperations.Stored) throws -> ListQuery {
        var query = ListQuery(select: columns, key: "createdAt")
        query.require("threadID = ?", thread.id)
        try query.add(context.options, filterable)
        if let search = context.options.search {
            try query.add(try SearchTerms(search), in: ["body": "post.content"])
        }
        return query
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try Expansion.read(context.options.expand, expandable)
        let type = "groups('\(group)')/threads('\(thread.id)')/posts\(selection.context)/$entity"
        return GraphResponse(
            json: try JSONWriter.bytes(capacity: 1024) { writer in
                try writer.object { writer in
                    writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#\(type)")
                    try write(post, thread, selection, expansions, context, &writer)
                }
            }
        )
    }

    @Sendable private static func reply(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try ThreadOperations.find(context, group)
        let parent = try find(context, thread)
        let post = try Conversation.readReply(context.request.body)
        return try ThreadOperations.addReply(post, to: thread, inReplyTo: parent.id, group, context)
    }

    @Sendable private static func listAttachments(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let selection = try context.options.selection(of: "attachment", AttachmentRows.properties)
        try context.refuseFilter()
        let type = "groups('\(group)')/threads('\(thread.id)')/posts('\(post.id)')/attachments\(selection.context)"
        return GraphResponse(
            json: try JSONWriter.bytes(capacity: 1024) { writer in
                try writer.object { writer in
                    writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#\(type)")
                    writer.name("value")
                    try AttachmentRows(context, selection).write(ofPost: post.id, &writer)
                }
            }
        )
    }

    @Sendable private static func getAttachment(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let selection = try context.options.selection(of: "attachment", AttachmentRows.properties)
        let path = "groups('\(group)')/threads('\(thread.id)')/posts('\(post.id)')/attachments"
        let type = "\(path)\(selection.context)/$entity"
        return GraphResponse(
            json: try AttachmentRows(context, selection).one(
                try context.id("attachment", .attachment),
                ofPost: post.id,
                type: "\(context.request.serviceRoot)/$metadata#\(type)"
            )
        )
    }

    static func find(_ context: OperationContext, _ thread: ThreadOperations.Stored) throws -> Stored {
        let id = try context.id("post", .post)
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND threadID = $2")
        find.bind(id, 1)
        find.bind(thread.id, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        return row(find)
    }

    static func row(_ statement: PreparedStatement) -> Stored {
        Stored(
            id: statement.text(0) ?? "",
            createdAt: statement.integer(1),
            contentType: statement.text(2) ?? "text",
            content: statement.text(3) ?? "",
            sender: EmailAddress(name: statement.text(4), address: statement.text(5) ?? ""),
            hasAttachments: statement.integer(6) == 1,
            inReplyTo: statement.text(7)
        )
    }

    static func write(
        _ post: Stored,
        _ thread: ThreadOperations.Stored,
        _ selection: Selection,
        _ expansions: [Expansion],
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let created = GraphDate(microseconds: post.createdAt).text
        // A post never changes, so its id says all that a change key could.
        let changeKey = Data(post.id.utf8).base64EncodedString()
        writer.member("@odata.etag", "W/\"\(changeKey)\"")
        writer.member("id", post.id)
        if selection.wants("createdDateTime") { writer.member("createdDateTime", created) }
        if selection.wants("lastModifiedDateTime") { writer.member("lastModifiedDateTime", created) }
        if selection.wants("changeKey") { writer.member("changeKey", changeKey) }
        if selection.wants("categories") {
            writer.name("categories")
            writer.array { _ in }
        }
        if selection.wants("receivedDateTime") { writer.member("receivedDateTime", created) }
        if selection.wants("hasAttachments") { writer.member("hasAttachments", post.hasAttachments) }
        if selection.wants("body") {
            writer.name("body")
            writer.object { writer in
                writer.member("contentType", post.contentType)
                writer.member("content", post.content)
            }
        }
        if selection.wants("from") {
            writer.name("from")
            writer.recipient(post.sender)
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
                writer.name("singleValueExtendedProperties")
                try PostData(context, ofPost: post.id).writeProperties(expansion, isMultiple: false, &writer)
            case "multiValueExtendedProperties":
                writer.name("multiValueExtendedProperties")
                try PostData(context, ofPost: post.id).writeProperties(expansion, isMultiple: true, &writer)
            case "extensions":
                writer.name("extensions")
                try PostData(context, ofPost: post.id).writeExtensions(expansion, &writer)
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
}
