import GraphModel
import Storage

/// What has changed among the groups, by the numbers that the database gives to changes.
struct GroupChanges {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The number of the last change.
    func last() throws -> Int64 {
        let find = try connection.prepare(SQLiteDialect.lastVersion)
        defer { find.reset() }
        return try find.step() ? find.integer(0) : 0
    }

    /// The groups that changed after a number, in the order of their ids; all that there are after 0.
    ///
    /// - Parameters:
    ///   - version: The number.
    ///   - roles: Changes of who has these roles count as well.
    ///   - behind: The id behind which to begin.
    ///   - only: The groups that are of interest; nil for all.
    ///   - limit: The most ids.
    /// - Returns: Ids, of which some may be those of groups that are gone.
    /// - Throws: ``StorageError`` if the file cannot be read.
    func groups(
        since version: Int64,
        roles: [MembershipTable.Role],
        behind: String,
        only: [String]?,
        limit: Int
    ) throws -> [String] {
        let filter = only == nil ? "" : " AND id IN (SELECT value FROM json_each($3))"
        let sql: String
        if version == 0 {
            sql = #"SELECT id FROM "group" WHERE deletedAt IS NULL AND $1 = 0 AND id > $2"# + filter
        } else {
            let members = roles.map {
                " UNION SELECT groupID FROM membershipVersion WHERE version > $1 AND role = '\($0)'"
            }
            sql =
                "SELECT id FROM (SELECT groupID AS id FROM groupVersion WHERE version > $1\(members.joined()))"
                + " WHERE id > $2" + filter
        }
        let list = try connection.prepare(sql + " ORDER BY id LIMIT \(limit)")
        list.bind(version, 1)
        list.bind(behind, 2)
        if let only { list.bind(PostTable.json(only), 3) }
        var ids: [String] = []
        while try list.step() { ids.append(list.text(0) ?? "") }
        return ids
    }

    /// Who got a role in a group after a number, or lost it.
    func people(
        _ role: MembershipTable.Role,
        of group: String,
        since version: Int64
    ) throws -> [(user: String, isGone: Bool)] {
        let list = try connection.prepare(
            """
            SELECT userID, EXISTS (SELECT 1 FROM \(role) WHERE groupID = $1 AND \(role).userID = membershipVersion.userID)
            FROM membershipVersion WHERE groupID = $1 AND role = '\(role)' AND version > $2 ORDER BY userID
            """
        )
        list.bind(group, 1)
        list.bind(version, 2)
        var people: [(user: String, isGone: Bool)] = []
        while try list.step() { people.append((list.text(0) ?? "", list.integer(1) == 0)) }
        return version == 0 ? people.filter { !$0.isGone } : people
    }
}
