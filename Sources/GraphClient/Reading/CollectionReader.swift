import GraphModel

/// Reads whole collections, page by page, within a limit.
struct CollectionReader<Next: GraphService> {
    /// How a collection could not be read.
    enum Fault: Error {
        /// By the service's own answer.
        case refused(GraphResponse)
        /// By what was decided here.
        case error(GraphError)
    }

    /// What was read.
    struct Collection {
        var items: [JSONValue] = []
        var context: String?
        var count: Int64?
        /// The first answer.
        var first = GraphResponse(status: 200)
        /// Whether there may be more items, which the service does not give.
        var isCut = false
    }

    /// The most posts that Microsoft Graph gives at once, with no link to the rest (reference, section 9).
    static var largestPageOfPosts: Int { 100 }
    private static var pageSize: Int { 100 }

    let next: Next
    let links: ServiceLinks
    let limit: Int

    /// All items of a collection, or as many as are wanted.
    ///
    /// - Parameters:
    ///   - collection: The collection.
    ///   - query: What to ask for, besides the part.
    ///   - request: Whose headers are sent.
    ///   - skip: How many posts to pass over.
    ///   - most: How many posts to read at most; nil for all.
    ///   - known: The id of a post before the first, which must not turn up again.
    /// - Returns: What was read.
    /// - Throws: ``Fault``, or ``NoAnswer`` if no answer came.
    func read(
        _ collection: MailboxCollection,
        _ query: ReadingQuery,
        like request: GraphRequest,
        skip: Int = 0,
        most: Int? = nil,
        behind known: String? = nil
    ) async throws -> Collection {
        collection.kind == .posts
            ? try await readPosts(collection, query, like: request, skip: skip, most: most, behind: known)
            : try await follow(collection, query, like: request)
    }

    private func follow(
        _ collection: MailboxCollection,
        _ query: ReadingQuery,
        like request: GraphRequest
    ) async throws -> Collection {
        var query = query
        query["top"] = String(Self.pageSize)
        var whole = Collection()
        var place: (path: String, query: String)? = (collection.path, query.text)
        var seen: Set<String> = []
        while let here = place {
            let (page, response) = try await page(here.path, here.query, like: request)
            if seen.isEmpty {
                whole.first = response
                whole.context = page.context
                whole.count = page.count
            }
            whole.items += page.items
            try check(whole.items.count, of: collection)
            place = try page.nextLink.map { link throws in
                guard seen.insert(link).inserted else {
                    throw Fault.error(
                        GraphError(502, .unavailable, "The list does not end: the service gave a page twice.")
                    )
                }
                return try links.place(of: link)
            }
        }
        return whole
    }

    /// Posts by their places: a service that stops at a hundred gives the next hundred when it is told to pass over
    /// the first, and posts only ever come to the end.
    private func readPosts(
        _ collection: MailboxCollection,
        _ query: ReadingQuery,
        like request: GraphRequest,
        skip: Int,
        most: Int?,
        behind known: String?
    ) async throws -> Collection {
        var whole = Collection()
        var seen: Set<String> = known.map { [$0] } ?? []
        var query = query
        while most.map({ whole.items.count < $0 }) ?? true {
            let size = min(most.map { $0 - whole.items.count } ?? .max, Self.largestPageOfPosts)
            let place = skip + whole.items.count
            query["top"] = String(size)
            query["skip"] = place == 0 ? nil : String(place)
            let (page, response) = try await page(collection.path, query.text, like: request)
            if whole.items.isEmpty {
                whole.first = response
                whole.context = page.context
                whole.count = page.count
            }
            query["count"] = nil
            let ids = page.items.compactMap { $0["id"]?.string }
            guard seen.isDisjoint(with: ids) else {
                // $skip is not obeyed: there is no way to the rest.
                whole.isCut = true
                break
            }
            seen.formUnion(ids)
            whole.items += page.items
            try check(whole.items.count, of: collection)
            // A page that is not full is the last, unless it says itself that it is not.
            if page.items.isEmpty || page.items.count < size && page.nextLink == nil { break }
        }
        return whole
    }

    private func page(
        _ path: String,
        _ query: String,
        like request: GraphRequest
    ) async throws -> (CollectionPage, GraphResponse) {
        var request = request
        request.path = path
        request.query = query
        if let prefer = request.headers["Prefer"] {
            // How long pages are is decided here.
            let rest = prefer.split(separator: ",").filter { !$0.lowercased().contains("maxpagesize") }
            request.headers["Prefer"] = rest.isEmpty ? nil : rest.joined(separator: ",")
        }
        let response = try await next.respond(to: request)
        guard let page = CollectionPage(response) else { throw Fault.refused(response) }
        return (page, response)
    }

    // Untyped: with a type that depends on a parameter the optimizer of Swift 6.3.1 fails.
    private func check(_ count: Int, of collection: MailboxCollection) throws {
        guard count <= limit else {
            throw Fault.error(
                GraphError(
                    400,
                    .unsupportedQuery,
                    "The service does not filter, sort or search \(collection.kind.rawValue), and there are more than "
                        + "\(limit) of them, which is the most that is read to do it here. Ask for one conversation or "
                        + "thread, or read them with each and choose in the script."
                )
            )
        }
    }
}
