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
            Route(.get, path, get), Route(.post, path + "/reply", reading: Conversation.readReply, reply),
            Route(.post, path + "/forward", forward),
        ] + AttachmentOperations.routes(below: path)
    }

    static let columns = """
        SELECT id, createdAt, contentType, content, senderName, senderAddress, hasAttachments, inReplyTo,
            coalesce(fromName, senderName), coalesce(fromAddress, senderAddress) FROM post
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
        var changeKey: String { Base64.encode(Array(id.utf8)) }
        var tag: EntityTag { EntityTag(changeKey) }
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try context.expansions(expandable)
        let query = try query(context, thread)
        let page = context.pageOfPosts(
            type: "groups('\(group)')/threads('\(thread.id)')/posts\(selection.context)"
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

    static func query(_ context: OperationContext, _ thread: ThreadOperations.Stored) throws -> ListQuery {
        var query = ListQuery(select: columns, key: "createdAt")
        query.require("threadID = ?", thread.id)
        let options = try context.mailboxOptions(filteringBy: "singleValueExtendedProperties")
        try query.add(options, filterable)
        if let search = options.search {
            try query.add(try SearchTerms(search), in: ["body": "post.content"])
        }
        return query
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try find(context, thread)
        let selection = try context.options.selection(of: "post", properties)
        let expansions = try context.expansions(expandable)
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
        return try ThreadOperations.addReply(to: thread, inReplyTo: parent.id, group, context)
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
}
