import GraphModel

/// What a write of a plan would make: what it is answered with, and what can be read of it before it is there.
struct PlannedObject {
    /// What is made.
    enum Kind: Equatable {
        case conversation, thread, post, group
        /// Something that has an id and what was given for it.
        case other
        /// Nothing with an id: the write changes, or starts something.
        case none
    }

    let item: PlanItem
    let kind: Kind
    /// The segments of the write's path, decoded.
    let segments: [String]
    private let author: String
    private let now: Int64

    /// What the writes are that make nothing, by the last segment of their paths.
    private static let actions: Set<String> = [
        "$ref", "forward", "renew", "addfavorite", "removefavorite", "subscribebymail", "unsubscribebymail",
        "resetunseencount", "restore", "validateproperties",
    ]

    /// - Parameters:
    ///   - item: The write.
    ///   - author: Who makes it.
    ///   - now: When, in microseconds since 1970.
    init(_ item: PlanItem, author: String, now: Int64) {
        self.item = item
        self.author = author
        self.now = now
        segments = item.address.path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
        let last = segments.last?.lowercased() ?? ""
        kind =
            if item.method != .post || Self.actions.contains(last) {
                .none
            } else {
                switch last {
                case "conversations": .conversation
                case "threads": .thread
                case "reply": .post
                case "groups": .group
                default: .other
                }
            }
    }

    // MARK: The answer

    /// The answer that the write is given while it is planned.
    ///
    /// - Parameters:
    ///   - root: What links begin with.
    ///   - tellsReplies: Whether the backend says what post a reply has made.
    /// - Returns: The answer.
    func answer(root: String, tellsReplies: Bool) -> GraphResponse {
        switch kind {
        case .none: return GraphResponse(status: segments.last?.lowercased() == "forward" ? 202 : 204)
        case .post:
            var response = GraphResponse(status: 202)
            if tellsReplies {
                response.headers["Location"] =
                    root + "/" + segments.dropLast().joined(separator: "/") + "/posts/" + id([])
            }
            return response
        case .conversation:
            var value = members([])
            let thread: SymbolicID.Step = .member("threads")
            value["threads"] = .array([
                .object([
                    "id": .string(id([thread, .element(1)])),
                    "posts": .array([
                        .object(["id": .string(id([thread, .element(1), .member("posts"), .element(1)]))])
                    ]),
                ])
            ])
            return created(value, root)
        case .thread, .group, .other: return created(members([]), root)
        }
    }

    private func created(_ value: [String: JSONValue], _ root: String) -> GraphResponse {
        GraphResponse(
            status: 201,
            json: JSONWriter.bytes(capacity: 512) { $0.value(.object(value)) },
            location: root + "/" + segments.joined(separator: "/") + "/" + id([])
        )
    }

    private func id(_ steps: [SymbolicID.Step]) -> String {
        SymbolicID(effect: item.ordinal, steps: steps + [.member("id")]).text
    }

    // MARK: Reading

    /// What can be read of what is made at the end of some steps, without its id's own; nil if nothing is made there.
    func object(at steps: [SymbolicID.Step]) -> [String: JSONValue]? {
        switch (kind, steps) {
        case (.none, _): nil
        case (_, []): members([])
        case (.conversation, [.member("threads"), .element(1)]): thread(body["threads"]?.elements?.first, steps)
        case (.conversation, [.member("threads"), .element(1), .member("posts"), .element(1)]):
            post(body["threads"]?.elements?.first?["posts"]?.elements?.first, steps)
        case (.thread, [.member("posts"), .element(1)]): post(body["posts"]?.elements?.first, steps)
        default: nil
        }
    }

    /// The steps to what lies in a collection of an object that is made.
    func children(of steps: [SymbolicID.Step], in collection: String) -> [[SymbolicID.Step]] {
        let all: [[SymbolicID.Step]] =
            switch (kind, steps, collection) {
            case (.conversation, [], "threads"): [[.member("threads"), .element(1)]]
            case (.conversation, [.member("threads"), .element(1)], "posts"):
                [steps + [.member("posts"), .element(1)]]
            case (.thread, [], "posts"): [[.member("posts"), .element(1)]]
            default: []
            }
        return all.filter { object(at: $0) != nil }
    }

    private var body: JSONValue { (try? JSONValue(item.wholeBody)) ?? .object([:]) }

    private func members(_ steps: [SymbolicID.Step]) -> [String: JSONValue] {
        let body = body
        switch kind {
        case .conversation:
            var value = thread(body["threads"]?.elements?.first, [])
            value["topic"] = body["topic"] ?? .string("")
            for name in ["isLocked", "toRecipients", "ccRecipients"] { value[name] = nil }
            return value
        case .thread:
            var value = thread(body, [])
            value["topic"] = body["topic"] ?? .string("")
            return value
        case .post: return post(body["post"] ?? body["Post"], [])
        case .group, .other, .none:
            var value: [String: JSONValue] = [:]
            if case .object(let given) = body { value = given }
            value["id"] = .string(id([]))
            return value
        }
    }

    private func thread(_ value: JSONValue?, _ steps: [SymbolicID.Step]) -> [String: JSONValue] {
        let first = value?["posts"]?.elements?.first
        let content = first?["body"]?["content"]?.string ?? ""
        let isHTML = first?["body"]?["contentType"]?.string?.lowercased() == "html"
        return [
            "id": .string(id(steps)),
            "topic": body["topic"] ?? .string(""),
            "hasAttachments": .boolean(first?["attachments"]?.elements?.isEmpty == false),
            "lastDeliveredDateTime": .string(GraphDate(microseconds: now).text),
            "uniqueSenders": .array([.string(author)]),
            "preview": .string(HTMLText.preview(content, isHTML: isHTML)),
            "isLocked": .boolean(false),
            "toRecipients": .array([]),
            "ccRecipients": .array([]),
        ]
    }

    private func post(_ value: JSONValue?, _ steps: [SymbolicID.Step]) -> [String: JSONValue] {
        var post: [String: JSONValue] = [
            "id": .string(id(steps)),
            "hasAttachments": .boolean(value?["attachments"]?.elements?.isEmpty == false),
            "createdDateTime": .string(GraphDate(microseconds: now).text),
            "receivedDateTime": .string(GraphDate(microseconds: now).text),
            "from": .object(["emailAddress": .object(["name": .string(author)])]),
            "newParticipants": value?["newParticipants"] ?? .array([]),
        ]
        post["body"] = value?["body"]
        return post
    }
}
