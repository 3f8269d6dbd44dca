import GraphModel

extension OperationContext {
    /// Refuses in strict mode a query that Graph's directory answers only from its index, unless the client says by
    /// `ConsistencyLevel: eventual` that this will do (reference, section 9).
    ///
    /// - Parameters:
    ///   - isCount: Whether the number of items is asked for, by `/$count`.
    ///   - ofReferences: Whether the collection is of those that an object refers to, such as members: these are
    ///     filtered by the index alone.
    /// - Throws: ``GraphError`` if the header is missing, or with a filter `$count=true`.
    func requireConsistency(isCount: Bool = false, ofReferences: Bool = false) throws(GraphError) {
        guard mode == .strict else { return }
        var isFiltered = false
        if let filter = options.filter {
            let isAdvanced = try FilterParser.parse(filter).isAdvanced
            isFiltered = isAdvanced || ofReferences || options.orderBy != nil
        }
        let isSorted = ofReferences && options.orderBy != nil
        guard isCount || isFiltered || isSorted || options.count || options.search != nil else { return }
        guard request.headers["ConsistencyLevel"]?.lowercased() == "eventual" else {
            throw Self.unsupportedQuery("the header 'ConsistencyLevel: eventual'")
        }
        guard !isFiltered || isCount || options.count else { throw Self.unsupportedQuery("$count=true") }
    }

    /// Refuses a page that is larger than the directory gives.
    func refuseLargePage() throws(GraphError) {
        guard let top = options.top, top > Page.maximum else { return }
        throw GraphError(
            400,
            .directoryBadRequest,
            "Invalid page size \(top) for $top; it is \(Page.maximum) at most."
        )
    }

    private static func unsupportedQuery(_ missing: String) -> GraphError {
        GraphError(400, .unsupportedQuery, "This query is an advanced one, for which \(missing) is needed.")
    }
}
