/// The kind of place that a path names, for counting: ids are left out, so that there are few.
enum RouteClass {
    private static let words: Set<String> = [
        "$batch", "$count", "$metadata", "$ref", "$value", "acceptedsenders", "attachments", "conversations",
        "createuploadsession", "extensions", "forward", "groups", "healthz", "inreplyto", "joinedgroups", "me",
        "memberof", "members", "metrics", "owners", "posts", "rejectedsenders", "reply", "threads", "users",
    ]

    /// The length of the longest word, in bytes; what is longer is an id.
    private static let longest = words.reduce(0) { max($0, $1.utf8.count) }
    /// The most segments that are told apart.
    private static let depth = 8

    /// The class of a path below the version: `/groups/{id}/threads`.
    static func of(_ path: String) -> String {
        let segments = path.utf8.prefix(2000).split(separator: UInt8(ascii: "/")).prefix(depth)
        return segments.reduce(into: "") { name, segment in
            // "%24" may stand for "$".
            guard segment.count <= longest + 2 else {
                name += "/{id}"
                return
            }
            var word = Substring(segment).lowercased()
            if word.utf8.first == UInt8(ascii: "%") { word.replace("%24", with: "$") }
            name += "/" + (words.contains(word) ? word : "{id}")
        }
    }
}
