import GraphModel

/// What a request is about, as far as simulators need to know: whose mailbox, which objects.
struct RequestPlace: Sendable {
    /// The decoded segments of the path; `groups('ID')` counts as `groups/ID`.
    let segments: [String]

    init(_ request: GraphRequest) { self.init(path: request.path) }

    init(path: String) {
        var segments: [String] = []
        for raw in path.pathSegments {
            let part = PercentEncoding.decode(String(raw))
            if part.hasSuffix("')"), let open = part.firstIndex(of: "("), part[open...].hasPrefix("('") {
                segments.append(String(part[..<open]))
                segments.append(String(part[open...].dropFirst(2).dropLast(2)))
            } else {
                segments.append(part)
            }
        }
        self.segments = segments
    }

    /// What of a group lies in its mailbox.
    private static let mailboxContents: Set<String> = [
        "conversations", "threads", "acceptedsenders", "rejectedsenders",
    ]

    /// The group in whose mailbox the request works; nil if it is about the directory.
    var mailbox: String? {
        guard segments.count > 2, segments[0].lowercased() == "groups",
            Self.mailboxContents.contains(segments[2].lowercased())
        else { return nil }
        // What is no id has no mailbox that would be worth a memory.
        return GroupID(segments[1])?.text
    }

    /// Whether it is about open extensions.
    var isAboutExtensions: Bool { segments.contains { $0.lowercased() == "extensions" } }
}
