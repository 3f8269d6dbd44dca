import GraphModel
import Storage

/// The members and the owners of groups.
enum MemberOperations {
    static let routes =
        routes(of: .member) + routes(of: .owner)
        // No group is a member of another here: whoever is a member by way of others is one directly.
        + reads("groups/{group}/transitiveMembers", .member)

    private static func routes(of role: MembershipTable.Role) -> [Route] {
        let path = "groups/{group}/\(role.collection)"
        return reads(path, role) + [
            Route(.post, path + "/$ref") { try add($0, role) },
            Route(.delete, path + "/$ref", admitsReference: true) { try removeByLink($0, role) },
            Route(.delete, path + "/{user}/$ref") { try removeByKey($0, role) },
        ]
    }

    private static func reads(_ path: String, _ role: MembershipTable.Role) -> [Route] {
        let cast = path + "/microsoft.graph.user"
        return [
            Route(.get, path) { try list($0, role, cast: false) },
            Route(.get, cast) { try list($0, role, cast: true) },
            Route(.get, path + "/$count") { try count($0, role) },
            Route(.get, cast + "/$count") { try count($0, role) },
        ]
    }

    private static func query(_ group: GroupID, _ role: MembershipTable.Role) -> ListQuery {
        var query = ListQuery(select: UserTable.columns + " JOIN \(role) ON \(role).userID = user.id", id: "user.id")
        query.require("\(role).groupID = ?", group.text)
        return query
    }

    private static func list(
        _ context: OperationContext,
        _ role: MembershipTable.Role,
        cast: Bool
    ) throws -> GraphResponse {
        let group = try GroupOperations.existing(context)
        let selection = try context.options.selection(of: "user", User.properties)
        try context.refuseExpand()
        try context.requireConsistency(ofReferences: true)
        try context.refuseLargePage()
        var query = query(group, role)
        if let filter = context.options.filter { query.add(try Filter(filter, UserOperations.filterable)) }
        let type = cast ? "users" : "directoryObjects"
        let page = Page(context: context, type: type + selection.context, defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return page.response(
            try query.rows(context, page: page, UserTable.row),
            count: count,
            token: { PageToken(key: 0, id: $0.id) },
            write: { $0.write(selection, &$1, type: cast ? nil : "#microsoft.graph.user") }
        )
    }

    private static func count(_ context: OperationContext, _ role: MembershipTable.Role) throws -> GraphResponse {
        let group = try GroupOperations.existing(context)
        try context.requireConsistency(isCount: true)
        return Page.count(try query(group, role).count(context))
    }

    private static func add(_ context: OperationContext, _ role: MembershipTable.Role) throws -> GraphResponse {
        let group = try GroupOperations.existing(context)
        let link = try RequestBody.read(context.request.body, noting: context.ignored) { reader in
            var link: String?
            try reader.object { reader, name in
                if name.matches("@odata.id") { link = try reader.string() }
            }
            guard let link else { throw reader.fault("a reference needs @odata.id, a link to a user") }
            return link
        }
        let table = MembershipTable(role, of: group, context.connection)
        for user in try table.newUsers([link]) { try table.add(user) }
        return GraphResponse(status: 204)
    }

    private static func removeByLink(
        _ context: OperationContext,
        _ role: MembershipTable.Role
    ) throws -> GraphResponse {
        let group = try GroupOperations.existing(context)
        guard let link = context.options.reference, !link.isEmpty else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "What to remove is named by a link in the query, as in $ref?$id=\(context.request.serviceRoot)/users/ID."
            )
        }
        return try remove(
            MembershipTable.user(link, context.connection),
            named: link,
            MembershipTable(role, of: group, context.connection)
        )
    }

    private static func removeByKey(
        _ context: OperationContext,
        _ role: MembershipTable.Role
    ) throws -> GraphResponse {
        let group = try GroupOperations.existing(context)
        let key = context.parameters["user"] ?? ""
        return try remove(
            UserTable(context.connection).find(key),
            named: key,
            MembershipTable(role, of: group, context.connection)
        )
    }

    private static func remove(_ user: User?, named key: String, _ table: MembershipTable) throws -> GraphResponse {
        guard let user, try table.remove(user) else { throw GroupOperations.unknown(key) }
        return GraphResponse(status: 204)
    }
}
