import GraphModel

/// What a signed-in user tells a group about themselves, and the checks of a group's names (reference, section 4.2).
enum PersonalOperations {
    static let routes = [
        action("subscribeByMail") { table, _ in try table.setSubscribed(true) },
        action("unsubscribeByMail") { table, _ in try table.setSubscribed(false) },
        action("addFavorite") { table, _ in try table.setFavorite(true) },
        action("removeFavorite") { table, _ in try table.setFavorite(false) },
        action("resetUnseenCount") { table, now in try table.see(at: now) },
        Route(.post, "groups/{group}/validateProperties", validate),
    ]

    private static func action(
        _ name: String,
        _ body: @escaping @Sendable (PersonalStateTable, Int64) throws -> Void
    ) -> Route {
        Route(.post, "groups/{group}/\(name)") { context in
            try context.refuseApplications()
            let group = try GroupOperations.readable(context)
            try body(try PersonalStateTable(group, context), context.now)
            return context.nothing
        }
    }

    /// Checks whether the group could have a display name and a nickname; nothing is changed.
    @Sendable private static func validate(_ context: OperationContext) throws -> GraphResponse {
        let id = try GroupOperations.existing(context)
        let proposed = try RequestBody.read(context.request.body, noting: context.ignored) { reader in
            var group = Group(id: id, displayName: "x", mailNickname: "x", created: GraphDate(microseconds: 0))
            try reader.object { reader, name in
                switch name {
                case "displayName": if let text = try reader.optionalString() { group.displayName = text }
                case "mailNickname": if let text = try reader.optionalString() { group.mailNickname = text }
                case "onBehalfOfUserId": _ = try reader.optionalString()
                default: break
                }
            }
            return group
        }
        if let fault = proposed.fault { throw violation(fault, proposed.displayName.isEmpty ? "displayName" : nil) }
        let table = GroupTable(context.connection)
        if let owner = try table.idOf(nickname: proposed.mailNickname), owner != id.text {
            throw violation("mailNickname '\(proposed.mailNickname)' belongs to another group", "mailNickname")
        }
        return GraphResponse(status: 204)
    }

    private static func violation(_ fault: String, _ member: String?) -> GraphError {
        GraphError(
            422,
            .directoryBadRequest,
            "The group cannot be called so: \(fault).",
            target: member.map { "/" + $0 }
        )
    }
}
