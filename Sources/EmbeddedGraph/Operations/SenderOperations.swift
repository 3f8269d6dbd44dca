import GraphModel

/// Who is accepted and who is rejected as a sender of posts (reference, sections 4.2, 5.8 and 11.3).
enum SenderOperations {
    static let routes = routes(of: .acceptedSenders) + routes(of: .rejectedSenders)

    private static func routes(of list: SenderTable.List) -> [Route] {
        let path = "groups/{group}/\(list)"
        return [
            Route(.get, path) { try read($0, list) },
            Route(.get, path + "/$ref") { try readReferences($0, list) },
            Route(.post, path + "/$ref") { try add($0, list) },
            Route(.delete, path + "/$ref", admitsReference: true) { try removeByLink($0, list) },
            Route(.delete, path + "/{sender}/$ref") { try removeByKey($0, list) },
        ]
    }

    private static func read(_ context: OperationContext, _ list: SenderTable.List) throws -> GraphResponse {
        let selection = try context.options.selection(of: "directoryObject", DirectoryObject.properties)
        return try response(context, list, type: "directoryObjects" + selection.context) { $0.write(selection, &$1) }
    }

    private static func readReferences(_ context: OperationContext, _ list: SenderTable.List) throws -> GraphResponse {
        let root = context.request.serviceRoot
        return try response(context, list, type: "Collection($ref)") { object, writer in
            writer.object { $0.member("@odata.id", "\(root)/\(object.kind.collection)/\(object.id)") }
        }
    }

    private static func response(
        _ context: OperationContext,
        _ list: SenderTable.List,
        type: String,
        write: (DirectoryObject, inout JSONWriter) -> Void
    ) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        try context.refuseExpand()
        try context.refuseFilter()
        let query = SenderTable(list, of: group, context.connection).query
        let page = Page(context: context, type: type, defaultSize: 100)
        return page.response(
            try query.rows(context, page: page, SenderTable.row),
            count: context.options.count && context.options.token == nil ? try query.count(context) : nil,
            token: { PageToken(values: [], id: $0.id) },
            write: write
        )
    }

    private static func add(_ context: OperationContext, _ list: SenderTable.List) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let link = try RequestBody.read(context.request.body, noting: context.ignored) { reader in
            var link: String?
            try reader.object { reader, name in
                if name.matches("@odata.id") { link = try reader.string() }
            }
            guard let link else { throw reader.fault("a reference needs @odata.id, a link to a user or a group") }
            return link
        }
        let sender = try DirectoryObject.find(link: link, context.connection)
        try SenderTable(list, of: group, context.connection).add(sender)
        return GraphResponse(status: 204)
    }

    private static func removeByLink(_ context: OperationContext, _ list: SenderTable.List) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        guard let link = context.options.reference, !link.isEmpty else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "What to remove is named by a link in the query, as in $ref?$id=\(context.request.serviceRoot)/users/ID."
            )
        }
        let sender = try DirectoryObject.find(link: link, context.connection)
        return try remove(sender, named: sender.id, SenderTable(list, of: group, context.connection))
    }

    private static func removeByKey(_ context: OperationContext, _ list: SenderTable.List) throws -> GraphResponse {
        let group = try GroupOperations.unified(context)
        let key = context.parameters["sender"] ?? ""
        let sender = try DirectoryObject.find(key, context.connection)
        return try remove(sender, named: key, SenderTable(list, of: group, context.connection))
    }

    private static func remove(
        _ sender: DirectoryObject?,
        named key: String,
        _ table: SenderTable
    ) throws -> GraphResponse {
        guard let sender, try table.remove(sender) else { throw GroupOperations.unknown(key) }
        return GraphResponse(status: 204)
    }
}
