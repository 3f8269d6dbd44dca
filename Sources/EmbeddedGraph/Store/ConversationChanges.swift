import GraphModel
import Storage

/// What has changed among the conversations of a group: they change with each post, and when they lose a thread.
struct ConversationChanges {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Up to where the changes were read.
    struct Position {
        /// The number of the last change without a post.
        var change: Int64
        /// The number of the last cut that was seen.
        var cut: Int64
        /// The number of the last post, and its id.
        var post: Int64
        var postID: String

        init(change: Int64, cut: Int64, post: Int64, postID: String) {
            self.change = change
            self.cut = cut
            self.post = post
            self.postID = postID
        }

        /// Reads a position from the end of a token's values.
        init?(_ values: ArraySlice<Filter.Value>) {
            let values = Array(values)
            guard values.count == 4, case .integer(let change) = values[0], case .integer(let cut) = values[1],
                case .integer(let post) = values[2], case .text(let postID) = values[3]
            else { return nil }
            self.init(change: change, cut: cut, post: post, postID: postID)
        }

        var values: [Filter.Value] { [.integer(change), .integer(cut), .integer(post), .text(postID)] }
    }

    /// Notes a conversation that is new and has no post.
    func note(_ conversation: String, in group: GroupID) throws {
        let insert = try connection.prepare(
            "INSERT INTO conversationChange (groupID, conversationID) VALUES ($1, $2)"
        )
        insert.bind(group.text, 1)
        insert.bind(conversation, 2)
        try insert.run()
    }

    /// The position behind everything that has happened.
    func latest() throws -> Position {
        let find = try connection.prepare(
            """
            SELECT coalesce((SELECT max(number) FROM conversationChange), 0), coalesce((SELECT max(number) FROM postCut), 0),
                coalesce((SELECT max(rowid) FROM post), 0),
                coalesce((SELECT id FROM post ORDER BY rowid DESC LIMIT 1), '')
            """
        )
        defer { find.reset() }
        guard try find.step() else { return Position(change: 0, cut: 0, post: 0, postID: "") }
        return Position(
            change: find.integer(0),
            cut: find.integer(1),
            post: find.integer(2),
            postID: find.text(3) ?? ""
        )
    }

    /// The conversations of a group that changed behind a position, as many as a page holds, and the position behind them.
    ///
    /// - Returns: Ids, of which some may be those of conversations that are gone; nil if the position means nothing any
    ///   more, because the posts were numbered anew.
    func conversations(
        of group: GroupID,
        behind start: Position,
        limit: Int
    ) throws -> (ids: [String], end: Position, isLast: Bool)? {
        guard var position = try current(start) else { return nil }
        var ids: [String] = []
        func add(_ id: String) { if !ids.contains(id) { ids.append(id) } }
        let changes = try connection.prepare(
            """
            SELECT number, conversationID FROM conversationChange WHERE groupID = $1 AND number > $2 ORDER BY number
            LIMIT \(limit)
            """
        )
        changes.bind(group.text, 1)
        changes.bind(position.change, 2)
        var rows = 0
        while try changes.step() {
            rows += 1
            position.change = changes.integer(0)
            add(changes.text(1) ?? "")
        }
        guard rows < limit else { return (ids, position, false) }
        let posts = try connection.prepare(
            """
            SELECT post.rowid, post.id, thread.conversationID FROM post JOIN thread ON thread.id = post.threadID
            WHERE post.rowid > $1 AND thread.groupID = $2 ORDER BY post.rowid LIMIT \(limit - rows)
            """
        )
        posts.bind(position.post, 1)
        posts.bind(group.text, 2)
        while try posts.step() {
            rows += 1
            position.post = posts.integer(0)
            position.postID = posts.text(1) ?? ""
            add(posts.text(2) ?? "")
        }
        guard rows < limit else { return (ids, position, false) }
        // Everything was read, so the position is behind what happened elsewhere too.
        return (ids, try latest(), true)
    }

    /// The position moved back to where the numbering of posts was cut since; nil if the posts were numbered anew.
    func current(_ start: Position) throws -> Position? {
        var position = start
        let cuts = try connection.prepare("SELECT max(number), min(lastPost) FROM postCut WHERE number > $1")
        cuts.bind(position.cut, 1)
        var wasCut = false
        if try cuts.step(), !cuts.isNull(0) {
            position.cut = cuts.integer(0)
            wasCut = cuts.integer(1) < position.post
            position.post = min(position.post, cuts.integer(1))
        }
        cuts.reset()
        guard position.post > 0 else { return position }
        let post = try connection.prepare("SELECT id FROM post WHERE rowid = $1")
        post.bind(position.post, 1)
        defer { post.reset() }
        let id = try post.step() ? post.text(0) : nil
        if wasCut { position.postID = id ?? "" }
        return id == position.postID ? position : nil
    }
}
