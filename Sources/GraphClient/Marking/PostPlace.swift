import GraphModel

/// Which kind of write makes a post, and where in its body the post stands.
enum PostPlace: Sendable, Equatable {
    /// `POST /groups/{id}/conversations`: `threads[0].posts[0]`.
    case conversation(group: Substring)
    /// `POST …/threads`: `posts[0]`; the conversation is nil if the thread gets a new one.
    case thread(group: Substring, conversation: Substring?)
    /// `POST …/reply`: `post`; the path is that of the thread.
    case reply(thread: String)

    /// The place of a request's post; nil if it makes none.
    init?(_ request: GraphRequest) {
        guard request.method == .post else { return nil }
        let parts = request.path.pathSegments
        let names = parts.map { $0.lowercased() }
        guard parts.count >= 3, names[0] == "groups" else { return nil }
        switch (parts.count, names[2], names[parts.count - 1]) {
        case (3, "conversations", _): self = .conversation(group: parts[1])
        case (3, "threads", _): self = .thread(group: parts[1], conversation: nil)
        case (5, "conversations", "threads"): self = .thread(group: parts[1], conversation: parts[3])
        case (5..., _, "reply"):
            guard let threads = names.lastIndex(of: "threads"), threads + 1 < parts.count - 1 else { return nil }
            self = .reply(thread: "/" + parts[...(threads + 1)].joined(separator: "/"))
        default: return nil
        }
    }

    /// The names that lead to the post; below each but the last stands an array, of which the first element is meant.
    private var steps: [StaticString] {
        switch self {
        case .conversation: ["threads", "posts"]
        case .thread: ["posts"]
        case .reply: ["post"]
        }
    }

    /// The body with a mark on its post; nil if there is no post to mark.
    ///
    /// All other bytes stay as they are.
    func marked(_ body: [UInt8], with marker: Marker) -> [UInt8]? {
        var site: Site?
        try? JSONReader.read(body) { reader in try Self.seek(steps[...], in: &reader, &site) }
        guard let site else { return nil }
        let comma = site.isEmpty ? "" : ","
        let text =
            site.isProperty ? marker.json + comma : #""singleValueExtendedProperties":[\#(marker.json)]"# + comma
        var marked = body
        marked.insert(contentsOf: text.utf8, at: site.offset)
        return marked
    }

    /// Where a mark is put in: behind the bracket that opens the post, or its list of properties.
    private struct Site {
        var offset: Int
        /// Whether nothing stands between the brackets.
        var isEmpty: Bool
        /// Whether the brackets are those of the list of properties.
        var isProperty: Bool
    }

    private static func seek(_ steps: ArraySlice<StaticString>, in reader: inout JSONReader, _ site: inout Site?) throws
    {
        guard reader.kind == .object else { return try reader.skip() }
        guard let step = steps.first else { return try read(post: &reader, &site) }
        try reader.object { reader, name in
            guard name.matches(step) else { return }
            guard reader.kind == .array else { return try seek(steps.dropFirst(), in: &reader, &site) }
            try reader.array { reader, index in
                if index == 0 { try seek(steps.dropFirst(), in: &reader, &site) }
            }
        }
    }

    private static func read(post reader: inout JSONReader, _ site: inout Site?) throws {
        var found = Site(offset: reader.offset + 1, isEmpty: true, isProperty: false)
        try reader.object { reader, name in
            if !found.isProperty { found.isEmpty = false }
            guard name.matches("singleValueExtendedProperties"), reader.kind == .array else { return }
            found = Site(offset: reader.offset + 1, isEmpty: true, isProperty: true)
            try reader.array { _, _ in found.isEmpty = false }
        }
        site = found
    }
}
