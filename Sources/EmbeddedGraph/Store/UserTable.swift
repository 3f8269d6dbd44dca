import GraphModel
import Storage

/// Somebody in the store's directory.
struct User: Equatable {
    var id: String
    var displayName: String
    /// Both the mail address and the principal name.
    var address: String
    /// Whether they are from outside.
    var isGuest = false

    /// What may be selected.
    static let properties: Set<String> = ["id", "displayName", "mail", "userPrincipalName", "userType"]

    /// The user's type as it is written.
    fileprivate var userType: String { isGuest ? "Guest" : "Member" }

    func write(
        _ selection: Selection,
        _ writer: inout JSONWriter,
        context: String? = nil,
        type: String? = nil
    ) {
        writer.object { writer in
            if let context { writer.member("@odata.context", context) }
            if let type { writer.member("@odata.type", type) }
            writer.member("id", id)
            if selection.wants("displayName") { writer.member("displayName", displayName) }
            if selection.wants("mail") { writer.member("mail", address) }
            if selection.wants("userPrincipalName") { writer.member("userPrincipalName", address) }
            if selection.asksFor("userType") { writer.member("userType", userType) }
        }
    }
}

/// The table of users.
struct UserTable {
    static let columns = "SELECT user.id, user.displayName, user.address, user.userType FROM user"

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The user with an id or a principal name, without regard to letter case.
    func find(_ key: String) throws -> User? {
        let isID = GroupID(key) != nil
        let find = try connection.prepare(
            Self.columns + (isID ? " WHERE user.id = $1" : " WHERE lower(user.address) = $1")
        )
        find.bind(GroupID(key)?.text ?? key.lowercased(), 1)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return Self.row(find)
    }

    /// The user who asks, who is put in the directory if they are not there yet.
    func find(or caller: Caller) throws -> User {
        if let user = try find(caller.id) { return user }
        let user = User(id: caller.id, displayName: caller.displayName, address: caller.address)
        try insert(user)
        return user
    }

    func insert(_ user: User) throws {
        let insert = try connection.prepare(
            "INSERT INTO user (id, displayName, address, userType) VALUES ($1, $2, $3, $4)"
        )
        insert.bind(user.id, 1)
        insert.bind(user.displayName, 2)
        insert.bind(user.address, 3)
        insert.bind(user.userType, 4)
        try insert.run()
    }

    static func row(_ statement: PreparedStatement) -> User {
        User(
            id: statement.text(0) ?? "",
            displayName: statement.text(1) ?? "",
            address: statement.text(2) ?? "",
            isGuest: statement.text(3) == "Guest"
        )
    }
}
