import GraphModel

/// `/me`, `/users/{user}`, and the oldest documents' way to a group: `joinedGroups`.
enum UserOperations {
    static let routes = [
        Route(.get, "me", me),
        Route(.get, "users", list),
        Route(.post, "users", create),
        Route(.get, "users/{user}", get),
        Route(.get, "me/memberOf") { context in
            try GroupOperations.list(
                ofUser: caller(context).id,
                unifiedOnly: false,
                type: "directoryObjects",
                context
            )
        },
        Route(.get, "me/joinedGroups") { context in
            try GroupOperations.list(ofUser: caller(context).id, unifiedOnly: true, type: "groups", context)
        },
        Route(.get, "users/{user}/joinedGroups") { context in
            try GroupOperations.list(ofUser: find(context).id, unifiedOnly: true, type: "groups", context)
        },
    ]

    static let filterable = [
        Filter.Property(name: "id", column: "user.id", kind: .text),
        Filter.Property(name: "displayName", column: "user.displayName", kind: .text),
        Filter.Property(name: "mail", column: "user.address", kind: .text),
        Filter.Property(name: "userPrincipalName", column: "user.address", kind: .text),
    ]

    /// The signed-in user.
    ///
    /// - Throws: ``GraphError`` if an application asks.
    private static func caller(_ context: OperationContext) throws(GraphError) -> User {
        let caller = context.request.caller
        guard caller.kind != .application else {
            throw GraphError(400, .badRequest, "/me request is only valid with delegated authentication flow.")
        }
        return User(id: caller.id, displayName: caller.displayName, address: caller.address)
    }

    /// The user whom the path names by id or principal name.
    private static func find(_ context: OperationContext) throws -> User {
        let key = context.parameters["user"] ?? ""
        guard let user = try UserTable(context.connection).find(key) else { throw GroupOperations.unknown(key) }
        return user
    }

    @Sendable private static func me(_ context: OperationContext) throws -> GraphResponse {
        try entity(caller(context), context)
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        try entity(find(context), context)
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let selection = try context.options.selection(of: "user", User.properties)
        try context.refuseExpand()
        var query = ListQuery(select: UserTable.columns, id: "user.id")
        if let filter = context.options.filter { query.add(try Filter(filter, filterable)) }
        let page = Page(context: context, type: "users\(selection.context)", defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return page.response(
            try query.rows(context, page: page, UserTable.row),
            count: count,
            token: { PageToken(key: 0, id: $0.id) },
            write: { $0.write(selection, &$1) }
        )
    }

    /// Makes a user: of what Graph knows of one, a display name and the principal name are kept.
    @Sendable private static func create(_ context: OperationContext) throws -> GraphResponse {
        var user = User(id: GroupID.random().text, displayName: "", address: "")
        try RequestBody.read(context.request.body, noting: context.ignored) { reader in
            try reader.object { reader, name in
                switch name {
                case "displayName": user.displayName = try reader.string()
                case "userPrincipalName": user.address = try reader.string()
                default: break
                }
            }
        }
        guard !user.displayName.isEmpty, user.displayName.count <= 256 else {
            throw GraphError(400, .directoryBadRequest, "displayName must have 1 to 256 characters.")
        }
        if let fault = EmailAddress.fault(in: user.address) {
            throw GraphError(400, .directoryBadRequest, "userPrincipalName is no address: \(fault).")
        }
        let table = UserTable(context.connection)
        guard try table.find(user.address) == nil else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "Another object with the same value for property userPrincipalName already exists."
            )
        }
        try table.insert(user)
        return try entity(user, context, status: 201)
    }

    private static func entity(
        _ user: User,
        _ context: OperationContext,
        status: Int = 200
    ) throws -> GraphResponse {
        let root = context.request.serviceRoot
        let selection = try context.options.selection(of: "user", User.properties)
        return GraphResponse(
            status: status,
            json: JSONWriter.bytes { writer in
                user.write(selection, &writer, context: "\(root)/$metadata#users\(selection.context)/$entity")
            },
            location: status == 201 ? "\(root)/users/\(user.id)" : nil
        )
    }

    /// A path below `/me/joinedGroups/{id}` or `/users/{user}/joinedGroups/{id}` as one below `/groups/{id}`
    /// (reference, section 4.3); the groups themselves are not reached this way.
    ///
    /// - Throws: ``GraphError`` if the user is not the caller.
    static func resolveJoinedGroups(_ path: String, _ caller: Caller) throws(GraphError) -> String {
        if path.hasPrefix("/groups/") { return path }
        var parts = Router.split(path)
        let isMine = parts.first?.lowercased() == "me"
        let start = isMine ? 1 : 2
        guard isMine || parts.first?.lowercased() == "users", parts.count > start + 2,
            parts[start].lowercased() == "joinedgroups"
        else { return path }
        if !isMine {
            let user = parts[1].lowercased()
            guard user == caller.id.lowercased() || user == caller.address.lowercased() else {
                throw GraphError(403, .accessDenied, "Access is denied. Check credentials and try again.")
            }
        }
        parts.replaceSubrange(...start, with: ["groups"])
        return "/" + parts.map { PercentEncoding.encode($0) }.joined(separator: "/")
    }
}
