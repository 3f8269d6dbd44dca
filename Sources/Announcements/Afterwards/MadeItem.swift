package import GraphModel

/// What a write has made, and where: as far as its path, its answer and its `Location` tell.
package struct MadeItem: Sendable, Equatable {
    /// The group in whose mailbox it lies.
    package var group: GroupID
    /// The conversation that was made, or in which the thread was made.
    package var conversation: String?
    /// The thread that was made, or replied in.
    package var thread: String?
    package var post: String?
    /// Whether the thread was made by this write; else the write put a post into a thread that was there.
    package var beginsThread: Bool

    /// Reads what a `POST` has made.
    ///
    /// - Parameters:
    ///   - path: The request's path; nil is given for one that makes no post.
    ///   - answer: The ids that the ledger keeps of an announcement's post, or the whole answer to another write.
    ///   - location: The answer's header `Location`.
    package init?(path: String, answer: [UInt8], location: String?) {
        let parts = path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
        guard parts.count >= 3, parts[0].lowercased() == "groups", let group = GroupID(parts[1]) else { return nil }
        self.group = group
        let ids = Self.ids(in: answer)
        switch parts[parts.count - 1].lowercased() {
        case "conversations" where parts.count == 3:
            beginsThread = true
            (conversation, thread, post) = (ids.id, ids.thread, ids.post)
        case "threads":
            beginsThread = true
            (conversation, thread, post) = (Self.segment(after: "conversations", in: parts), ids.id, ids.post)
        case "reply":
            beginsThread = false
            conversation = Self.segment(after: "conversations", in: parts)
            thread = Self.segment(after: "threads", in: parts)
            post = location.flatMap { $0.split(separator: "/").last }.map { PercentEncoding.decode(String($0)) }
        default: return nil
        }
    }

    /// Whether all of it can be deleted: it is no mere post in somebody's thread.
    package var canBeDeleted: Bool { beginsThread && (conversation ?? thread) != nil }

    private static func segment(after name: String, in parts: [String]) -> String? {
        guard let index = parts.firstIndex(where: { $0.lowercased() == name }), index + 1 < parts.count else {
            return nil
        }
        return parts[index + 1]
    }

    /// The ids in what the ledger keeps of an answer, or in a whole answer of Graph's.
    private static func ids(in answer: [UInt8]) -> (id: String?, thread: String?, post: String?) {
        guard !answer.isEmpty, let value = try? JSONValue(answer) else { return (nil, nil, nil) }
        let thread = value["threads"]?.elements?.first
        let posts = value["posts"]?.elements ?? thread?["posts"]?.elements
        return (
            value["id"]?.string, value["thread"]?.string ?? thread?["id"]?.string,
            value["post"]?.string ?? posts?.first?["id"]?.string
        )
    }
}
