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

    func insert(_ group: Group) throws {
        _ = try upsert(group)
    }

    /// What became of an imported group.
    enum Outcome { case created, updated, unchanged }

    /// Inserts a group, or brings the one with its id up to date.
    func upsert(_ group: Group) throws -> Outcome {
        let find = try connection.prepare(
            """
            SELECT displayName, description, mail, mailNickname, visibility, groupTypes, securityEnabled, mailEnabled
            FROM "group" WHERE id = $1
            """
        )
        find.bind(group.id.text, 1)
        let types = Self.json(group.groupTypes)
        var exists = false
        if try find.step() {
            exists = true
            let isSame =
                find.text(0) == group.displayName && find.text(1) == group.description && find.text(2) == group.mail
                && find.text(3) == group.mailNickname && find.text(4) == group.visibility && find.text(5) == types
                && find.integer(6) == (group.securityEnabled ? 1 : 0) && find.integer(7) == (group.mailEnabled ? 1 : 0)
            find.reset()
            if isSame { return .unchanged }
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
