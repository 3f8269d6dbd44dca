import GraphModel
import Storage

// What has changed among the conversations of a group, and the posts of a thread.

extension DeltaOperations {
    @Sendable static func conversations(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let selection = try context.options.selection(of: "conversation", ConversationOperations.properties)
        try refuseAll(context)
        let page = Page(
            context: context,
            type: "groups('\(group)')/conversations\(selection.context)",
            defaultSize: 100
        )
        let changes = ConversationChanges(context.connection)
        guard let token = try token(context) else {
            let latest = try changes.latest()
            let link = PageToken(values: latest.values, id: end)
            if isLatest(context) { return response(page, isLast: true, link) { _ in } }
            return try everything(page, behind: (0, ""), latest, group, selection, context)
        }
        // A first walk, which goes by the time of the newest post, has that in front.
        if token.values.count == 5, case .integer(let time) = token.values[0],
            let position = ConversationChanges.Position(token.values.dropFirst())
        {
            return try everything(page, behind: (time, token.id), position, group, selection, context)
        }
        guard let position = ConversationChanges.Position(token.values[...]),
            let found = try changes.conversations(of: group, behind: position, limit: page.size)
        else { throw resync(context, "is of no use any more") }
        let link = PageToken(values: found.end.values, id: end)
        return try response(page, isLast: found.isLast, link) { writer in
            for id in found.ids { try writeConversation(id, selection, context, &writer) }
        }
    }

    private static func everything(
        _ page: Page,
        behind start: (time: Int64, id: String),
        _ position: ConversationChanges.Position,
        _ group: GroupID,
        _ selection: Selection,
        _ context: OperationContext
    ) throws -> GraphResponse {
        let list = try context.connection.prepare(
            ConversationOperations.columns
                + """
                 WHERE groupID = $1 AND (deliveredAt, id) > ($2, $3) ORDER BY deliveredAt, id LIMIT \(page.size + 1)
                """
        )
        list.bind(group.text, 1)
        list.bind(start.time, 2)
        list.bind(start.id, 3)
        var rows: [ConversationOperations.Shown] = []
        while try list.step() { rows.append(ConversationOperations.row(list)) }
        let isLast = rows.count <= page.size
        let shown = rows.prefix(page.size)
        var link = PageToken(values: position.values, id: end)
        if !isLast, let last = shown.last {
            link = PageToken(values: [.integer(last.deliveredAt)] + position.values, id: last.id)
        }
        return response(page, isLast: isLast, link) { writer in
            for row in shown { writer.object { row.write(selection, &$0) } }
        }
    }

    private static func writeConversation(
        _ id: String,
        _ selection: Selection,
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let find = try context.connection.prepare(ConversationOperations.columns + " WHERE id = $1")
        find.bind(id, 1)
        let shown = try find.step() ? ConversationOperations.row(find) : nil
        find.reset()
        writer.object { writer in
            guard let shown else { return writeRemoved(id, reason: "deleted", &writer) }
            shown.write(selection, &writer)
        }
    }

    // MARK: Posts

    /// The posts that are new; none changes, and none goes without its thread.
    @Sendable static func posts(_ context: OperationContext) throws -> GraphResponse {
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let selection = try context.options.selection(of: "post", PostOperations.properties)
        try refuseAll(context)
        let page = Page(
            context: context,
            type: "groups('\(group)')/threads('\(thread.id)')/posts\(selection.context)",
            defaultSize: 100
        )
        var context = context
        context.options.token = try token(context)
        context.options.skip = 0
        var start = context.options.token ?? PageToken(key: 0, id: end)
        guard start.values.count == 1, case .integer = start.values[0] else { throw resync(context, "is unknown") }
        if isLatest(context) {
            start = PageToken(key: thread.deliveredAt, id: try newestPost(of: thread, context))
            return response(page, isLast: true, start) { _ in }
        }
        let rows = try PostOperations.query(context, thread).rows(context, page: page, PostOperations.row)
        let shown = rows.prefix(page.size)
        let link = shown.last.map { PageToken(key: $0.createdAt, id: $0.id) } ?? start
        return try response(page, isLast: rows.count <= page.size, link) { writer in
            for post in shown {
                try writer.object { try PostOperations.write(post, thread, selection, [], context, &$0) }
            }
        }
    }

    private static func newestPost(of thread: ThreadOperations.Stored, _ context: OperationContext) throws -> String {
        let find = try context.connection.prepare(
            "SELECT id FROM post WHERE threadID = $1 ORDER BY createdAt DESC, id DESC LIMIT 1"
        )
        find.bind(thread.id, 1)
        defer { find.reset() }
        return try find.step() ? find.text(0) ?? end : end
    }
}
