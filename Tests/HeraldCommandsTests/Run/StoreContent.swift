import GRDB

/// What is in a store's file, read past all that Herald itself does.
struct StoreContent {
    /// The file.
    let path: String

    /// The groups that do not have exactly one conversation with exactly one post, each with its two numbers.
    func groupsNotAnnouncedOnce() throws -> [String] {
        try rows(
            """
            SELECT "group".id || ': ' || count(DISTINCT conversation.id) || ' conversations, ' || count(post.id)
                || ' posts'
            FROM "group" LEFT JOIN conversation ON conversation.groupID = "group".id
                LEFT JOIN thread ON thread.conversationID = conversation.id LEFT JOIN post ON post.threadID = thread.id
            GROUP BY "group".id HAVING count(DISTINCT conversation.id) <> 1 OR count(post.id) <> 1
            """
        )
    }

    /// How many rows a table has.
    func count(_ table: String) throws -> Int {
        Int(try rows("SELECT CAST(count(*) AS TEXT) FROM \"\(table)\"")[0]) ?? -1
    }

    /// The topics of all conversations, sorted.
    func topics() throws -> [String] { try rows("SELECT topic FROM conversation ORDER BY topic") }

    /// What a query gives, as texts.
    func texts(_ sql: String) throws -> [String] { try rows(sql) }
    /// The values of a column, as texts.
    func texts(of table: String, _ column: String) throws -> [String] {
        try rows("SELECT CAST(\"\(column)\" AS TEXT) FROM \"\(table)\"")
    }

    /// Changes what is in it.
    func change(_ sql: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        try DatabaseQueue(path: path, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    private func rows(_ sql: String) throws -> [String] {
        var configuration = Configuration()
        configuration.readonly = true
        // Whoever closes the file last locks it for a moment, to take its log in.
        configuration.busyMode = .timeout(10)
        return try DatabaseQueue(path: path, configuration: configuration).read { try String.fetchAll($0, sql: sql) }
    }
}
