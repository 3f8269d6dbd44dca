/// What is said in SQLite's own words: another database would get a file like this one.
enum SQLiteDialect {
    /// Numbers every change of groups and of who belongs to them, whatever makes it: each has a row with the number of
    /// its last change, and keeps it when it is gone.
    static let groupChanges =
        """
        CREATE TABLE groupVersion (
            groupID TEXT PRIMARY KEY,
            version BIGINT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX groupOfVersion ON groupVersion (version);
        CREATE TABLE membershipVersion (
            groupID TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('member', 'owner')),
            userID TEXT NOT NULL,
            version BIGINT NOT NULL,
            PRIMARY KEY (groupID, role, userID)
        ) WITHOUT ROWID;
        CREATE INDEX membershipOfVersion ON membershipVersion (version, groupID);
        INSERT INTO groupVersion (groupID, version) SELECT id, 1 FROM "group";
        INSERT INTO membershipVersion (groupID, role, userID, version) SELECT groupID, 'member', userID, 1 FROM member;
        INSERT INTO membershipVersion (groupID, role, userID, version) SELECT groupID, 'owner', userID, 1 FROM owner;
        """
        + ["INSERT", "UPDATE", "DELETE"].map { event in
            """

            CREATE TRIGGER groupAfter\(event) AFTER \(event) ON "group" BEGIN
                INSERT INTO groupVersion (groupID, version)
                VALUES (\(event == "DELETE" ? "old" : "new").id, \(nextVersion))
                ON CONFLICT (groupID) DO UPDATE SET version = excluded.version;
            END;
            """
        }.joined()
        + ["member", "owner"].flatMap { role in
            ["INSERT", "DELETE"].map { event in
                let row = event == "DELETE" ? "old" : "new"
                return """

                    CREATE TRIGGER \(role)After\(event) AFTER \(event) ON \(role) BEGIN
                        INSERT INTO membershipVersion (groupID, role, userID, version)
                        VALUES (\(row).groupID, '\(role)', \(row).userID, \(nextVersion))
                        ON CONFLICT (groupID, role, userID) DO UPDATE SET version = excluded.version;
                    END;
                    """
            }
        }.joined()

    /// One more than the number of the last change.
    private static let nextVersion = "1 + (\(lastVersion))"

    /// The number of the last change of groups and of who belongs to them.
    static let lastVersion = """
        SELECT max(coalesce((SELECT max(version) FROM groupVersion), 0),
            coalesce((SELECT max(version) FROM membershipVersion), 0))
        """

    /// Notes which conversations were deleted, or lost a thread, and up to which post the numbering of posts was cut
    /// back: SQLite gives the last row's number again once that row is gone. A cut makes earlier ones pointless that went
    /// less far.
    static let conversationChanges = """
        CREATE TABLE conversationChange (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            groupID TEXT NOT NULL,
            conversationID TEXT NOT NULL
        );
        CREATE INDEX changeOfGroup ON conversationChange (groupID, number);
        CREATE TABLE postCut (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            lastPost BIGINT NOT NULL
        );
        CREATE TRIGGER conversationAfterDELETE AFTER DELETE ON conversation BEGIN
            INSERT INTO conversationChange (groupID, conversationID) VALUES (old.groupID, old.id);
        END;
        CREATE TRIGGER threadAfterDELETE AFTER DELETE ON thread BEGIN
            INSERT INTO conversationChange (groupID, conversationID) VALUES (old.groupID, old.conversationID);
        END;
        CREATE TRIGGER postAfterDELETE AFTER DELETE ON post
        WHEN NOT EXISTS (SELECT 1 FROM post WHERE rowid >= old.rowid) BEGIN
            DELETE FROM postCut WHERE lastPost >= coalesce((SELECT max(rowid) FROM post), 0);
            INSERT INTO postCut (lastPost) VALUES (coalesce((SELECT max(rowid) FROM post), 0));
        END;
        """
}
