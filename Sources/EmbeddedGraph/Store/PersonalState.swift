import GraphModel
import Storage

/// What a group is to one user (reference, sections 3.7 and 11.5).
struct PersonalState: Equatable {
    /// Whether the user gets the group's posts by mail.
    var isSubscribedByMail = true
    var isFavorite = false
    /// How many conversations have had posts since the user was last there.
    var unseenCount = 0

    /// What may be selected of a single group.
    static let properties: Set<String> = ["isSubscribedByMail", "isFavorite", "unseenCount"]

    func write(_ selection: Selection, _ writer: inout JSONWriter) {
        if selection.asksFor("isFavorite") { writer.member("isFavorite", isFavorite) }
        if selection.asksFor("isSubscribedByMail") { writer.member("isSubscribedByMail", isSubscribedByMail) }
        if selection.asksFor("unseenCount") { writer.member("unseenCount", unseenCount) }
    }
}

/// The table of what groups are to users.
struct PersonalStateTable {
    private let group: GroupID
    private let user: String
    private let connection: Connection

    /// The state of a group for the caller.
    ///
    /// - Throws: ``GraphError`` if an application asks, to whom no group is anything.
    init(_ group: GroupID, _ context: OperationContext) throws(GraphError) {
        try context.refuseApplications()
        self.group = group
        user = context.request.caller.id
        connection = context.connection
    }

    func read() throws -> PersonalState {
        var state = PersonalState()
        var seen: Int64 = .min
        let find = try connection.prepare(
            "SELECT isSubscribed, isFavorite, seenAt FROM personalState WHERE groupID = $1 AND userID = $2"
        )
        find.bind(group.text, 1)
        find.bind(user, 2)
        if try find.step() {
            state.isSubscribedByMail = find.integer(0) == 1
            state.isFavorite = find.integer(1) == 1
            seen = find.integer(2)
        }
        find.reset()
        let count = try connection.prepare("SELECT count(*) FROM conversation WHERE groupID = $1 AND deliveredAt > $2")
        count.bind(group.text, 1)
        count.bind(seen, 2)
        if try count.step() { state.unseenCount = Int(count.integer(0)) }
        count.reset()
        return state
    }

    func setSubscribed(_ isSubscribed: Bool) throws {
        try set("isSubscribed", to: isSubscribed ? 1 : 0)
    }

    func setFavorite(_ isFavorite: Bool) throws {
        try set("isFavorite", to: isFavorite ? 1 : 0)
    }

    /// Takes the user to have seen all that is there.
    func see(at now: Int64) throws {
        let newest = try connection.prepare("SELECT max(deliveredAt) FROM conversation WHERE groupID = $1")
        newest.bind(group.text, 1)
        // A reply in the same instant as another post is stored a little ahead of the clock.
        let latest = try newest.step() ? newest.integer(0) : 0
        newest.reset()
        try set("seenAt", to: max(now, latest))
    }

    private func set(_ column: String, to value: Int64) throws {
        let write = try connection.prepare(
            """
            INSERT INTO personalState (groupID, userID, \(column)) VALUES ($1, $2, $3)
            ON CONFLICT (groupID, userID) DO UPDATE SET \(column) = excluded.\(column)
            """
        )
        write.bind(group.text, 1)
        write.bind(user, 2)
        write.bind(value, 3)
        try write.run()
    }
}
