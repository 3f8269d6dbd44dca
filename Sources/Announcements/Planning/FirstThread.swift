package import GraphModel

/// Finds the thread that an announcement's first post in a group began: by the answer to it, as the ledger has kept it,
/// or by asking the backend.
package struct FirstThread: Sendable {
    /// What is found.
    package enum Place: Sendable, Equatable {
        /// The thread, by its id.
        case thread(String)
        /// There is none to reply in, and why.
        case nowhere(String)
    }

    private let ledger: Ledger
    private let sender: Sender
    private let caller: Caller

    /// A search.
    ///
    /// - Parameters:
    ///   - ledger: Where the posts stand.
    ///   - sender: Who is asked of what the ledger does not know.
    ///   - caller: By whom.
    package init(ledger: Ledger, sender: Sender, caller: Caller) {
        self.ledger = ledger
        self.sender = sender
        self.caller = caller
    }

    /// The threads of an announcement in some groups that have its first post.
    ///
    /// - Throws: ``StorageError``, or ``NoAnswer`` if the backend could not be asked.
    package func places(of announcement: String, in groups: [GroupID]) async throws -> [GroupID: Place] {
        var places: [GroupID: Place] = [:]
        for first in try await ledger.firstPosts(of: announcement, in: groups) {
            places[first.group] = try await place(of: first)
        }
        return places
    }

    private func place(of first: FirstPost) async throws -> Place {
        if first.state == .undone {
            return .nowhere("The group's post was taken back; nothing was sent. Post again with: onChange = \"new\"")
        }
        var ids = CreatedIDs(first.answer)
        if let thread = ids.thread { return .thread(thread) }
        if ids.conversation == nil, let reconciler = sender.reconciler {
            let request = GraphRequest(.post, first.path, body: first.body, caller: caller, key: first.key)
            let found = try await reconciler.find(first.key, for: request, since: first.attemptedAt ?? 0)
            ids = found.answer.map { CreatedIDs($0.body) } ?? ids
            if let thread = ids.thread { return .thread(thread) }
        }
        guard let conversation = ids.conversation else { return Self.unknown }
        let path = "/groups/\(first.group)/conversations/\(PercentEncoding.encode(conversation))/threads"
        let response = try await sender.backend.respond(to: GraphRequest(.get, path, query: "$top=1", caller: caller))
        guard response.isSuccess, let thread = try? JSONValue(response.body)["value"]?.elements?.first?["id"]?.string
        else { return Self.unknown }
        return .thread(thread)
    }

    private static let unknown = Place.nowhere(
        "The group has a post with other content, and its thread cannot be found to reply in; nothing was sent."
    )
}

/// The post that a group got first of an announcement.
struct FirstPost: Sendable {
    var group: GroupID
    var state: EffectState
    /// The ids of what it made, as JSON; empty if they are not known.
    var answer: [UInt8]
    var attemptedAt: Int64?
    var key: IdempotencyKey
    /// Where it was made, and the JSON body without what is shared.
    var path: String
    var body: [UInt8]
}
