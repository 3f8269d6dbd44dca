import GraphModel
import Storage

/// The groups that a user is a member of.
extension GroupOperations {
    /// Which of a user's groups are told, and as what.
    enum Membership {
        /// All of them, among the directory's objects or cast to groups.
        case groups(type: String)
        /// Those with a mailbox (reference, section 4.3).
        case unified
        /// Those that were made with a team, told as teams.
        case teams

        fileprivate var type: String {
            switch self {
            case .groups(let type): type
            case .unified: "groups"
            case .teams: "teams"
            }
        }

        fileprivate var condition: String? {
            switch self {
            case .groups: nil
            case .unified: "isUnified = 1"
            case .teams:
                "EXISTS (SELECT 1 FROM json_each(details, '$.resourceProvisioningOptions') WHERE value = 'Team')"
            }
        }

        /// The properties of a team that a group has, too.
        fileprivate static let ofTeams: Set<String> = ["id", "displayName", "description", "visibility"]
    }

    /// The groups of a user; what is a member only by way of another group is not in the store.
    static func list(
        ofUser user: String,
        _ membership: Membership,
        _ context: OperationContext
    ) throws -> GraphResponse {
        let isTeams = if case .teams = membership { true } else { false }
        var selection =
            isTeams
            ? try context.options.selection(of: "team", Membership.ofTeams)
            : try context.options.selection(of: "group", properties)
        let shape = membership.type + selection.context
        if isTeams, selection.names == nil { selection = Selection(names: Membership.ofTeams) }
        try context.refuseExpand()
        try context.requireConsistency(ofReferences: true)
        try context.refuseLargePage()
        let query = try query(ofUser: user, membership, context)
        let page = Page(context: context, type: shape, defaultSize: 100)
        let count = context.options.count && context.options.token == nil ? try query.count(context) : nil
        return page.response(
            try query.rows(context, page: page, row),
            count: count,
            token: { PageToken(key: 0, id: $0.id.text) },
            write: { write($0, selection, &$1, type: isTeams ? nil : "#microsoft.graph.group") }
        )
    }

    /// How many groups ``list(ofUser:_:_:)`` has, as plain text.
    static func count(
        ofUser user: String,
        _ membership: Membership,
        _ context: OperationContext
    ) throws -> GraphResponse {
        try context.requireConsistency(isCount: true)
        return Page.count(try query(ofUser: user, membership, context).count(context))
    }

    private static func query(
        ofUser user: String,
        _ membership: Membership,
        _ context: OperationContext
    ) throws -> ListQuery {
        var query = ListQuery(select: columns)
        query.conditions.append(#""group".deletedAt IS NULL"#)
        query.require("id IN (SELECT groupID FROM member WHERE userID = ?)", user)
        if let condition = membership.condition { query.conditions.append(condition) }
        if let filter = context.options.filter { query.add(try Filter(filter, filterable)) }
        return query
    }
}
