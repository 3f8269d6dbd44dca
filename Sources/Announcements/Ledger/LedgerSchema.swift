import GRDB

/// The history of the ledger's schema.
///
/// A migration that has shipped is never edited.
enum LedgerSchema {
    /// Tells a ledger from other SQLite files: "HLDL".
    static let applicationID: Int32 = 0x484C_444C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: version1) }
        migrator.registerMigration("2") { db in try db.execute(sql: version2) }
        migrator.registerMigration("3") { db in try db.execute(sql: version3) }
        return migrator
    }

    // Times are microseconds since 1970; ids are text. `effect.key` is the whole truth about "at most once per ledger".
    private static let version1 = """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            script TEXT NOT NULL,
            scriptHash TEXT NOT NULL,
            arguments TEXT NOT NULL,
            backend TEXT NOT NULL,
            operatorName TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'interrupted')),
            startedAt BIGINT NOT NULL,
            endedAt BIGINT,
            message TEXT
        );
        CREATE TABLE content (
            hash BLOB PRIMARY KEY,
            bytes BLOB NOT NULL
        );
        CREATE TABLE runInput (
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            contentHash BLOB NOT NULL REFERENCES content (hash),
            PRIMARY KEY (runID, path)
        );
        CREATE TABLE announcement (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (name <> ''),
            createdAt BIGINT NOT NULL
        );
        CREATE TABLE effect (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            runID TEXT NOT NULL REFERENCES run (id),
            announcementID INTEGER REFERENCES announcement (id),
            target TEXT,
            requestHash BLOB NOT NULL CHECK (length(requestHash) = 32),
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            body BLOB NOT NULL,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
            status INTEGER,
            answer BLOB,
            location TEXT,
            code TEXT,
            message TEXT,
            settledAt BIGINT
        );
        CREATE TABLE tally (
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            announcement TEXT NOT NULL,
            targets INTEGER NOT NULL,
            sent INTEGER NOT NULL,
            already INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            ambiguous INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            unsent INTEGER NOT NULL,
            deliveryTime BIGINT NOT NULL,
            PRIMARY KEY (runID, announcement)
        );
        CREATE TABLE finding (
            id INTEGER PRIMARY KEY,
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('changed', 'failed', 'ambiguous', 'duplicate')),
            announcement TEXT NOT NULL,
            target TEXT NOT NULL,
            code TEXT,
            message TEXT NOT NULL
        );
        CREATE INDEX findingOfRun ON finding (runID);
        CREATE INDEX effectOfRun ON effect (runID) WHERE announcementID IS NULL;
        """

    // What a run was told of time and chance. A value holds from its ordinal to the next row of its stream; the last row
    // says how far the recording goes.
    private static let version2 = """
        CREATE TABLE journal (
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            stream TEXT NOT NULL,
            ordinal BIGINT NOT NULL,
            value BIGINT NOT NULL,
            PRIMARY KEY (runID, stream, ordinal)
        );
        """

    // When an attempt began that nothing has settled, on backends without keys. SQLite cannot change a CHECK, so findings
    // move to a new table.
    private static let version3 = """
        ALTER TABLE effect ADD COLUMN attemptedAt BIGINT;
        CREATE TABLE findingNow (
            id INTEGER PRIMARY KEY,
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('changed', 'failed', 'ambiguous', 'duplicate', 'doubled')),
            announcement TEXT NOT NULL,
            target TEXT NOT NULL,
            code TEXT,
            message TEXT NOT NULL
        );
        INSERT INTO findingNow SELECT id, runID, kind, announcement, target, code, message FROM finding;
        DROP TABLE finding;
        ALTER TABLE findingNow RENAME TO finding;
        CREATE INDEX findingOfRun ON finding (runID);
        """
}
