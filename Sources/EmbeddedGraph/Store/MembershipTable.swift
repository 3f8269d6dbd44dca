import GRDB
import GraphModel
import Storage

/// Who belongs to one group in one role.
struct MembershipTable {
    /// A role; its name is that of its table.
    enum Role: String {
        case member, owner

        /// The role's collection in paths.
        var collection: String { rawValue + "s" }
    }

    let role: Role
    private let group: GroupID
    private let connection: Connection

    init(_ role: Role, of group: GroupID, _ connection: Connection) {
        self.role = role
        self.group = group
        self.connection = connection
    }

    func contains(_ user: User) throws -> Bool {
        let find = try connection.prepare("SELECT 1 FROM \(role) WHERE groupID = $1 AND userID = $2")
        find.bind(group.text, 1)
        find.bind(user.id, 2)
        defer { find.reset() }
        return try find.step()
    }

    /// The users whom links name, each of whom must not have the role yet; nothing is written.
    ///
    /// - Throws: ``GraphError`` for a link to nobody, or to somebody who has the role (reference, section 13.2).
    func newUsers(_ links: [String]) throws -> [User] {
        var users: [User] = []
        for link in links {
            let user = try Self.user(link, connection)
            guard try !contains(user), !users.contains(user) else {
                throw GraphError(
                    400,
                    .directoryBadRequest,
                    "One or more added object references already exist for the following modified properties: "
                        + "'\(role.collection)'."
                )
            }
            users.append(user)
        }
        return users
    }

    func add(_ user: User) throws {
        let insert = try connection.prepare("INSERT INTO \(role) (groupID, userID) VALUES ($1, $2)")
        insert.bind(group.text, 1)
        insert.bind(user.id, 2)
        try insert.run()
    }

    /// Takes the role from a user.
    ///
    /// - Returns: Whether the user had it.
    func remove(_ user: User) throws -> Bool {
        let delete = try connection.prepare("DELETE FROM \(role) WHERE groupID = $1 AND userID = $2")
        delete.bind(group.text, 1)
        delete.bind(user.id, 2)
        try delete.run()
        return connection.db.changesCount == 1
    }

    /// The user whom a link names by its end, `users/{id or principal name}` or `directoryObjects/{id}`, on any host
    /// (reference, section 5.8).
    static func user(_ link: String, _ connection: Connection) throws -> User {
        let parts = Router.split(link)
        guard parts.count >= 2, let key = parts.last,
            ["users", "directoryobjects"].contains(parts[parts.count - 2].lowercased())
        else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "'\(link.prefix(120))' is no link to a user, which ends with users/ID or directoryObjects/ID.",
                target: "/@odata.id"
            )
        }
        guard let user = try UserTable(connection).find(key) else { throw GroupOperations.unknown(key) }
        return user
    }
}
