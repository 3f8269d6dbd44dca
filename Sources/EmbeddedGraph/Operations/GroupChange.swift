import GraphModel

/// What the body of a PATCH makes of a group (reference, sections 3.7 and 11.1).
struct GroupChange {
    /// The group as it will be.
    private(set) var group: Group
    /// The users who are to become members or owners.
    private(set) var links: GroupLinks
    /// Whether the caller is to get the group's posts by mail; nil leaves it as it is.
    private(set) var isSubscribedByMail: Bool?

    /// Reads the body of a PATCH.
    ///
    /// A client may send back the whole group: properties that cannot be changed may stand there as they are.
    ///
    /// - Throws: ``GraphError`` if the body would change one of those, or makes the group one that cannot be stored.
    init(_ body: [UInt8], of stored: Group) throws(GraphError) {
        (group, links, isSubscribedByMail) = try RequestBody.read(body) { reader in
            var group = stored
            var links = GroupLinks()
            var isSubscribedByMail: Bool?
            try reader.object { reader, name in
                switch name {
                case "displayName": group.displayName = try reader.string()
                case "description": group.description = try reader.optionalString()
                case "mailNickname": group.mailNickname = try reader.string()
                case "visibility": group.visibility = try reader.string()
                case "securityEnabled": group.securityEnabled = try reader.boolean()
                case "members@odata.bind": try reader.list { reader, _ in links.members.append(try reader.string()) }
                case "owners@odata.bind": try reader.list { reader, _ in links.owners.append(try reader.string()) }
                case "isSubscribedByMail": isSubscribedByMail = try reader.boolean()
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
                case "renewedDateTime", "expirationDateTime", "deletedDateTime", "proxyAddresses", "securityIdentifier":
                    let value = try JSONValue(from: &reader)
                    try Self.keep(name.string, Self.shown(name.string, of: stored) == value)
                case "uniqueName": try Self.keep("uniqueName", try reader.optionalString() == stored.uniqueName)
                default: try Self.change(name, of: &group, &reader)
                }
            }
            return (group, links, isSubscribedByMail)
        }
        if group.visibility != stored.visibility, group.visibility == "HiddenMembership" {
            throw Self.refusal("visibility can be HiddenMembership only from the group's creation", "visibility")
        }
        try links.check()
        if let fault = group.fault { throw Self.refusal("The group cannot be changed: \(fault)", nil) }
        // The address follows the nickname from which it was made.
        if group.mailNickname != stored.mailNickname, let mail = stored.mail,
            mail.lowercased().hasPrefix(stored.mailNickname.lowercased() + "@")
        {
            group.mail = group.mailNickname + mail.dropFirst(stored.mailNickname.count)
        }
    }

    private static func change(_ name: JSONName, of group: inout Group, _ reader: inout JSONReader) throws {
        guard let detail = GroupDetail(name: name) else { return try keep(name.string, false) }
        let value = try detail.read(&reader)
        if !detail.isChangeable { try keep(detail.rawValue, value == group.details[detail] ?? detail.initial) }
        group.details[detail] = value
    }

    /// What a group shows of a property that only the service sets.
    private static func shown(_ name: String, of group: Group) -> JSONValue {
        switch name.lowercased() {
        case "proxyaddresses": .array(group.proxyAddresses.map { .string($0) })
        case "securityidentifier": .string(group.id.securityIdentifier)
        case "renewedDateTime".lowercased(): .string((group.renewed ?? group.created).text)
        case "deletedDateTime".lowercased(): group.deleted.map { .string($0.text) } ?? .null
        default: .null
        }
    }

    private static func keep(_ name: String, _ isSame: Bool) throws(GraphError) {
        guard !isSame else { return }
        throw refusal(
            "The property '\(name.prefix(80))' of a group cannot be changed here; what can: displayName, description, "
                + "mailNickname, visibility, securityEnabled, members@odata.bind, owners@odata.bind, isSubscribedByMail, "
                + GroupDetail.allCases.filter(\.isChangeable).map(\.rawValue).joined(separator: ", "),
            name
        )
    }

    private static func refusal(_ message: String, _ member: String?) -> GraphError {
        GraphError(400, .directoryBadRequest, message + ".", target: member.map { "/\($0.prefix(80))" })
    }
}
