import Announcements
import GraphModel

/// A post in a thread that somebody else began.
struct ThreadAnswer: Sendable, Equatable {
    var group: GroupID
    var groupName: String?
    var thread: String
    var post: String
    /// Who wrote it.
    var name: String
    var address: String
    /// When it came, as the backend writes it.
    var received: String
    /// Its beginning, without markup.
    var preview: String
}

/// Reads who answered in threads that a run began.
struct ThreadAnswers: Sendable {
    /// What is there in the place of something that a run has made.
    enum Finding: Sendable {
        /// It is there, with these posts by others than whoever began it, the oldest first.
        case answers([ThreadAnswer])
        /// It is not there any more.
        case gone
    }

    let reader: GraphReader

    /// Who answered in what a write has made.
    ///
    /// Of a conversation all threads are read, since others may have begun some in it.
    ///
    /// - Throws: ``GraphError`` if it may not be read, ``NoAnswer`` if no answer came.
    func finding(for made: MadeItem, named name: String? = nil) async throws -> Finding {
        let group = GraphPath("/groups").appending(made.group.text)
        var threads: [String] = []
        do {
            if let conversation = made.conversation {
                let path = group.appending("conversations").appending(conversation).appending("threads")
                threads = try await reader.list(path).items.compactMap { $0.value["id"]?.string }
            } else if let thread = made.thread {
                threads = [thread]
            }
            // The one that was begun comes first: whoever wrote its first post is the one whom others answer.
            if let own = made.thread, let index = threads.firstIndex(of: own) { threads.swapAt(0, index) }
            var answers: [ThreadAnswer] = []
            var author: Author?
            for thread in threads {
                let path = group.appending("threads").appending(thread).appending("posts")
                for post in try await reader.list(path).items {
                    let writer = Author(post.value)
                    author = author ?? writer
                    guard writer != author else { continue }
                    answers.append(Self.answer(post.value, by: writer, in: thread, of: made.group, named: name))
                }
            }
            return author == nil ? .gone : .answers(answers)
        } catch let error as GraphError where error.status == 404 {
            return .gone
        }
    }

    /// Whoever wrote a post; two are the same if their addresses are, whatever their names.
    private struct Author: Equatable {
        var name: String
        var address: String

        init(_ post: JSONValue) {
            let from = post["from", "emailAddress"] ?? post["sender", "emailAddress"]
            name = from?["name"]?.string ?? ""
            address = from?["address"]?.string ?? ""
        }

        static func == (a: Author, b: Author) -> Bool {
            if a.address.isEmpty, b.address.isEmpty { return a.name == b.name }
            return a.address.lowercased() == b.address.lowercased()
        }
    }

    private static func answer(
        _ post: JSONValue,
        by author: Author,
        in thread: String,
        of group: GroupID,
        named name: String?
    ) -> ThreadAnswer {
        let isHTML = post["body", "contentType"]?.string?.lowercased() != "text"
        return ThreadAnswer(
            group: group,
            groupName: name,
            thread: thread,
            post: post["id"]?.string ?? "",
            name: author.name,
            address: author.address,
            received: post["receivedDateTime"]?.string ?? "",
            preview: HTMLText.preview(post["body", "content"]?.string ?? "", isHTML: isHTML)
        )
    }
}
