import GRDB
import GraphModel
import Storage

/// One of the two lists that say who may post to a group (reference, section 11.3).
struct SenderTable {
    /// Which list; its name is that of its collection in paths.
    enum List: String {
        case acceptedSenders, rejectedSenders

        fileprivate var other: List { self == .acceptedSenders ? .rejectedSenders : .acceptedSenders }
    }

    let list: List
    private let group: GroupID
    private let connection: Connection

    init(_ list: List, of group: GroupID, _ connection: Connection) {
        self.list = list
        self.group = group
        self.connection = connection
    }

    /// The principals on the list.
    var query: ListQuery {
        var query = ListQuery(
            select: """
                SELECT coalesce(userID, senderGroupID), userID IS NULL, coalesce(user.displayName, sending.displayName),
                    coalesce(user.address, sending.mail)
                FROM sender LEFT JOIN user ON user.id = sender.userID
                LEFT JOIN "group" AS sending ON sending.id = sender.senderGroupID
                """,
            id: "coalesce(userID, senderGroupID)"
        )
        query.require("sender.groupID = ?", group.text)
        query.conditions.append("isAccepted = \(list == .acceptedSenders ? 1 : 0)")
        return query
    }

    static func row(_ statement: PreparedStatement) -> DirectoryObject {
        DirectoryObject(
            kind: statement.integer(1) == 1 ? .group : .user,
            id: statement.text(0) ?? "",
            displayName: statement.text(2) ?? "",
            mail: statement.text(3)
        )
    }

    /// Puts a principal on the list; if it is there, nothing happens.
    ///
    /// - Throws: ``GraphError`` if it is on the other list.
    func add(_ principal: DirectoryObject) throws {
        let column = Self.column(of: principal)
        let find = try connection.prepare("SELECT isAccepted FROM sender WHERE groupID = $1 AND \(column) = $2")
        find.bind(group.text, 1)
        find.bind(principal.id, 2)
        if try find.step() {
            let isAccepted = find.integer(0) == 1
            find.reset()
            guard isAccepted == (list == .acceptedSenders) else {
                throw GraphError(
                    400,
                    .directoryBadRequest,
                    "The \(principal.kind) '\(principal.id)' is one of \(list.other); remove it there first."
                )
            }
            return
        }
        let insert = try connection.prepare("INSERT INTO sender (groupID, \(column), isAccepted) VALUES ($1, $2, $3)")
        insert.bind(group.text, 1)
        insert.bind(principal.id, 2)
        insert.bind(list == .acceptedSenders, 3)
        try insert.run()
    }

    /// Takes a principal from the list.
    ///
    /// - Returns: Whether it was there.
    func remove(_ principal: DirectoryObject) throws -> Bool {
        let delete = try connection.prepare(
            "DELETE FROM sender WHERE groupID = $1 AND \(Self.column(of: principal)) = $2 AND isAccepted = $3"
        )
        delete.bind(group.text, 1)
        delete.bind(principal.id, 2)
        delete.bind(list == .acceptedSenders, 3)
        try delete.run()
        return connection.db.changesCount == 1
    }

    private static func column(of principal: DirectoryObject) -> String {
        principal.kind == .user ? "userID" : "senderGroupID"
    }
}
