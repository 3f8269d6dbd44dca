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
    ]

    private static let columns = """
        SELECT id, displayName, description, mail, mailNickname, visibility, groupTypes, securityEnabled, mailEnabled,
            createdAt, isUnified, resourceBehaviorOptions FROM "group"
        """
    private static let properties: Set<String> = [
        "id", "displayName", "description", "mail", "mailNickname", "visibility", "groupTypes", "securityEnabled",
        "mailEnabled", "createdDateTime", "resourceBehaviorOptions",
    ]
    private static let filterable = [
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
        Filter.Property(name: "resourceBehaviorOptions", column: "", kind: .closed),
    ]

    /// A group that has conversations.
    ///
    /// - Throws: ``GraphError`` if the id is none, or there is no such group, or it has no mailbox.
    static func unified(_ context: OperationContext) throws -> GroupID {
        let id = try id(context)
        let find = try context.connection.prepare(#"SELECT isUnified FROM "group" WHERE id = $1"#)
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
        let policy = try PostingPolicy(context.request.caller, in: group, context.connection)
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
        let find = try context.connection.prepare(#"SELECT 1 FROM "group" WHERE id = $1"#)
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        find.reset()
        return id
    }

    /// The groups that a user is a member of; `unifiedOnly` leaves out those without a mailbox.
    static func list(
        ofUser user: String,
        unifiedOnly: Bool,
        type: String,
        _ context: OperationContext
    ) throws -> GraphResponse {
        let selection = try context.options.selection(of: "group", properties)
        try context.refuseExpand()
        var query = ListQuery(select: columns)
        query.require("id IN (SELECT groupID FROM member WHERE userID = ?)", user)
        if unifiedOnly { query.conditions.append("isUnified = 1") }
        if let filter = context.options.filter { query.add(try Filter(filter, filterable)) }
        let page = Page(context: context, type: type + selection.context, defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { PageToken(key: 0, id: $0.id.text) },
            write: { write($0, selection, &$1, type: "#microsoft.graph.group") }
        )
    }

    /// The group that the path names, which may be encoded twice, as items' ids may.
    private static func id(_ context: OperationContext) throws(GraphError) -> GroupID {
        let text = context.parameters["group"] ?? ""
        guard let id = GroupID(text) ?? GroupID(PercentEncoding.decode(text)) else {
            throw GraphError(400, .directoryBadRequest, "Invalid object identifier '\(text.prefix(80))'.")
        }
        return id
    }

    private static var nicknameTaken: GraphError {
        GraphError(
            400,
            .directoryBadRequest,
            "Another object with the same value for property mailNickname already exists."
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
        // The directory refuses what is too much, where mailboxes give what they have (reference, section 9).
        if let top = context.options.top, top > Page.maximum {
            throw GraphError(
                400,
                .directoryBadRequest,
                "Invalid page size \(top) for $top; it is \(Page.maximum) at most."
            )
        }
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
        Page.count(try query(context).count(context))
    }

    private static func query(_ context: OperationContext) throws -> ListQuery {
        var query = ListQuery(select: columns)
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
        let find = try context.connection.prepare(columns + " WHERE id = $1")
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        defer { find.reset() }
        let selection = try context.options.selection(of: "group", properties.union(PersonalState.properties))
        let group = try row(find)
        let isPersonal = PersonalState.properties.contains(where: selection.asksFor)
        let state = isPersonal ? try PersonalStateTable(group.id, context).read() : nil
        return entity(group, selection, context, status: 200, state)
    }

    @Sendable private static func create(_ context: OperationContext) throws -> GraphResponse {
        let id = GroupID.random()
        let group = try Group.read(
            context.request.body,
            id: id,
            created: GraphDate(microseconds: context.now),
            noting: context.ignored
        )
        guard try GroupTable(context.connection).idOf(nickname: group.mailNickname) == nil else {
            throw nicknameTaken
        }
        var stored = group
        stored.mail = group.mailEnabled ? "\(group.mailNickname)@contoso.example" : nil
        try GroupTable(context.connection).insert(stored)
        return entity(stored, Selection(), context, status: 201)
    }

    @Sendable private static func update(_ context: OperationContext) throws -> GraphResponse {
        let id = try id(context)
        let find = try context.connection.prepare(columns + " WHERE id = $1")
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        let stored = try row(find)
        find.reset()
        let change = try GroupChange(context.request.body, of: stored)
        let table = GroupTable(context.connection)
        if let owner = try table.idOf(nickname: change.group.mailNickname), owner != id.text {
            throw nicknameTaken
        }
        let members = MembershipTable(.member, of: id, context.connection)
        let users = try members.newUsers(change.members)
        _ = try table.upsert(change.group)
        for user in users { try members.add(user) }
        return GraphResponse(status: 204)
    }

    @Sendable private static func delete(_ context: OperationContext) throws -> GraphResponse {
        let id = try id(context)
        let delete = try context.connection.prepare(#"DELETE FROM "group" WHERE id = $1"#)
        delete.bind(id.text, 1)
        try delete.run()
        guard context.connection.db.changesCount == 1 else { throw unknown(id.text) }
        return GraphResponse(status: 204)
    }

    private static func entity(
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

    private static func row(_ statement: PreparedStatement) throws -> Group {
        let types = try JSONValue((statement.text(6) ?? "[]").utf8).elements ?? []
        let options = try JSONValue((statement.text(11) ?? "[]").utf8).elements ?? []
        return Group(
            id: GroupID(statement.text(0) ?? "") ?? GroupID.random(),
            displayName: statement.text(1) ?? "",
            description: statement.text(2),
            mail: statement.text(3),
            mailNickname: statement.text(4) ?? "",
            visibility: statement.text(5) ?? "",
            groupTypes: types.compactMap(\.string),
            securityEnabled: statement.integer(7) == 1,
            mailEnabled: statement.integer(8) == 1,
            created: GraphDate(microseconds: statement.integer(9)),
            resourceBehaviorOptions: options.compactMap(\.string)
        )
    }

    private static func write(
        _ group: Group,
        _ selection: Selection,
        _ writer: inout JSONWriter,
        context: String? = nil,
        type: String? = nil,
        _ state: PersonalState? = nil
    ) {
        writer.object { writer in
            if let context { writer.member("@odata.context", context) }
            if let type { writer.member("@odata.type", type) }
            writer.member("id", group.id.text)
            state?.write(selection, &writer)
            if selection.wants("createdDateTime") { writer.member("createdDateTime", group.created.text) }
            if selection.wants("description") { writer.member("description", group.description) }
            if selection.wants("displayName") { writer.member("displayName", group.displayName) }
            if selection.wants("groupTypes") {
                writer.name("groupTypes")
                writer.array { writer in
                    for type in group.groupTypes { writer.string(type) }
                }
            }
            if selection.wants("mail") { writer.member("mail", group.mail) }
            if selection.wants("mailEnabled") { writer.member("mailEnabled", group.mailEnabled) }
            if selection.wants("mailNickname") { writer.member("mailNickname", group.mailNickname) }
            if selection.wants("resourceBehaviorOptions") {
                writer.name("resourceBehaviorOptions")
                writer.array { writer in
                    for option in group.resourceBehaviorOptions { writer.string(option) }
                }
            }
            if selection.wants("securityEnabled") { writer.member("securityEnabled", group.securityEnabled) }
            if selection.wants("visibility") { writer.member("visibility", group.visibility) }
        }
    }
}
