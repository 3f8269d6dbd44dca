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

    /// Notes which conversations were deleted or lost a thread, and where the numbering of posts was cut back.
    ///
    /// SQLite gives the last row's number again once that row is gone. A cut makes earlier ones pointless that went less
    /// far.
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

    // MARK: Search

    /// The words of topics and posts, without the texts; an entry says of what they are.
    ///
    /// A word is made of letters, digits and symbols; punctuation stands between words.
    static let search = #"""
        CREATE TABLE searchEntry (
            number INTEGER PRIMARY KEY,
            threadID TEXT,
            conversationID TEXT NOT NULL
        );
        CREATE TABLE searchProgress (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            begunAt BIGINT NOT NULL DEFAULT 0,
            cut BIGINT NOT NULL DEFAULT 0,
            post BIGINT NOT NULL DEFAULT 0,
            postID TEXT NOT NULL DEFAULT '',
            isBegun INTEGER NOT NULL DEFAULT 0 CHECK (isBegun IN (0, 1))
        );
        INSERT INTO searchProgress (id) VALUES (1);
        CREATE VIRTUAL TABLE searchText USING fts5(scope, topic, body, content='',
            tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co S* M*' separators '+<=>|~' tokenchars '%\'");
        """#

    static let insertSearchText = "INSERT INTO searchText (rowid, scope, topic, body) VALUES ($1, $2, $3, $4)"
    static let emptySearchText = "INSERT INTO searchText (searchText) VALUES ('delete-all')"

    /// The word that stands for a group.
    static func searchScope(_ group: String) -> String {
        "g" + group.filter { $0 != "-" }
    }

    /// The ids, by a column of the entries, of what a pattern finds; the pattern is to be bound.
    static func foundEntries(_ column: String) -> String {
        """
        SELECT \(column) FROM searchText JOIN searchEntry ON searchEntry.number = searchText.rowid
        WHERE searchText MATCH ? AND \(column) IS NOT NULL
        """
    }

    /// A pattern: all of the words, each as the beginning of one, in one of these columns of the group's texts.
    static func searchPattern(_ words: [String], in columns: [String], of group: String) -> String {
        let terms = words.map { "\"\($0.replacing("\"", with: "\"\""))\"*" }.joined(separator: " AND ")
        return "scope : \(searchScope(group)) AND {\(columns.joined(separator: " "))} : (\(terms))"
    }
}
