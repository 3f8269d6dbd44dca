/// A Microsoft 365 group, as far as conversations need it (reference, section 3.7).
package struct Group: Sendable, Equatable {
    package var id: GroupID
    package var displayName: String
    package var description: String?
    package var mail: String?
    package var mailNickname: String
    package var visibility: String
    /// `Unified` is a Microsoft 365 group, the only kind that has conversations.
    package var groupTypes: [String]
    package var securityEnabled: Bool
    package var mailEnabled: Bool
    package var created: GraphDate
    /// How it was made to behave, as in `AllowOnlyMembersToPost`; settled when it is made.
    package var resourceBehaviorOptions: [String]
    package var renewed: GraphDate?
    /// When it was deleted, if it can still be restored.
    package var deleted: GraphDate?
    /// The name by which it can be addressed instead of its id, as in `groups(uniqueName='sales')`.
    package var uniqueName: String?
    /// What is kept of the properties that nothing depends on; those that were never given are missing.
    package var details: [GroupDetail: JSONValue] = [:]

    package init(
        id: GroupID,
        displayName: String,
        description: String? = nil,
        mail: String? = nil,
        mailNickname: String,
        visibility: String = "Public",
        groupTypes: [String] = ["Unified"],
        securityEnabled: Bool = false,
        mailEnabled: Bool = true,
        created: GraphDate,
        resourceBehaviorOptions: [String] = []
    ) {
        self.id = id
        self.displayName = displayName
        self.description = description
        self.mail = mail
        self.mailNickname = mailNickname
        self.visibility = visibility
        self.groupTypes = groupTypes
        self.securityEnabled = securityEnabled
        self.mailEnabled = mailEnabled
        self.created = created
        self.resourceBehaviorOptions = resourceBehaviorOptions
    }

    /// Whether it has a mailbox, and so conversations.
    package var isUnified: Bool { groupTypes.contains("Unified") }

    /// What is wrong with the group, for a person; nil if it may be stored.
    package var fault: String? {
        if displayName.isEmpty || displayName.count > 256 { return "displayName must have 1 to 256 characters" }
        if let description, description.count > 1024 { return "description may have 1,024 characters at most" }
        if mailNickname.isEmpty || mailNickname.utf8.count > 64 { return "mailNickname must have 1 to 64 characters" }
        if mailNickname.utf8.contains(where: { $0 >= 0x7F || $0 <= 0x20 || "@()\\[]\";:<>,".utf8.contains($0) }) {
            return
                "mailNickname '\(mailNickname)' has a character that is not allowed: ASCII only, none of @()\\[]\";:<>, and space"
        }
        if !["Public", "Private", "HiddenMembership"].contains(visibility) {
            return "visibility is Public, Private or HiddenMembership, not '\(visibility)'"
        }
        if let uniqueName, uniqueName.isEmpty || uniqueName.count > 256 {
            return "uniqueName must have 1 to 256 characters"
        }
        return nil
    }

    /// Its addresses, the primary one first.
    package var proxyAddresses: [String] { mail.map { ["SMTP:" + $0] } ?? [] }

    /// Reads the body of `POST /groups`: the group, and who belongs to it from the beginning.
    package static func read(
        _ body: [UInt8],
        id: GroupID,
        created: GraphDate,
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> (group: Group, links: GroupLinks) {
        let (group, links) = try RequestBody.read(body, as: .group, noting: ignored) { reader in
            var links = GroupLinks()
            var group = Group(id: id, displayName: "", mailNickname: "", groupTypes: [], created: created)
            group.renewed = created
            try reader.object { reader, name in
                switch name {
                case "displayName": group.displayName = try reader.string()
                case "description": group.description = try reader.null() ? nil : try reader.string()
                case "mailNickname": group.mailNickname = try reader.string()
                case "visibility": if try !reader.null() { group.visibility = try reader.string() }
                case "mailEnabled": group.mailEnabled = try reader.boolean()
                case "securityEnabled": group.securityEnabled = try reader.boolean()
                case "groupTypes": try reader.list { reader, _ in group.groupTypes.append(try reader.string()) }
                case "resourceBehaviorOptions":
                    try reader.list { reader, _ in group.resourceBehaviorOptions.append(try reader.string()) }
                case "acceptedSenders", "rejectedSenders", "acceptedSenders@odata.bind", "rejectedSenders@odata.bind":
                    var fault = reader.fault("", code: .directoryBadRequest)
                    fault.reason = "Senders are accepted or rejected with POST …/$ref once the group is there"
                    throw fault
                case "uniqueName": group.uniqueName = try reader.optionalString()
                case "owners@odata.bind": try reader.list { reader, _ in links.owners.append(try reader.string()) }
                case "members@odata.bind": try reader.list { reader, _ in links.members.append(try reader.string()) }
                default:
                    if let detail = GroupDetail(name: name), detail.isSetAtCreation {
                        group.details[detail] = try detail.read(&reader)
                    }
                }
            }
            return (group, links)
        }
        try links.check()
        if let fault = group.fault {
            throw GraphError(400, .directoryBadRequest, "The group cannot be made: \(fault).")
        }
        return (group, links)
    }
}
