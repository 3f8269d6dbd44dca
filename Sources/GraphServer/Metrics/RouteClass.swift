/// The kind of place that a path names, for counting: ids are left out, so that there are few.
enum RouteClass {
    private static let words: Set<String> = [
        "$batch", "$count", "$metadata", "$ref", "$value", "acceptedsenders", "attachments", "conversations",
        "createuploadsession", "extensions", "forward", "groups", "healthz", "inreplyto", "joinedgroups", "me",
        "memberof", "members", "metrics", "owners", "posts", "rejectedsenders", "reply", "threads", "users",
    ]

    /// The most segments that are told apart.
    private static let depth = 8

    /// The class of a path below the version: `/groups/{id}/threads`.
    static func of(_ path: String) -> String {
        let segments = path.prefix(2000).split(separator: "/").prefix(depth)
        return segments.reduce(into: "") { name, segment in
            let word = segment.lowercased().replacing("%24", with: "$")
            name += "/" + (words.contains(word) ? word : "{id}")
        }
    }
}
