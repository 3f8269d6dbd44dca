import GraphModel
import Storage

/// What has changed since the last time: `/groups/delta`, and the same for conversations and posts, where Graph has no
/// such thing (reference, section 9).
///
/// A walk begins with everything there is and ends with a link that gives what changed since the walk began. A change may
/// be told twice, never not at all.
enum DeltaOperations {
    static let routes = ["delta", "delta()", "microsoft.graph.delta()"].flatMap { name in
        [
            Route(.get, "groups/\(name)", groups),
            Route(.get, "groups/{group}/conversations/\(name)", onlyIn: .lenient, conversations),
            Route(.get, "groups/{group}/threads/{thread}/posts/\(name)", onlyIn: .lenient, posts),
            Route(
                .get,
                "groups/{group}/conversations/{conversation}/threads/{thread}/posts/\(name)",
                onlyIn: .lenient,
                posts
            ),
        ]
    }

    /// Whether a path asks for changes, and so may have a `$deltatoken`.
    static func isDelta(_ path: String) -> Bool {
        let path = path.lowercased()
        return path.hasSuffix("delta") || path.hasSuffix("delta()")
    }

    /// How long a token of groups lives, in microseconds: 7 days.
    private static let lifetime: Int64 = 7 * 86_400 * 1_000_000

    // MARK: Groups

    /// Where a walk over the groups is: after which change it began, which was the last when it began, and when that was.
    private struct GroupWalk {
        var since: Int64 = 0
        var until: Int64
        var begun: Int64

        init(until: Int64, begun: Int64) {
            self.until = until
            self.begun = begun
        }

        init?(_ token: PageToken) {
            guard token.values.count == 3, case .integer(let since) = token.values[0],
                case .integer(let until) = token.values[1], case .integer(let begun) = token.values[2]
            else { return nil }
            self.since = since
            self.until = until
            self.begun = begun
        }

        func token(_ id: String) -> PageToken {
            PageToken(values: [.integer(since), .integer(until), .integer(begun)], id: id)
        }
    }

    // What stands for the id of an item in a token that is behind them all.
    static let end = "end"

    @Sendable private static func groups(_ context: OperationContext) throws -> GraphResponse {
        let (selection, roles) = try groupSelection(context.options)
        try context.refuseExpand()
        try refuse(context.options.orderBy, "$orderby")
        try refuse(context.options.search, "$search")
        let only = try context.options.filter.map { try groupIDs($0) }
        let changes = GroupChanges(context.connection)
        var walk = GroupWalk(until: try changes.last(), begun: context.now)
        if let token = try token(context) {
            guard let earlier = GroupWalk(token), earlier.until <= walk.until else {
                throw resync(context, "is unknown")
            }
            guard earlier.begun > context.now - lifetime else { throw resync(context, "is older than 7 days") }
            if token.id == end { walk.since = earlier.until } else { walk = earlier }
        }
        let page = Page(
            context: context,
            type: "groups" + selection.context,
            defaultSize: 100
        )
        var ids: [String] = []
        if !isLatest(context) {
            ids = try changes.groups(
                since: walk.since,
                roles: roles,
                behind: context.options.token?.id ?? "",
                only: only,
                limit: page.size + 1
            )
        }
        let link = ids.count > page.size ? walk.token(ids[page.size - 1]) : walk.token(end)
        return try response(page, isLast: ids.count <= page.size, link) { writer in
            for id in ids.prefix(page.size) { try writeGroup(id, walk.since, selection, roles, context, &writer) }
        }
    }

    private static func writeGroup(
        _ id: String,
        _ since: Int64,
        _ selection: Selection,
        _ roles: [MembershipTable.Role],
        _ context: OperationContext,
        _ writer: inout JSONWriter
    ) throws {
        let find = try context.connection.prepare(GroupOperations.columns + " WHERE id = $1")
        find.bind(id, 1)
        let group = try find.step() ? try GroupOperations.row(find) : nil
        find.reset()
        try writer.object { writer in
            // A deleted group that can be restored has "changed"; this is how the directory tells the two apart.
            guard let group, group.deleted == nil else {
                return writeRemoved(id, reason: group == nil ? "deleted" : "changed", &writer)
            }
            GroupOperations.writeMembers(of: group, selection, &writer)
            for role in roles {
                let people = try GroupChanges(context.connection).people(role, of: id, since: since)
                guard !people.isEmpty else { continue }
                writer.name("\(role.collection)@delta")
                writer.array { writer in
                    for (user, isGone) in people {
                        writer.object { writer in
                            writer.member("@odata.type", "#microsoft.graph.user")
                            if isGone {
                                writeRemoved(user, reason: "deleted", &writer)
                            } else {
                                writer.member("id", user)
                            }
                        }
                    }
                }
            }
        }
    }

    /// What is selected of groups; members and owners are asked for in the same way, and come as changes.
    private static func groupSelection(_ options: QueryOptions) throws -> (Selection, [MembershipTable.Role]) {
        var options = options
        let asked = options.select ?? []
        let roles = [MembershipTable.Role.member, .owner].filter { role in
            asked.contains { $0.lowercased() == role.collection }
        }
        guard !roles.isEmpty else { return (try options.selection(of: "group", GroupOperations.properties), []) }
        options.select = asked.filter { name in !roles.contains { $0.collection == name.lowercased() } }.union(["id"])
        return (try options.selection(of: "group", GroupOperations.properties), roles)
    }

    /// The ids that `$filter=id eq '…' or id eq '…'` names: the directory takes no other filter here.
    private static func groupIDs(_ filter: String) throws(GraphError) -> [String] {
        let expression = try FilterParser.parse(filter)
        var parts = [expression]
        if case .or(let several) = expression { parts = several }
        guard parts.count <= 50 else {
            throw GraphError(400, .badRequest, "The $filter of changes names at most 50 groups, not \(parts.count).")
        }
        var ids: [String] = []
        for part in parts {
            guard case .compare(let operand, .eq, let literal) = part, operand.path.text.lowercased() == "id" else {
                throw notIDs
            }
            switch literal {
            case .text(let text), .guid(let text):
                guard let id = GroupID(text) else { throw notIDs }
                ids.append(id.text)
            default: throw notIDs
            }
        }
        return ids
    }

    private static var notIDs: GraphError {
        GraphError(400, .badRequest, "The $filter of changes is id eq '…', or several of these with 'or' between.")
    }

    // MARK: Answers

    static func response(
        _ page: Page,
        isLast: Bool,
        _ token: PageToken,
        _ write: (inout JSONWriter) throws -> Void
    ) rethrows -> GraphResponse {
        let body = try JSONWriter.bytes(capacity: 2048) { writer in
            try writer.object { writer in
                writer.member("@odata.context", "\(page.context.request.serviceRoot)/$metadata#\(page.type)")
                if isLast {
                    writer.member("@odata.deltaLink", page.link("$deltatoken", token))
                } else {
                    writer.member("@odata.nextLink", page.link("$skiptoken", token))
                }
                writer.name("value")
                try writer.array { try write(&$0) }
            }
        }
        return GraphResponse(json: body)
    }

    static func writeRemoved(_ id: String, reason: String, _ writer: inout JSONWriter) {
        writer.member("id", id)
        writer.name("@removed")
        writer.object { $0.member("reason", reason) }
    }

    static func isLatest(_ context: OperationContext) -> Bool {
        context.options.token == nil && context.options.deltaToken?.lowercased() == "latest"
    }

    /// The token of either kind; nil at the beginning of a walk.
    static func token(_ context: OperationContext) throws(GraphError) -> PageToken? {
        if let token = context.options.token { return token }
        guard let text = context.options.deltaToken, text.lowercased() != "latest" else { return nil }
        guard let token = PageToken(text) else {
            throw GraphError(400, .badRequest, "The $deltatoken is not one that this service gave.")
        }
        return token
    }

    /// The refusal of a token, with the link at which a new walk begins.
    static func resync(_ context: OperationContext, _ reason: String) -> GraphError {
        let page = Page(context: context, type: "", defaultSize: 0)
        var error = GraphError(
            410,
            .syncStateNotFound,
            "The token \(reason); begin again without one, and take what you then get for all there is (resyncRequired)."
        )
        error.location = page.start
        return error
    }

    static func refuseAll(_ context: OperationContext) throws(GraphError) {
        try context.refuseExpand()
        try refuse(context.options.filter, "$filter")
        try refuse(context.options.orderBy, "$orderby")
        try refuse(context.options.search, "$search")
    }

    static func refuse(_ option: String?, _ name: String) throws(GraphError) {
        guard option == nil else {
            throw GraphError(400, .badRequest, "The query option '\(name)' cannot be used with changes.")
        }
    }
}
