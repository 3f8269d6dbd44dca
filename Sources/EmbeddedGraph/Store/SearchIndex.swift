import GRDB
import GraphModel
import Storage

/// The words of topics and posts, for `$search`.
///
/// Writing does not touch it: it is brought up to date before a search reads, portion by portion. What was deleted stays
/// in it and is found no more, because what a search gives are ids, and these are never given again.
struct SearchIndex {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The most posts that are taken in within one transaction, which other writers wait for.
    private static let portion = 500

    /// Whether it lacks anything up to a post, given by its number.
    func isBehind(_ last: Int64) throws -> Bool {
        let (position, isWhole) = try position()
        guard isWhole, let current = try ConversationChanges(connection).current(position) else { return true }
        guard current.post < last else { return false }
        let next = try connection.prepare("SELECT 1 FROM post WHERE rowid > $1 LIMIT 1")
        next.bind(current.post, 1)
        defer { next.reset() }
        return try next.step()
    }

    /// Takes in the next posts.
    func catchUp() throws {
        let changes = ConversationChanges(connection)
        let (stored, isWhole) = try position()
        // Where the posts were numbered anew, or too much of it is of what was deleted, it is made again.
        var position: ConversationChanges.Position
        if isWhole, let current = try changes.current(stored) {
            position = current
        } else {
            try begin()
            position = ConversationChanges.Position(
                change: try changes.latest().change,
                cut: try changes.latest().cut,
                post: 0,
                postID: ""
            )
        }
        let posts = try connection.prepare(
            """
            SELECT post.rowid, post.id, post.threadID, thread.conversationID, thread.groupID, conversation.topic,
                post.contentType, post.content
            FROM post JOIN thread ON thread.id = post.threadID
                JOIN conversation ON conversation.id = thread.conversationID
            WHERE post.rowid > $1 ORDER BY post.rowid LIMIT \(Self.portion)
            """
        )
        posts.bind(position.post, 1)
        while try posts.step() {
            position.post = posts.integer(0)
            position.postID = posts.text(1) ?? ""
            let content = posts.text(7) ?? ""
            try add(
                thread: posts.text(2),
                conversation: posts.text(3) ?? "",
                group: posts.text(4) ?? "",
                topic: posts.text(5) ?? "",
                body: posts.text(6) == "html" ? HTMLText.plainText(content) : content
            )
        }
        let keep = try connection.prepare(
            "UPDATE searchProgress SET begunAt = $1, cut = $2, post = $3, postID = $4, isBegun = 1"
        )
        keep.bind(position.change, 1)
        keep.bind(position.cut, 2)
        keep.bind(position.post, 3)
        keep.bind(position.postID, 4)
        try keep.run()
    }

    /// Takes in a conversation that has no post yet.
    func add(_ conversation: String, in group: GroupID, topic: String) throws {
        try add(thread: nil, conversation: conversation, group: group.text, topic: topic, body: "")
    }

    private func add(
        thread: String?,
        conversation: String,
        group: String,
        topic: String,
        body: String
    ) throws {
        let entry = try connection.prepare(
            "INSERT INTO searchEntry (threadID, conversationID) VALUES ($1, $2)"
        )
        entry.bind(thread, 1)
        entry.bind(conversation, 2)
        try entry.run()
        let text = try connection.prepare(SQLiteDialect.insertSearchText)
        text.bind(connection.db.lastInsertedRowID, 1)
        text.bind(SQLiteDialect.searchScope(group), 2)
        text.bind(topic, 3)
        text.bind(body, 4)
        try text.run()
    }

    /// Empties it, but for conversations without posts.
    private func begin() throws {
        try connection.prepare("DELETE FROM searchEntry").run()
        try connection.prepare(SQLiteDialect.emptySearchText).run()
        let list = try connection.prepare(
            """
            SELECT id, groupID, topic FROM conversation
            WHERE NOT EXISTS (SELECT 1 FROM thread WHERE thread.conversationID = conversation.id)
            """
        )
        while try list.step() {
            guard let group = GroupID(list.text(1) ?? "") else { continue }
            try add(list.text(0) ?? "", in: group, topic: list.text(2) ?? "")
        }
    }

    /// Up to where it is, and whether it is worth keeping: no more than half of it may be of what was deleted.
    private func position() throws -> (ConversationChanges.Position, isWhole: Bool) {
        let find = try connection.prepare(
            """
            SELECT begunAt, cut, post, postID, isBegun, coalesce((SELECT max(number) FROM conversationChange), 0),
                coalesce((SELECT max(number) FROM searchEntry), 0) FROM searchProgress
            """
        )
        defer { find.reset() }
        guard try find.step() else {
            return (ConversationChanges.Position(change: 0, cut: 0, post: 0, postID: ""), false)
        }
        let position = ConversationChanges.Position(
            change: find.integer(0),
            cut: find.integer(1),
            post: find.integer(2),
            postID: find.text(3) ?? ""
        )
        let lost = find.integer(5) - find.integer(0)
        return (position, find.integer(4) == 1 && lost <= max(Self.tolerated, find.integer(6)))
    }

    /// How many deletions are never a reason to begin again.
    private static let tolerated: Int64 = 10_000
}
