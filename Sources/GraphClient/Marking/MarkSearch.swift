import Foundation
import GraphModel

/// A look for the post with a mark, by what any reader of the group may ask.
struct MarkSearch {
    /// How many pages of a list are read before the look is given up.
    private static let maximumPages = 50
    /// How much earlier than we think something may have been made, in microseconds: our clock may have been set since.
    private static let margin: Int64 = 86_400_000_000
    /// How many posts a list shows at most where it does not link to the rest (reference, section 1, row 19).
    private static let cap = 100

    private let service: any GraphService
    private let marker: Marker
    private let topic: String?
    private let since: Int64
    private let caller: Caller
    private let serviceRoot: String

    /// Prepares a look.
    ///
    /// - Parameters:
    ///   - service: What is asked.
    ///   - marker: The mark.
    ///   - topic: The topic of what was made; nil if its conversation has the topic.
    ///   - since: When it may have been made first, in microseconds since 1970.
    ///   - caller: Who asks.
    ///   - serviceRoot: What links begin with.
    init(
        _ service: any GraphService,
        marker: Marker,
        topic: String?,
        since: Int64,
        caller: Caller,
        serviceRoot: String
    ) {
        self.service = service
        self.marker = marker
        self.topic = topic
        self.since = since
        self.caller = caller
        self.serviceRoot = serviceRoot
    }

    /// Looks for a conversation that was made.
    func conversations(in group: String) async throws -> Whereabouts {
        var found = Whereabouts.nowhere
        for conversation in try await recent(group + "/conversations") {
            guard let id = conversation["id"]?.string, isCandidate(conversation) else { continue }
            let threads = try await all("\(group)/conversations/\(PercentEncoding.encode(id))/threads")
            for thread in threads {
                guard let post = try await firstMarked(of: thread, in: group), let threadID = thread["id"]?.string
                else { continue }
                found.copies += 1
                found.answer =
                    found.answer
                    ?? GraphResponse(
                        status: 201,
                        json: JSONWriter.bytes { writer in
                            writer.object { writer in
                                writer.member("id", id)
                                if let topic = conversation["topic"]?.string { writer.member("topic", topic) }
                                writer.name("threads")
                                writer.array { Self.write(thread: threadID, post: post, topic: nil, to: &$0) }
                            }
                        },
                        location: "\(serviceRoot)\(group)/conversations/\(id)"
                    )
            }
        }
        return found
    }

    /// Looks for a thread that was made, among the threads of a group or of a conversation in it.
    func threads(in parent: String, of group: String) async throws -> Whereabouts {
        var found = Whereabouts.nowhere
        for thread in try await recent(parent + "/threads") {
            guard let id = thread["id"]?.string, isCandidate(thread),
                let post = try await firstMarked(of: thread, in: group)
            else { continue }
            found.copies += 1
            found.answer =
                found.answer
                ?? GraphResponse(
                    status: 201,
                    json: JSONWriter.bytes {
                        Self.write(thread: id, post: post, topic: thread["topic"]?.string, to: &$0)
                    },
                    location: "\(serviceRoot)\(group)/threads/\(id)"
                )
        }
        return found
    }

    /// Looks for a reply in a thread.
    func reply(in thread: String) async throws -> Whereabouts {
        let posts = try await posts(of: thread)
        guard let id = posts.first?["id"]?.string else { return .nowhere }
        var answer = GraphResponse(status: 202)
        answer.headers["x-post-id"] = id
        answer.headers["Location"] = "\(serviceRoot)\(thread)/posts/\(id)"
        return Whereabouts(copies: posts.count, answer: answer)
    }

    // MARK: Posts

    /// The id of the first post with the mark in a thread, which a reader of the group sees in a list.
    private func firstMarked(of thread: JSONValue, in group: String) async throws -> String? {
        guard let id = thread["id"]?.string else { return nil }
        return try await posts(of: "\(group)/threads/\(PercentEncoding.encode(id))").first?["id"]?.string
    }

    /// The posts of a thread that carry the mark.
    private func posts(of thread: String) async throws -> [JSONValue] {
        let page = try await ask(thread + "/posts", Marker.expansion)
        // What was listed has gone since: nothing there carries the mark.
        guard let page else { return [] }
        var posts = page.json["value"]?.elements ?? []
        if page.json["@odata.nextLink"] != nil {
            posts = try await all(thread + "/posts", Marker.expansion)
        } else if posts.count >= Self.cap, !posts.contains(where: marker.isOn) {
            // The list may be cut off without a word; the service finds what lies behind.
            return try await all(thread + "/posts", marker.filter)
        }
        return posts.filter(marker.isOn)
    }

    // MARK: Lists

    /// Whether a conversation or thread may be what was made, by its topic.
    private func isCandidate(_ object: JSONValue) -> Bool {
        guard let topic, let other = object["topic"]?.string else { return true }
        return topic.filter { !$0.isWhitespace } == other.filter { !$0.isWhitespace }
    }

    private static func isOlder(_ object: JSONValue, than threshold: Int64) -> Bool {
        guard let time = object["lastDeliveredDateTime"]?.string.flatMap({ GraphDate($0) }) else { return false }
        return time.microseconds < threshold
    }

    /// The elements of a list that are not too old, which is told by the service's own clock.
    private func recent(_ path: String) async throws -> [JSONValue] {
        var elements: [JSONValue] = []
        var query = "$top=50"
        var threshold = Int64.min
        for index in 0..<Self.maximumPages {
            guard let page = try await ask(path, query) else { return elements }
            if index == 0 { threshold = since - Self.margin + min(0, page.clockOffset) }
            let value = page.json["value"]?.elements ?? []
            elements += value.filter { !Self.isOlder($0, than: threshold) }
            // Only where they come newest first does an old one say that the rest is older.
            let isOver = Self.isNewestFirst(value) && value.last.map { Self.isOlder($0, than: threshold) } ?? false
            guard !isOver, let next = try nextQuery(of: page.json) else { return elements }
            query = next
        }
        throw tooLong(path)
    }

    private func all(_ path: String, _ first: String = "") async throws -> [JSONValue] {
        var elements: [JSONValue] = []
        var query = first
        for _ in 0..<Self.maximumPages {
            guard let page = try await ask(path, query) else { return elements }
            elements += page.json["value"]?.elements ?? []
            guard let next = try nextQuery(of: page.json) else { return elements }
            query = next
        }
        throw tooLong(path)
    }

    private func tooLong(_ path: String) -> NoAnswer {
        NoAnswer(.unknown, "The list \(path.prefix(200)) is too long to look through.")
    }

    private static func isNewestFirst(_ elements: [JSONValue]) -> Bool {
        let times = elements.map { $0["lastDeliveredDateTime"]?.string.flatMap { GraphDate($0) }?.microseconds ?? 0 }
        return zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }
    }

    private func nextQuery(of page: JSONValue) throws -> String? {
        guard let link = page["@odata.nextLink"]?.string else { return nil }
        guard link.hasPrefix(serviceRoot + "/"), let query = link.split(separator: "?", maxSplits: 1).last,
            query.count < link.count
        else { throw NoAnswer(.unknown, "The link to the next page leads elsewhere.") }
        return String(query)
    }

    /// A page of a list.
    private struct Page {
        var json: JSONValue
        /// How far the service's clock is ahead of ours, in microseconds; 0 if it does not say.
        var clockOffset: Int64
    }

    /// One page; nil if the service says that there is no such list.
    private func ask(_ path: String, _ query: String) async throws -> Page? {
        let response = try await service.respond(
            to: GraphRequest(.get, path, query: query, caller: caller, serviceRoot: serviceRoot)
        )
        if response.status == 404 { return nil }
        guard response.isSuccess, let value = try? JSONValue(response.body) else {
            let reason = response.error.map { "\($0.code): \($0.message)" } ?? "no JSON"
            throw NoAnswer(.unknown, "The look for the post was refused (\(response.status) \(reason)).")
        }
        let date = response.headers["Date"].flatMap { HTTPDate.read($0) }
        return Page(json: value, clockOffset: Int64((date?.timeIntervalSinceNow ?? 0) * 1_000_000))
    }

    private static func write(thread: String, post: String, topic: String?, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", thread)
            if let topic { writer.member("topic", topic) }
            writer.name("posts")
            writer.array { $0.object { $0.member("id", post) } }
        }
    }
}
