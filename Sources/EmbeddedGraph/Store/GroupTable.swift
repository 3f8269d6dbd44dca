import GraphModel
import Storage

/// The table of groups, for writing.
struct GroupTable {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The id of the group with a nickname, without regard to letter case.
    func idOf(nickname: String) throws -> String? {
        let find = try connection.prepare(#"SELECT id FROM "group" WHERE nicknameKey = $1"#)
        find.bind(nickname.lowercased(), 1)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return find.text(0)
    }

    /// Frees the nickname that a group will no longer have, so that another of the same import may take it.
    func releaseNickname(of group: Group) throws {
        // No nickname holds an "@", so what stands in for one is free.
        let release = try connection.prepare(
            #"UPDATE "group" SET nicknameKey = '@' || id WHERE id = $1 AND nicknameKey <> $2"#
        )
        release.bind(group.id.text, 1)
        release.bind(group.mailNickname.lowercased(), 2)
        try release.run()
    }

    /// The id of the group with a unique name, without regard to letter case.
    func idOf(uniqueName: String) throws -> String? {
        let find = try connection.prepare(
            #"SELECT id FROM "group" WHERE lower(uniqueName) = $1 AND deletedAt IS NULL"#
        )
        find.bind(uniqueName.lowercased(), 1)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return find.text(0)
    }

    /// Writes what ``upsert(_:)`` leaves alone: an import knows nothing of it.
    func setDetails(of group: Group) throws {
        let update = try connection.prepare(
            #"UPDATE "group" SET renewedAt = $1, uniqueName = $2, details = $3 WHERE id = $4"#
        )
        if let renewed = group.renewed { update.bind(renewed.microseconds, 1) } else { update.bindNull(1) }
        update.bind(group.uniqueName, 2)
        let details = JSONValue.object(
            Dictionary(uniqueKeysWithValues: group.details.map { ($0.key.rawValue, $0.value) })
        )
        update.bind(String(decoding: JSONWriter.bytes { $0.value(details) }, as: UTF8.self), 3)
        update.bind(group.id.text, 4)
        try update.run()
    }

    func insert(_ group: Group) throws {
        _ = try upsert(group)
        try setDetails(of: group)
    }

    /// How long a deleted group can be restored, in microseconds: 30 days (reference, section 11.1).
    static let restorable: Int64 = 30 * 86_400 * 1_000_000

    /// Deletes a group so that it can be restored; its names are free from now on.
    func softDelete(_ id: GroupID, at time: Int64) throws {
        let delete = try connection.prepare(
            #"UPDATE "group" SET deletedAt = $1, nicknameKey = '@' || id WHERE id = $2"#
        )
        delete.bind(time, 1)
        delete.bind(id.text, 2)
        try delete.run()
    }

    func restore(_ group: Group) throws {
        let restore = try connection.prepare(
            #"UPDATE "group" SET deletedAt = NULL, nicknameKey = $1 WHERE id = $2"#
        )
        restore.bind(group.mailNickname.lowercased(), 1)
        restore.bind(group.id.text, 2)
        try restore.run()
    }

    /// Deletes a group for good, with all that is in it.
    func delete(_ id: GroupID) throws {
        let delete = try connection.prepare(#"DELETE FROM "group" WHERE id = $1"#)
        delete.bind(id.text, 1)
        try delete.run()
        // Nobody can ask any more what changed in it.
        let forget = try connection.prepare("DELETE FROM conversationChange WHERE groupID = $1")
        forget.bind(id.text, 1)
        try forget.run()
    }

    /// Deletes the groups for good that can no longer be restored.
    func purge(now: Int64) throws {
        let list = try connection.prepare(#"SELECT id FROM "group" WHERE deletedAt IS NOT NULL AND deletedAt <= $1"#)
        list.bind(now - Self.restorable, 1)
        var ids: [GroupID] = []
        while try list.step() { if let id = list.text(0).flatMap(GroupID.init) { ids.append(id) } }
        for id in ids { try delete(id) }
    }

    /// What became of an imported group.
    enum Outcome { case created, updated, unchanged }

    /// Inserts a group, or brings the one with its id up to date.
    func upsert(_ group: Group) throws -> Outcome {
        let find = try connection.prepare(
            """
            SELECT displayName, description, mail, mailNickname, visibility, groupTypes, securityEnabled, mailEnabled,
                deletedAt
            FROM "group" WHERE id = $1
            """
        )
        find.bind(group.id.text, 1)
        let types = Self.json(group.groupTypes)
        var exists = false
        if try find.step() {
            exists = true
            let isDeleted = !find.isNull(8)
            let isSame =
                find.text(0) == group.displayName && find.text(1) == group.description && find.text(2) == group.mail
                && find.text(3) == group.mailNickname && find.text(4) == group.visibility && find.text(5) == types
                && find.integer(6) == (group.securityEnabled ? 1 : 0) && find.integer(7) == (group.mailEnabled ? 1 : 0)
            find.reset()
            // What was deleted does not come back by an import: the group begins anew.
            if isDeleted {
                try delete(group.id)
                exists = false
            } else if isSame {
                return .unchanged
            }
        }
        let write = try connection.prepare(
            """
            INSERT INTO "group" (id, displayName, description, mail, mailNickname, nicknameKey, visibility, groupTypes,
                isUnified, securityEnabled, mailEnabled, createdAt, resourceBehaviorOptions)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO UPDATE SET displayName = excluded.displayName, description = excluded.description,
                mail = excluded.mail, mailNickname = excluded.mailNickname, nicknameKey = excluded.nicknameKey,
                visibility = excluded.visibility, groupTypes = excluded.groupTypes, isUnified = excluded.isUnified,
                securityEnabled = excluded.securityEnabled, mailEnabled = excluded.mailEnabled
            """
        )
        write.bind(group.id.text, 1)
        write.bind(group.displayName, 2)
        write.bind(group.description, 3)
        write.bind(group.mail, 4)
        write.bind(group.mailNickname, 5)
        write.bind(group.mailNickname.lowercased(), 6)
        write.bind(group.visibility, 7)
        write.bind(types, 8)
        write.bind(group.isUnified, 9)
        write.bind(group.securityEnabled, 10)
        write.bind(group.mailEnabled, 11)
        write.bind(group.created.microseconds, 12)
        write.bind(Self.json(group.resourceBehaviorOptions), 13)
        try write.run()
        return exists ? .updated : .created
    }

    private static func json(_ texts: [String]) -> String {
        let bytes = JSONWriter.bytes { writer in
            writer.array { writer in
                for text in texts { writer.string(text) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
