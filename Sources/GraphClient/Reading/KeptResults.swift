import GraphModel

/// What queries found that were carried out here, for their further pages.
struct KeptResults {
    /// What one query found.
    struct Result {
        /// The query, and where it was asked.
        var key: String
        var items: [JSONValue]
        var context: String?
    }

    /// How many are kept; others are made again when their next page is asked for.
    private static let limit = 8

    /// The oldest first.
    private var results: [Result] = []

    subscript(key: String) -> Result? { results.first { $0.key == key } }

    /// Keeps a result in place of an older one of the same query, unless its last page has been given.
    mutating func keep(_ result: Result, hasMore: Bool) {
        results.removeAll { $0.key == result.key }
        guard hasMore else { return }
        if results.count >= Self.limit { results.removeFirst() }
        results.append(result)
    }
}
