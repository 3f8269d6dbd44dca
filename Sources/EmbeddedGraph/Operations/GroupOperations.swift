import GRDB
import GraphModel
import Storage

/// What can be done at `/groups`.
enum GroupOperations {
    static let routes = [
        Route(.get, "groups", list),
        Route(.post, "groups", create),
        Route(.get, "groups/$count", count),
        Route(.get, "groups/{group}", get),
        Route(.patch, "groups/{group}", update),
        Route(.delete, "groups/{group}", delete),
        Route(.post, "groups/{group}/renew", renew),
    ]

    static let columns = """
        SELECT id, displayName, description, mail, mailNickname, visibility, groupTypes, securityEnabled, mailEnabled,
            createdAt, isUnified, resourceBehaviorOptions, deletedAt, renewedAt, uniqueName, details FROM "group"
        """
    static let properties = Set([
        "id", "displayName", "description", "mail", "mailNickname", "visibility", "groupTypes", "securityEnabled",
        "mailEnabled", "createdDateTime", "resourceBehaviorOptions",
        "renewedDateTime", "expirationDateTime", "deletedDateTime", "proxyAddresses", "securityIdentifier",
        "uniqueName",
    ]).union(GroupDetail.allCases.map(\.rawValue))
    static let filterable =
        [
            Filter.Property(name: "id", column: #""group".id"#, kind: .guid),
            Filter.Property(name: "displayName", column: #""group".displayName"#, kind: .text),
            Filter.Property(name: "description", column: #""group".description"#, kind: .text, isNullable: true),
            Filter.Property(name: "mail", column: #""group".mail"#, kind: .text, isNullable: true),
            Filter.Property(name: "mailEnabled", column: #""group".mailEnabled"#, kind: .boolean),
            Filter.Property(name: "securityEnabled", column: #""group".securityEnabled"#, kind: .boolean),
            Filter.Property(name: "createdDateTime", column: #""group".createdAt"#, kind: .moment),
            Filter.Property(name: "mailNickname", column: #""group".mailNickname"#, kind: .text),
            Filter.Property(name: "visibility", column: #""group".visibility"#, kind: .text),
            Filter.Property(name: "groupTypes", column: #""group".groupTypes"#, kind: .textList),
            Filter.Property(
                name: "renewedDateTime",
                column: #"coalesce("group".renewedAt, "group".createdAt)"#,
                kind: .moment
            ),
            Filter.Property(name: "uniqueName", column: #""group".uniqueName"#, kind: .text, isNullable: true),
            Filter.Property(name: "resourceBehaviorOptions", column: "", kind: .closed),
            Filter.Property(name: "proxyAddresses", column: "", kind: .closed),
            Filter.Property(name: "securityIdentifier", column: "", kind: .closed),
            Filter.Property(name: "expirationDateTime", column: "", kind: .closed),
            Filter.Property(name: "deletedDateTime", column: "", kind: .closed),
        ]
        + GroupDetail.allCases.map { Filter.Property(name: $0.rawValue, column: "", kind: .closed) }

    /// A group that has conversations.
    ///
    /// - Throws: ``GraphError`` if the id is none, or there is no such group, or it has no mailbox.
    static func unified(_ context: OperationContext) throws -> GroupID {
        let id = try id(context)
        let find = try context.connection.prepare(#"SELECT isUnified FROM "group" WHERE id = $1 AND deletedAt IS NULL"#)
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        defer { find.reset() }
        guard find.integer(0) == 1 else {
            throw GraphError(
                404,
                .mailboxNotEnabled,
                "The group '\(id)' is no Microsoft 365 group and has no mailbox, so it has no conversations."
            )
        }
        return id
    }

    /// A group whose conversations the caller may read.
    ///
    /// - Throws: ``GraphError`` as ``unified(_:)`` does, or if the caller is no member of a group that is not public.
    static func readable(_ context: OperationContext) throws -> GroupID {
        let group = try unified(context)
        guard context.request.caller.kind == .delegated else { return group }
        let policy = try PostingPolicy(context.request.caller, in: group, context.connection, mode: context.mode)
        if let refusal = policy.refusalToRead { throw GraphError(refusal) }
        return group
    }

    /// A group to which the caller may post.
    ///
    /// - Throws: ``GraphError`` as ``unified(_:)`` does, or if the posting policy refuses the caller.
    static func postable(_ context: OperationContext) throws -> GroupID {
        let group = try unified(context)
        let policy = try PostingPolicy(context.request.caller, in: group, context.connection)
        if let refusal = policy.refusalToPost { throw GraphError(refusal) }
        return group
    }

    /// A group of any kind.
    ///
    /// - Throws: ``GraphError`` if the id is none, or there is no such group.
    static func existing(_ context: OperationContext) throws -> GroupID {
        let id = try id(context)
        let find = try context.connection.prepare(#"SELECT 1 FROM "group" WHERE id = $1 AND deletedAt IS NULL"#)
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        find.reset()
        return id
    }

    /// The group that the path names by its id, which may be encoded twice, as items' ids may, or by its unique name.
    static func id(_ context: OperationContext) throws -> GroupID {
        let text = context.parameters["group"] ?? ""
        if let name = uniqueName(context) {
            guard let id = try GroupTable(context.connection).idOf(uniqueName: name).flatMap(GroupID.init) else {
                throw unknown(name)
            }
            return id
        }
        guard let id = GroupID(text) ?? GroupID(PercentEncoding.decode(text)) else {
            throw GraphError(400, .directoryBadRequest, "Invalid object identifier '\(text.prefix(80))'.")
        }
        return id
    }

    /// The unique name in `groups(uniqueName='sales')`; nil if the path names the group by its id.
    static func uniqueName(_ context: OperationContext) -> String? {
        let text = context.parameters["group"] ?? ""
        guard text.lowercased().hasPrefix("uniquename='"), text.hasSuffix("'") else { return nil }
        return String(text.dropFirst("uniquename='".count).dropLast()).replacing("''", with: "'")
    }

    /// Refuses a nickname or a unique name that another group has.
    static func requireFreeNames(_ group: Group, _ context: OperationContext) throws {
        let table = GroupTable(context.connection)
        if let owner = try table.idOf(nickname: group.mailNickname), owner != group.id.text {
            throw taken("mailNickname")
        }
        if let name = group.uniqueName, let owner = try table.idOf(uniqueName: name), owner != group.id.text {
            throw taken("uniqueName")
        }
    }

    private static func taken(_ property: String) -> GraphError {
        GraphError(
            400,
            .directoryBadRequest,
            "Another object with the same value for property \(property) already exists."
        )
    }

    static func unknown(_ id: String) -> GraphError {
        GraphError(
            404,
            .directoryNotFound,
            "Resource '\(id.prefix(80))' does not exist or one of its queried reference-property objects are not present."
        )
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let selection = try context.options.selection(of: "group", properties)
        try context.refuseExpand()
        try context.requireConsistency()
        // The directory refuses what is too much, where mailboxes give what they have (reference, section 9).
        try context.refuseLargePage()
        let query = try query(context)
        let page = Page(context: context, type: "groups\(selection.context)", defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return try page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { try query.token(after: $0.id.text, context) },
            write: { write($0, selection, &$1) }
        )
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        try context.requireConsistency(isCount: true)
        return Page.count(try query(context).count(context))
    }

    private static func query(_ context: OperationContext) throws -> ListQuery {
        var query = ListQuery(select: columns)
        query.conditions.append(#""group".deletedAt IS NULL"#)
        try query.add(context.options, filterable)
        if let search = context.options.search {
            try query.add(
                try SearchTerms(search),
                in: [
                    "displayName": "displayName", "description": "description", "mail": "mail",
                    "mailNickname": "mailNickname",
                ]
            )
        }
        return query
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let id = try id(context)
        try context.refuseExpand()
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND deletedAt IS NULL")
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        defer { find.reset() }
        let selection = try context.options.selection(of: "group", properties.union(PersonalState.properties))
        let group = try row(find)
        let isPersonal = PersonalState.properties.contains(where: selection.asksFor)
        let state = isPersonal ? try PersonalStateTable(group.id, context).read() : nil
        return entity(group, selection, context, status: 200, state)
    }

    static func entity(
        _ group: Group,
        _ selection: Selection,
        _ context: OperationContext,
        status: Int,
        _ state: PersonalState? = nil
    ) -> GraphResponse {
        let root = context.request.serviceRoot
        return GraphResponse(
            status: status,
            json: JSONWriter.bytes(capacity: 512) { writer in
                let type = "groups\(selection.context)/$entity"
                write(group, selection, &writer, context: "\(root)/$metadata#\(type)", state)
            },
            location: status == 201 ? "\(root)/groups/\(group.id)" : nil
        )
    }
}
