import GraphModel

/// A collection of a group's mailbox that a path names: conversations, threads or posts.
struct MailboxCollection: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case conversations, threads, posts
    }

    var kind: Kind
    /// The collection's path, as it came.
    var path: String
    /// The path of the group.
    var group: String
    /// Whether only the number of items is asked for.
    var isCount = false

    /// Recognizes a path such as `/groups/ID/threads/ID/posts`, keys behind slashes or in parentheses; nil if it names
    /// something else.
    init?(_ path: String) {
        var segments = path.pathSegments.map(String.init)
        if segments.last?.lowercased() == "$count" {
            isCount = true
            segments.removeLast()
        }
        self.path = "/" + segments.joined(separator: "/")
        var names: [String] = []
        var ends: [Int] = []
        var index = 0
        while index < segments.count {
            let segment = PercentEncoding.decode(segments[index])
            if let open = segment.firstIndex(of: "("), segment.hasSuffix("')") {
                names.append(segment[..<open].lowercased())
            } else {
                names.append(segment.lowercased())
                if index + 1 < segments.count { index += 1 } else { names.append("") }
            }
            ends.append(index)
            index += 1
        }
        // Only the last name stands without a key.
        guard names.last == "" else { return nil }
        switch names.dropLast() {
        case ["groups", "conversations"]: kind = .conversations
        case ["groups", "threads"], ["groups", "conversations", "threads"]: kind = .threads
        case ["groups", "threads", "posts"], ["groups", "conversations", "threads", "posts"]: kind = .posts
        default: return nil
        }
        group = "/" + segments[...ends[0]].joined(separator: "/")
    }

    /// Whether the service gives the newest first.
    var isNewestFirst: Bool { kind != .posts }

    /// What can be asked of its items.
    var properties: [FilterProperty<JSONPlace>] {
        switch kind {
        case .conversations: Self.conversation
        case .threads: Self.thread
        case .posts: Self.post
        }
    }

    // MARK: What can be asked of the items, as in the embedded store (reference, section 9)

    private static let delivered: [FilterProperty<JSONPlace>] = [
        .init(name: "id", place: JSONPlace("id"), kind: .identifier),
        .init(name: "topic", place: JSONPlace("topic"), kind: .text),
        .init(name: "preview", place: JSONPlace("preview"), kind: .text),
        .init(name: "hasAttachments", place: JSONPlace("hasAttachments"), kind: .boolean),
        .init(name: "lastDeliveredDateTime", place: JSONPlace("lastDeliveredDateTime"), kind: .moment),
        .init(
            name: "uniqueSenders",
            place: JSONPlace("uniqueSenders"),
            kind: .textList(element: JSONPlace(isOfElement: true))
        ),
        .init(
            name: "singleValueExtendedProperties",
            place: JSONPlace("singleValueExtendedProperties"),
            kind: .rows(extendedProperty)
        ),
    ]
    private static let conversation: [FilterProperty<JSONPlace>] = delivered + closed("threads")
    private static let thread: [FilterProperty<JSONPlace>] = {
        var properties = delivered
        let isLocked = FilterProperty(name: "isLocked", place: JSONPlace("isLocked"), kind: .boolean)
        // Refusals name the properties in this order.
        properties.insert(isLocked, at: 4)
        return properties + closed("toRecipients", "ccRecipients", "posts")
    }()
    private static let post: [FilterProperty<JSONPlace>] =
        [
            .init(name: "id", place: JSONPlace("id"), kind: .identifier),
            .init(name: "createdDateTime", place: JSONPlace("createdDateTime"), kind: .moment),
            .init(name: "lastModifiedDateTime", place: JSONPlace("lastModifiedDateTime"), kind: .moment),
            .init(name: "receivedDateTime", place: JSONPlace("receivedDateTime"), kind: .moment),
            .init(name: "hasAttachments", place: JSONPlace("hasAttachments"), kind: .boolean),
        ]
        + ["from", "sender"].flatMap { who in
            ["address", "name"].map { what in
                .init(
                    name: "\(who)/emailAddress/\(what)",
                    place: JSONPlace(who, "emailAddress", what),
                    kind: .text
                )
            }
        } + [
            .init(
                name: "singleValueExtendedProperties",
                place: JSONPlace("singleValueExtendedProperties"),
                kind: .rows(extendedProperty)
            ),
            .init(name: "extensions", place: JSONPlace("extensions"), kind: .rows(openExtension)),
        ]
        + closed(
            "body",
            "body/content",
            "changeKey",
            "categories",
            "newParticipants",
            "attachments",
            "inReplyTo",
            "multiValueExtendedProperties"
        )

    private static let openExtension: [FilterProperty<JSONPlace>] = [
        .init(name: "id", place: JSONPlace("id", isOfElement: true), kind: .extensionName),
        .init(name: "extensionName", place: JSONPlace("extensionName", isOfElement: true), kind: .extensionName),
    ]
    private static let extendedProperty: [FilterProperty<JSONPlace>] = [
        .init(name: "id", place: JSONPlace("id", isOfElement: true), kind: .propertyID),
        .init(name: "value", place: JSONPlace("value", isOfElement: true), kind: .text),
    ]

    private static func closed(_ names: String...) -> [FilterProperty<JSONPlace>] {
        names.map { FilterProperty(name: $0, place: JSONPlace(), kind: .closed) }
    }
}
