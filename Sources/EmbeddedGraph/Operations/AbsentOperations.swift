import GraphModel

/// What a strict server refuses although its path fits something else: Graph has no changes of conversations and posts
/// (reference, sections 9 and 20).
enum AbsentOperations {
    static let routes = ["delta", "delta()", "microsoft.graph.delta()"].flatMap { name in
        [
            "groups/{group}/conversations", "groups/{group}/threads/{thread}/posts",
            "groups/{group}/conversations/{conversation}/threads/{thread}/posts",
        ].map { path in
            Route(.get, "\(path)/\(name)", onlyIn: .strict) { _ in throw Router.unknownSegment(name) }
        }
    }
}
