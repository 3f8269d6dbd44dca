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
        return nil
    }

    /// Reads the body of `POST /groups`.
    package static func read(
        _ body: [UInt8],
        id: GroupID,
        created: GraphDate,
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> Group {
        let group = try RequestBody.read(body, noting: ignored) { reader in
            var group = Group(id: id, displayName: "", mailNickname: "", groupTypes: [], created: created)
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
                default: break
                }
            }
            return group
        }
        if let fault = group.fault {
            throw GraphError(400, .directoryBadRequest, "The group cannot be made: \(fault).")
        }
        return group
    }
}
