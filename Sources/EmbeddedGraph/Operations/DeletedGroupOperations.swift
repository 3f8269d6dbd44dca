import GraphModel
import Storage

/// `/directory/deletedItems`: the groups that were deleted and can be restored (reference, section 11.1).
enum DeletedGroupOperations {
    static let routes = [
        Route(.get, path + "/microsoft.graph.group", list),
        Route(.get, path + "/microsoft.graph.group/$count", count),
        Route(.get, path + "/{group}", get),
        Route(.post, path + "/{group}/restore", restore),
        Route(.delete, path + "/{group}", delete),
    ]

    private static let path = "directory/deletedItems"

    private static func query(_ context: OperationContext) throws -> ListQuery {
        var query = ListQuery(select: GroupOperations.columns)
        query.conditions.append(#""group".deletedAt > ?"#)
        query.values.append(.integer(context.now - GroupTable.restorable))
        try query.add(context.options, GroupOperations.filterable)
        return query
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let selection = try context.options.selection(of: "group", GroupOperations.properties)
        try context.refuseExpand()
        try context.requireConsistency()
        let query = try query(context)
        let page = Page(context: context, type: "groups\(selection.context)", defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return try page.response(
            try query.rows(context, page: page, GroupOperations.row),
            count: count,
            token: { try query.token(after: $0.id.text, context) },
            write: { GroupOperations.write($0, selection, &$1) }
        )
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        try context.requireConsistency(isCount: true)
        return Page.count(try query(context).count(context))
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        try context.refuseExpand()
        return try entity(find(context), context)
    }

    /// Brings a group back, with its conversations and its people.
    @Sendable private static func restore(_ context: OperationContext) throws -> GraphResponse {
        var group = try find(context)
        try GroupOperations.requireFreeNames(group, context)
        try GroupTable(context.connection).restore(group)
        group.deleted = nil
        return try entity(group, context)
    }

    @Sendable private static func delete(_ context: OperationContext) throws -> GraphResponse {
        try GroupTable(context.connection).delete(find(context).id)
        return GraphResponse(status: 204)
    }

    private static func entity(_ group: Group, _ context: OperationContext) throws -> GraphResponse {
        let root = context.request.serviceRoot
        let selection = try context.options.selection(of: "group", GroupOperations.properties)
        return GraphResponse(
            json: JSONWriter.bytes(capacity: 512) { writer in
                GroupOperations.write(
                    group,
                    selection,
                    &writer,
                    context: "\(root)/$metadata#directoryObjects\(selection.context)/$entity",
                    type: "#microsoft.graph.group"
                )
            }
        )
    }

    private static func find(_ context: OperationContext) throws -> Group {
        let id = try GroupOperations.id(context)
        let find = try context.connection.prepare(GroupOperations.columns + " WHERE id = $1 AND deletedAt > $2")
        find.bind(id.text, 1)
        find.bind(context.now - GroupTable.restorable, 2)
        guard try find.step() else { throw GroupOperations.unknown(id.text) }
        defer { find.reset() }
        return try GroupOperations.row(find)
    }
}
