import GraphModel
import Storage

// Posts as they come out of the store, and as they are written.

extension PostOperations {
    static func row(_ statement: PreparedStatement) -> Stored {
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

    static func write(
        _ post: Stored,
        _ thread: ThreadOperations.Stored,
        _ selection: Selection,
        _ expansions: [Expansion],
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let created = GraphDate(microseconds: post.createdAt).text
        let changeKey = post.changeKey
        writer.member("@odata.etag", EntityTag(changeKey).text)
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
                let body = post.body(context.preferences.bodyType)
                writer.member("contentType", body.type)
                let isWrapped = context.mode == .strict && body.type == "html"
                writer.member("content", isWrapped ? HTMLWrapping.wrap(body.content) : body.content)
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
        let expansions = try context.expansions(expandable)
        let query = try query(context, thread)
        let page = context.pageOfPosts(type: "")
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
        let expansions = try context.expansions(expandable)
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
