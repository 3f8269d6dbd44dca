import GraphModel
import Storage

// Groups as they are stored, and as answers show them.

extension GroupOperations {
    static func row(_ statement: PreparedStatement) throws -> Group {
        let types = try JSONValue((statement.text(6) ?? "[]").utf8).elements ?? []
        let options = try JSONValue((statement.text(11) ?? "[]").utf8).elements ?? []
        var group = Group(
            id: GroupID(statement.text(0) ?? "") ?? GroupID.random(),
            displayName: statement.text(1) ?? "",
            description: statement.text(2),
            mail: statement.text(3),
            mailNickname: statement.text(4) ?? "",
            visibility: statement.text(5) ?? "",
            groupTypes: types.compactMap(\.string),
            securityEnabled: statement.integer(7) == 1,
            mailEnabled: statement.integer(8) == 1,
            created: GraphDate(microseconds: statement.integer(9)),
            resourceBehaviorOptions: options.compactMap(\.string)
        )
        if !statement.isNull(12) { group.deleted = GraphDate(microseconds: statement.integer(12)) }
        if !statement.isNull(13) { group.renewed = GraphDate(microseconds: statement.integer(13)) }
        group.uniqueName = statement.text(14)
        if let text = statement.text(15), text != "{}", case .object(let details) = try JSONValue(text.utf8) {
            for (name, value) in details {
                if let detail = GroupDetail(rawValue: name) { group.details[detail] = value }
            }
        }
        return group
    }

    static func write(
        _ group: Group,
        _ selection: Selection,
        _ writer: inout JSONWriter,
        context: String? = nil,
        type: String? = nil,
        _ state: PersonalState? = nil
    ) {
        writer.object { writer in
            if let context { writer.member("@odata.context", context) }
            if let type { writer.member("@odata.type", type) }
            state?.write(selection, &writer)
            writeMembers(of: group, selection, &writer)
        }
    }

    /// Writes what is selected of a group into an object that has begun.
    static func writeMembers(of group: Group, _ selection: Selection, _ writer: inout JSONWriter) {
        writer.member("id", group.id.text)
        if selection.wants("createdDateTime") { writer.member("createdDateTime", group.created.text) }
        if selection.wants("description") { writer.member("description", group.description) }
        if selection.wants("displayName") { writer.member("displayName", group.displayName) }
        if selection.wants("groupTypes") {
            writer.name("groupTypes")
            writer.array { writer in
                for type in group.groupTypes { writer.string(type) }
            }
        }
        if selection.wants("mail") { writer.member("mail", group.mail) }
        if selection.wants("mailEnabled") { writer.member("mailEnabled", group.mailEnabled) }
        if selection.wants("mailNickname") { writer.member("mailNickname", group.mailNickname) }
        if selection.wants("resourceBehaviorOptions") {
            writer.name("resourceBehaviorOptions")
            writer.array { writer in
                for option in group.resourceBehaviorOptions { writer.string(option) }
            }
        }
        if selection.wants("securityEnabled") { writer.member("securityEnabled", group.securityEnabled) }
        if selection.wants("visibility") { writer.member("visibility", group.visibility) }
        writeRest(group, selection, &writer)
    }

    private static func writeRest(_ group: Group, _ selection: Selection, _ writer: inout JSONWriter) {
        if selection.wants("deletedDateTime") { writer.member("deletedDateTime", group.deleted?.text) }
        if selection.wants("expirationDateTime") { writer.member("expirationDateTime", nil as String?) }
        if selection.wants("proxyAddresses") {
            writer.name("proxyAddresses")
            writer.array { writer in
                for address in group.proxyAddresses { writer.string(address) }
            }
        }
        if selection.wants("renewedDateTime") {
            writer.member("renewedDateTime", (group.renewed ?? group.created).text)
        }
        if selection.wants("securityIdentifier") { writer.member("securityIdentifier", group.id.securityIdentifier) }
        if selection.asksFor("uniqueName") { writer.member("uniqueName", group.uniqueName) }
        for detail in GroupDetail.allCases {
            let name = detail.rawValue
            guard detail.isShownByDefault ? selection.wants(name) : selection.asksFor(name) else { continue }
            writer.name(name)
            writer.value(group.details[detail] ?? detail.initial)
        }
    }
}
