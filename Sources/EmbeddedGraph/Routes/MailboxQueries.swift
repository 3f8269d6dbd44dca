import GraphModel

// What may be asked of the collections of a mailbox: everything, or in strict mode what Graph's own mailboxes answer
// (reference, sections 9 and 20).

extension OperationContext {
    /// The most posts that a strict server gives, of however many there are.
    private static let maximumPosts = 100

    /// The options of a query over conversations, threads or posts.
    ///
    /// - Parameter filterable: What a strict server filters by: a collection's name; nil for nothing.
    /// - Returns: The options that hold.
    /// - Throws: ``GraphError`` for a filter or a search that a strict server does not have.
    func mailboxOptions(filteringBy filterable: String? = nil) throws(GraphError) -> QueryOptions {
        guard mode == .strict else { return options }
        if let filter = options.filter {
            let expression = try FilterParser.parse(filter)
            guard let filterable, expression.concernsOnly(filterable) else { throw Self.filterRefusal }
        }
        return try optionsWithoutOrder()
    }

    /// The options of a query over conversations, which Graph filters, but not by posts' properties.
    func conversationOptions() throws(GraphError) -> QueryOptions {
        guard mode == .strict else { return options }
        if let filter = options.filter {
            guard try !FilterParser.parse(filter).concerns("singleValueExtendedProperties") else {
                throw Self.filterRefusal
            }
        }
        return try optionsWithoutOrder()
    }

    private func optionsWithoutOrder() throws(GraphError) -> QueryOptions {
        guard options.search == nil else {
            throw GraphError(400, .searchNotSupported, "$search is not supported on this collection.")
        }
        var options = options
        options.orderBy = nil
        return options
    }

    private static var filterRefusal: GraphError {
        GraphError(501, .filteringOnConversations, "$filter is not supported on this collection.")
    }

    /// A page of posts: a strict server gives a hundred at most, and no link to the rest.
    func pageOfPosts(type: String) -> Page {
        guard mode == .strict else { return Page(context: self, type: type, defaultSize: 20) }
        return Page(
            context: self,
            type: type,
            defaultSize: Self.maximumPosts,
            maximumSize: Self.maximumPosts,
            hasLink: false
        )
    }

    /// What `$expand` asks for.
    ///
    /// - Parameter known: What the type can expand.
    /// - Returns: The expansions in the order of the text.
    /// - Throws: ``GraphError`` for what cannot be expanded, and for what a strict server does not.
    func expansions(_ known: [String]) throws(GraphError) -> [Expansion] {
        let expansions = try Expansion.read(options.expand, known)
        guard mode == .strict else { return expansions }
        if expansions.contains(where: { $0.options.expand != nil }) {
            throw Expansion.refusal("only one level can be expanded")
        }
        if expansions.contains(where: { $0.name == "attachments" }) { try refuseApplicationsIfStrict() }
        return expansions
    }

    /// Refuses what Graph lets signed-in users do alone, and a lenient server applications, too.
    func refuseApplicationsIfStrict() throws(GraphError) {
        if mode == .strict { try refuseApplications() }
    }
}
