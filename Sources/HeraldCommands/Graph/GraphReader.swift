import GraphModel

/// Reads things from a backend for commands that show them.
struct GraphReader {
    /// One thing as it was answered.
    struct Item: Sendable {
        /// The JSON text.
        var json: [UInt8]
        var value: JSONValue
    }

    /// A list, or the beginning of one.
    struct List: Sendable {
        var items: [Item]
        /// Whether the list goes on.
        var hasMore: Bool
    }

    let service: any GraphService
    let caller: Caller
    /// What links begin with: scheme, authority and version, without a final "/".
    var root = GraphRequest.localServiceRoot

    /// The most items that one page is asked to hold.
    private static let pageSize = 100

    /// Reads one thing.
    ///
    /// - Throws: ``GraphError`` if it is refused, ``NoAnswer`` if no answer came.
    func item(_ path: GraphPath, query: String = "") async throws -> Item {
        let body = try await answer(path.description, query).body
        return Item(json: body, value: try JSONReader.read(body) { try JSONValue(from: &$0) })
    }

    /// Reads a list, page by page.
    ///
    /// - Parameters:
    ///   - path: The list's path.
    ///   - query: What to ask for, besides the size of a page.
    ///   - top: How many items at most; nil for all.
    /// - Returns: The items, in the order of the list.
    /// - Throws: ``GraphError`` if it is refused, ``NoAnswer`` if no answer came.
    func list(_ path: GraphPath, query: String = "", top: Int? = nil) async throws -> List {
        var items: [Item] = []
        let size = "$top=\(min(top ?? Self.pageSize, Self.pageSize))"
        var next: (path: String, query: String)? = (path.description, query.isEmpty ? size : "\(query)&\(size)")
        var seen: Set<String> = []
        while let place = next {
            let page = try page(try await answer(place.path, place.query).body)
            items += page.items
            if let top, items.count > top || (items.count == top && page.nextLink != nil) {
                return List(items: Array(items.prefix(top)), hasMore: true)
            }
            next = try page.nextLink.map { link in
                guard seen.insert(link).inserted else {
                    throw Failure(.failed, "The list does not end: the service gave the same next page twice.")
                }
                return try self.place(of: link)
            }
        }
        return List(items: items, hasMore: false)
    }

    private func answer(_ path: String, _ query: String) async throws -> GraphResponse {
        let response = try await service.respond(
            to: GraphRequest(.get, path, query: query, caller: caller, serviceRoot: root)
        )
        if let error = response.error { throw error }
        return response
    }

    private func page(_ body: [UInt8]) throws -> (items: [Item], nextLink: String?) {
        var items: [Item] = []
        var nextLink: String?
        try JSONReader.read(body) { reader in
            try reader.object { reader, name in
                switch name {
                case "value":
                    try reader.array { reader, _ in
                        let json = try reader.raw()
                        items.append(Item(json: json, value: try JSONReader.read(json) { try JSONValue(from: &$0) }))
                    }
                case "@odata.nextLink" where reader.kind == .string: nextLink = try reader.string()
                default: break
                }
            }
        }
        return (items, nextLink)
    }

    /// The path and the query of a link that the service made, which begins with the root that the request named.
    private func place(of link: String) throws -> (path: String, query: String) {
        guard link.hasPrefix(root + "/") else {
            throw Failure(.failed, "The service's next page is elsewhere: \(link)")
        }
        let parts = link.dropFirst(root.count).split(separator: "?", maxSplits: 1)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }
}
