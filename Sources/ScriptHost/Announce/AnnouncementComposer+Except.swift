import Announcements
import GraphModel
import LuaRuntime

/// Groups that a script leaves out of its announcement.
extension AnnouncementComposer {
    /// Leaves out the groups that a table's rows mean, by its column of ids.
    func leaveOut(_ table: CSVTable) async throws(HostError) {
        guard let column = table.column(caseInsensitive: "id") else {
            throw AnnouncementSpec.fault(
                "'except': \(table.name) has no column 'id' to say which group a row means; its columns are "
                    + table.columns.joined(separator: ", ")
            )
        }
        var groups: Set<GroupID> = []
        for row in table.rows {
            let id = row[column]
            guard let group = GroupID(padded: id) else {
                await fault(id, at: "\(table.name):\(row.line)")
                continue
            }
            groups.insert(group)
        }
        await draft.exclude(groups)
    }

    /// Leaves out groups by their ids, or by tables that have an id.
    func leaveOut(_ entries: [JSONValue]) async {
        var groups: Set<GroupID> = []
        for entry in entries {
            exceptions += 1
            let id = entry.string ?? entry.member("id")?.string ?? ""
            guard let group = GroupID(padded: id) else {
                await fault(id, at: "'except', entry \(exceptions)")
                continue
            }
            groups.insert(group)
        }
        await draft.exclude(groups)
    }

    private func fault(_ id: String, at place: String) async {
        let shown =
            id.isEmpty ? "there is no id that says which group is left out" : "'\(id.prefix(60))' is no group id"
        await draft.fault(
            "exception/\(id)",
            "\(place): \(shown); a group id is a GUID, like 29981b6a-0e57-42dc-94c9-cd24f5306196"
        )
    }
}

extension JSONValue {
    /// A member of an object, whatever the letter case of its name; nil if there is none.
    fileprivate func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name] ?? members.first { $0.key.lowercased() == name }?.value
    }
}
