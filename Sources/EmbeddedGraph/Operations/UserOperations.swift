import GraphModel

/// `/me`, `/users/{user}`, and the oldest documents' way to a group: `joinedGroups`.
enum UserOperations {
    static let routes =
        [
            Route(.get, "me", me),
            Route(.get, "users", list),
            Route(.post, "users", create),
            Route(.get, "users/{user}", get),
            Route(.get, "me/joinedTeams") { context in
                try GroupOperations.list(ofUser: caller(context).id, .teams, context)
            },
            Route(.get, "me/joinedGroups", onlyIn: .lenient) { context in
                try GroupOperations.list(ofUser: caller(context).id, .unified, context)
            },
            Route(.get, "users/{user}/joinedGroups", onlyIn: .lenient) { context in
                try GroupOperations.list(ofUser: find(context).id, .unified, context)
            },
        ]
        // No group is a member of another here, so that both ways lead to the same groups.
        + ["memberOf", "transitiveMemberOf"].flatMap { memberships("me/" + $0, caller) }
        + ["memberOf", "transitiveMemberOf"].flatMap { memberships("users/{user}/" + $0, find) }

    /// A user's groups, among the directory's objects and cast to groups.
    private static func memberships(
        _ path: String,
        _ user: @escaping @Sendable (OperationContext) throws -> User
    ) -> [Route] {
        [("", "directoryObjects"), ("/microsoft.graph.group", "groups")].flatMap { cast, type in
            [
                Route(.get, path + cast) { context in
                    try GroupOperations.list(ofUser: user(context).id, .groups(type: type), context)
                },
                Route(.get, path + cast + "/$count") { context in
                    try GroupOperations.count(ofUser: user(context).id, .groups(type: type), context)
                },
            ]
        }
    }

    static let filterable = [
        Filter.Property(name: "id", column: "user.id", kind: .text),
        Filter.Property(name: "displayName", column: "user.displayName", kind: .text),
        Filter.Property(name: "mail", column: "user.address", kind: .text),
        Filter.Property(name: "userPrincipalName", column: "user.address", kind: .text),
    ]

    /// The signed-in user.
    ///
    /// - Throws: ``GraphError`` if an application asks.
    @Sendable private static func caller(_ context: OperationContext) throws(GraphError) -> User {
        let caller = context.request.caller
        guard caller.kind != .application else {
            throw noMe
        }
        return User(id: caller.id, displayName: caller.displayName, address: caller.address)
    }

    private static var noMe: GraphError {
        GraphError(400, .badRequest, "/me request is only valid with delegated authentication flow.")
    }

    /// The user whom the path names by id or principal name.
    @Sendable private static func find(_ context: OperationContext) throws -> User {
        let key = context.parameters["user"] ?? ""
        guard let user = try UserTable(context.connection).find(key) else { throw GroupOperations.unknown(key) }
        return user
    }

    @Sendable private static func me(_ context: OperationContext) throws -> GraphResponse {
        var response = try entity(caller(context), context)
        // The posting policy does not apply to the operator, which a client cannot know otherwise.
        if context.request.caller.kind == .operator {
            response.headers[Caller.kindHeader] = Caller.Kind.operator.rawValue
        }
        return response
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        try entity(find(context), context)
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let selection = try context.options.selection(of: "user", User.properties)
        try context.refuseExpand()
        try context.requireConsistency()
        try context.refuseLargePage()
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

    /// Whether a type of users is that of guests.
    private static func guestType(_ text: String) throws(GraphError) -> Bool {
        switch text.lowercased() {
        case "guest": return true
        case "member": return false
        default:
            throw GraphError(400, .directoryBadRequest, "userType is Member or Guest.", target: "/userType")
        }
    }

    /// Makes a user: of what Graph knows of one, a display name, the principal name and the type are kept.
    @Sendable private static func create(_ context: OperationContext) throws -> GraphResponse {
        var user = User(id: GroupID.random().text, displayName: "", address: "")
        try RequestBody.read(context.request.body, as: .user, noting: context.ignored) { reader in
            try reader.object { reader, name in
                switch name {
                case "displayName": user.displayName = try reader.string()
                case "userPrincipalName": user.address = try reader.string()
                case "userType": user.isGuest = try guestType(reader.string())
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
            parts[start].lowercased() == "joinedgroups",
            ["conversations", "threads"].contains(parts[start + 2].lowercased().prefix { $0 != "(" })
        else { return path }
        if isMine {
            guard caller.kind != .application else { throw noMe }
        } else {
            let user = parts[1].lowercased()
            guard user == caller.id.lowercased() || user == caller.address.lowercased() else {
                throw GraphError(403, .accessDenied, "Access is denied. Check credentials and try again.")
            }
        }
        parts.replaceSubrange(...start, with: ["groups"])
        return "/" + parts.map { PercentEncoding.encode($0) }.joined(separator: "/")
    }
}
