import GraphModel

// What several operations refuse in the same words.

extension GraphError {
    /// There is no such conversation, thread, post or attachment.
    static var itemNotFound: GraphError {
        GraphError(404, .itemNotFound, "The specified object was not found in the store.")
    }
}

extension OperationContext {
    /// Refuses what Graph lets no application do, start a thread or answer one (reference, section 4.1), unless the store
    /// is to let them.
    func refusePostingByApplications() throws(GraphError) {
        if !applicationsMayPost { try refuseApplications() }
    }

    /// Refuses what only a signed-in user may do.
    func refuseApplications() throws(GraphError) {
        guard request.caller.kind != .application else {
            throw GraphError(403, .accessDenied, "Access is denied. Check credentials and try again.")
        }
    }

    /// Refuses `$expand` where nothing can be expanded.
    func refuseExpand() throws(GraphError) {
        guard let expand = options.expand, !expand.isEmpty else { return }
        throw GraphError(400, .expandNotSupported, "'\(expand.prefix(60))' cannot be expanded here.")
    }

    /// Refuses `$filter`, `$orderby` and `$search` where nothing can be filtered.
    func refuseFilter() throws(GraphError) {
        guard options.filter != nil || options.orderBy != nil || options.search != nil else { return }
        throw GraphError(
            400,
            .badRequest,
            "Invalid filter clause: the embedded store cannot filter, sort or search this collection."
        )
    }
}
