import GraphModel
import Storage

// What makes, changes and deletes groups (reference, section 11.1).

extension GroupOperations {
    @Sendable static func create(_ context: OperationContext) throws -> GraphResponse {
        try create(context, uniqueName: nil)
    }

    /// Makes a group, with its owners and members; a signed-in user owns what they make.
    private static func create(_ context: OperationContext, uniqueName: String?) throws -> GraphResponse {
        let id = GroupID.random()
        let created = GraphDate(microseconds: context.now)
        var (group, links) = try Group.read(
            context.request.body,
            id: id,
            created: created,
            noting: context.ignored
        )
        if let uniqueName {
            guard group.uniqueName.map({ $0 == uniqueName }) ?? true else {
                throw GraphError(
                    400,
                    .directoryBadRequest,
                    "The uniqueName of the body must be that of the path, '\(uniqueName.prefix(80))'.",
                    target: "/uniqueName"
                )
            }
            group.uniqueName = uniqueName
            if let fault = group.fault {
                throw GraphError(400, .directoryBadRequest, "The group cannot be made: \(fault).")
            }
        }
        try requireFreeNames(group, context)
        group.mail = group.mailEnabled ? "\(group.mailNickname)@contoso.example" : nil
        let table = GroupTable(context.connection)
        let owners = MembershipTable(.owner, of: id, context.connection)
        let members = MembershipTable(.member, of: id, context.connection)
        var newOwners = try owners.newUsers(links.owners)
        let newMembers = try members.newUsers(links.members)
        try table.purge(now: context.now)
        try table.insert(group)
        if context.request.caller.kind == .delegated {
            let caller = try UserTable(context.connection).find(or: context.request.caller)
            if !newOwners.contains(caller) { newOwners.append(caller) }
        }
        for user in newOwners { try owners.add(user) }
        for user in newMembers { try members.add(user) }
        return entity(group, Selection(), context, status: 201)
    }

    /// Changes a group, or makes it if it is named by its unique name, is missing and the caller prefers that.
    @Sendable static func update(_ context: OperationContext) throws -> GraphResponse {
        if let name = uniqueName(context), try GroupTable(context.connection).idOf(uniqueName: name) == nil {
            let preferences = (context.request.headers["Prefer"] ?? "").lowercased().split(separator: ",")
            guard preferences.contains(where: { $0.filter { $0 != " " } == "create-if-missing" }) else {
                throw unknown(name)
            }
            return try create(context, uniqueName: name)
        }
        let stored = try find(context)
        let change = try GroupChange(context.request.body, of: stored)
        try requireFreeNames(change.group, context)
        let table = GroupTable(context.connection)
        let owners = MembershipTable(.owner, of: stored.id, context.connection)
        let members = MembershipTable(.member, of: stored.id, context.connection)
        let newOwners = try owners.newUsers(change.links.owners)
        let newMembers = try members.newUsers(change.links.members)
        if let isSubscribed = change.isSubscribedByMail {
            try PersonalStateTable(readable(context), context).setSubscribed(isSubscribed)
        }
        _ = try table.upsert(change.group)
        if change.group.details != stored.details { try table.setDetails(of: change.group) }
        for user in newOwners { try owners.add(user) }
        for user in newMembers { try members.add(user) }
        return GraphResponse(status: 204)
    }

    /// Deletes a group; one that has a mailbox can be restored for 30 days.
    @Sendable static func delete(_ context: OperationContext) throws -> GraphResponse {
        let group = try find(context)
        let table = GroupTable(context.connection)
        try table.purge(now: context.now)
        if group.isUnified { try table.softDelete(group.id, at: context.now) } else { try table.delete(group.id) }
        return GraphResponse(status: 204)
    }

    /// Notes that a group is still in use.
    @Sendable static func renew(_ context: OperationContext) throws -> GraphResponse {
        var group = try find(context)
        group.renewed = GraphDate(microseconds: context.now)
        try GroupTable(context.connection).setDetails(of: group)
        return GraphResponse(status: 204)
    }

    private static func find(_ context: OperationContext) throws -> Group {
        let id = try id(context)
        let find = try context.connection.prepare(columns + " WHERE id = $1 AND deletedAt IS NULL")
        find.bind(id.text, 1)
        guard try find.step() else { throw unknown(id.text) }
        defer { find.reset() }
        return try row(find)
    }
}
