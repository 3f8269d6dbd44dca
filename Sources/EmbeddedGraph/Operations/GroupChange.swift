import GraphModel

/// What the body of a PATCH makes of a group (reference, sections 3.7 and 11.1).
struct GroupChange {
    /// The group as it will be.
    private(set) var group: Group
    /// Links to the users who are to become members.
    private(set) var members: [String] = []

    /// The most links in one request (reference, section 11.1).
    private static let maximumLinks = 20

    /// Reads the body of a PATCH.
    ///
    /// A client may send back the whole group: properties that cannot be changed may stand there as they are.
    ///
    /// - Throws: ``GraphError`` if the body would change one of those, or makes the group one that cannot be stored.
    init(_ body: [UInt8], of stored: Group) throws(GraphError) {
        (group, members) = try RequestBody.read(body) { reader in
            var group = stored
            var members: [String] = []
            try reader.object { reader, name in
                switch name {
                case "displayName": group.displayName = try reader.string()
                case "description": group.description = try reader.optionalString()
                case "mailNickname": group.mailNickname = try reader.string()
                case "visibility": group.visibility = try reader.string()
                case "securityEnabled": group.securityEnabled = try reader.boolean()
                case "members@odata.bind": try reader.list { reader, _ in members.append(try reader.string()) }
                case "id": try Self.keep("id", GroupID(try reader.string()) == stored.id)
                case "mail": try Self.keep("mail", try reader.optionalString() == stored.mail)
                case "mailEnabled": try Self.keep("mailEnabled", try reader.boolean() == stored.mailEnabled)
                case "groupTypes":
                    var types: [String] = []
                    try reader.list { reader, _ in types.append(try reader.string()) }
                    try Self.keep("groupTypes", types == stored.groupTypes)
                case "resourceBehaviorOptions":
                    var options: [String] = []
                    try reader.list { reader, _ in options.append(try reader.string()) }
                    try Self.keep("resourceBehaviorOptions", options == stored.resourceBehaviorOptions)
                case "createdDateTime":
                    try Self.keep("createdDateTime", GraphDate(try reader.string())?.text == stored.created.text)
                case _ where name.string.contains("@odata.") && !name.string.lowercased().hasSuffix("@odata.bind"):
                    break
                default: try Self.keep(name.string, false)
                }
            }
            return (group, members)
        }
        if group.visibility != stored.visibility, group.visibility == "HiddenMembership" {
            throw Self.refusal("visibility can be HiddenMembership only from the group's creation", "visibility")
        }
        if members.count > Self.maximumLinks {
            throw Self.refusal(
                "A resource cannot contain more than \(Self.maximumLinks) link changes",
                "members@odata.bind"
            )
        }
        if let fault = group.fault { throw Self.refusal("The group cannot be changed: \(fault)", nil) }
        // The address follows the nickname from which it was made.
        if group.mailNickname != stored.mailNickname, let mail = stored.mail,
            mail.lowercased().hasPrefix(stored.mailNickname.lowercased() + "@")
        {
            group.mail = group.mailNickname + mail.dropFirst(stored.mailNickname.count)
        }
    }

    private static func keep(_ name: String, _ isSame: Bool) throws(GraphError) {
        guard !isSame else { return }
        throw refusal(
            "The property '\(name.prefix(80))' of a group cannot be changed here; what can: displayName, description, "
                + "mailNickname, visibility, securityEnabled, members@odata.bind",
            name
        )
    }

    private static func refusal(_ message: String, _ member: String?) -> GraphError {
        GraphError(400, .directoryBadRequest, message + ".", target: member.map { "/\($0.prefix(80))" })
    }
}
