import GraphModel

/// `/me`, `/users/{user}`, and the oldest documents' way to a group: `joinedGroups`.
enum UserOperations {
    static let routes = [Route(.get, "me", me)]

    @Sendable private static func me(_ context: OperationContext) throws -> GraphResponse {
        let caller = context.request.caller
        guard caller.kind != .application else {
            throw GraphError(400, .badRequest, "/me request is only valid with delegated authentication flow.")
        }
        return GraphResponse(
            json: JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#users/$entity")
                    writer.member("id", caller.id)
                    writer.member("displayName", caller.displayName)
                    writer.member("mail", caller.address)
                    writer.member("userPrincipalName", caller.address)
                }
            }
        )
    }

    /// A path below `/me/joinedGroups/{id}` or `/users/{user}/joinedGroups/{id}` as one below `/groups/{id}`
    /// (reference, section 4.3); the groups themselves are not reached this way.
    ///
    /// - Throws: ``GraphError`` if the user is not the caller.
    static func resolveJoinedGroups(_ path: String, _ caller: Caller) throws(GraphError) -> String {
        if path.hasPrefix("/groups/") { return path }
        var parts = Router.split(path)
        let isMine = parts.first?.lowercased() == "me"
        let start = isMine ? 1 : 2
        guard isMine || parts.first?.lowercased() == "users", parts.count > start + 2,
            parts[start].lowercased() == "joinedgroups"
        else { return path }
        if !isMine {
            let user = parts[1].lowercased()
            guard user == caller.id.lowercased() || user == caller.address.lowercased() else {
                throw GraphError(403, .accessDenied, "Access is denied. Check credentials and try again.")
            }
        }
        parts.replaceSubrange(...start, with: ["groups"])
        return "/" + parts.map { PercentEncoding.encode($0) }.joined(separator: "/")
    }
}
