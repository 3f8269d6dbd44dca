import GRDB

/// The history of the ledger's schema.
///
/// A migration that has shipped is never edited.
enum LedgerSchema {
    /// Tells a ledger from other SQLite files: "HLDL".
    static let applicationID: Int32 = 0x484C_444C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: runs)
            try db.execute(sql: effects)
            try db.execute(sql: outcomes)
            try db.execute(sql: plans)
            try db.execute(sql: audit)
        }
        return migrator
    }

    // Times are microseconds since 1970; ids are text.

    // What was executed, with what, and what it was told of time and chance. A journal's value holds from its ordinal to
    // the next row of its stream; the last row says how far the recording goes.
    private static let runs = """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('run', 'apply', 'retry', 'correct', 'undo')),
            origin TEXT,
            script TEXT NOT NULL,
            scriptHash TEXT NOT NULL,
            arguments TEXT NOT NULL,
            backend TEXT NOT NULL,
            operatorName TEXT NOT NULL,
            grants TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'failed', 'interrupted', 'held')),
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
        CREATE TABLE journal (
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            stream TEXT NOT NULL,
            ordinal BIGINT NOT NULL,
            value BIGINT NOT NULL,
            PRIMARY KEY (runID, stream, ordinal)
        );
        """

    // `effect.key` is the whole truth about "at most once per ledger". `attemptedAt` tells when an attempt began that
    // nothing has settled, on backends without keys. What many bodies have in common stands once in `content` and is put
    // into each at `sharedAt`. A lease's number is its fencing number: it only grows, and whoever's lease has ended may
    // not write what it learnt. Its holder says that it lives by the time of day and by the uptime of its machine, which
    // nobody sets. A claim gives a range of an announcement's effects to a lease.
    private static let effects = """
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
            targetName TEXT,
            requestHash BLOB NOT NULL CHECK (length(requestHash) = 32),
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            body BLOB NOT NULL,
            sharedHash BLOB REFERENCES content (hash),
            sharedAt INTEGER,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
            status INTEGER,
            answer BLOB,
            location TEXT,
            code TEXT,
            message TEXT,
            attemptedAt BIGINT,
            settledAt BIGINT
        );
        CREATE INDEX effectOfRun ON effect (runID) WHERE announcementID IS NULL;
        CREATE TABLE replaced (
            effectID INTEGER PRIMARY KEY REFERENCES effect (id) ON DELETE CASCADE,
            runID TEXT NOT NULL,
            targetName TEXT,
            requestHash BLOB NOT NULL,
            path TEXT NOT NULL,
            body BLOB NOT NULL,
            sharedHash BLOB REFERENCES content (hash),
            sharedAt INTEGER,
            state INTEGER NOT NULL,
            status INTEGER,
            code TEXT,
            message TEXT,
            settledAt BIGINT
        );
        CREATE TABLE lease (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            holder TEXT NOT NULL,
            renewedAt BIGINT NOT NULL,
            renewedUptime BIGINT NOT NULL,
            endedAt BIGINT
        );
        CREATE INDEX leaseByRun ON lease (runID);
        CREATE UNIQUE INDEX leaseOfRun ON lease (runID) WHERE endedAt IS NULL;
        CREATE TABLE claim (
            leaseID INTEGER NOT NULL REFERENCES lease (id) ON DELETE CASCADE,
            announcementID INTEGER NOT NULL REFERENCES announcement (id),
            firstEffect INTEGER NOT NULL,
            lastEffect INTEGER NOT NULL,
            PRIMARY KEY (announcementID, leaseID, firstEffect)
        );
        """

    private static let outcomes = """
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
            excluded INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            unsent INTEGER NOT NULL,
            deliveryTime BIGINT NOT NULL,
            leaseID INTEGER,
            carried INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (runID, announcement)
        );
        CREATE TABLE finding (
            id INTEGER PRIMARY KEY,
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('changed', 'failed', 'ambiguous', 'duplicate', 'doubled', 'excluded')),
            announcement TEXT NOT NULL,
            target TEXT NOT NULL,
            code TEXT,
            message TEXT NOT NULL
        );
        CREATE INDEX findingOfRun ON finding (runID);
        CREATE TABLE wave (
            runID TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            announcement TEXT NOT NULL,
            part INTEGER NOT NULL,
            number INTEGER NOT NULL,
            targets INTEGER NOT NULL,
            sent INTEGER NOT NULL,
            already INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            ambiguous INTEGER NOT NULL,
            startedAt BIGINT NOT NULL,
            endedAt BIGINT,
            verdict TEXT,
            PRIMARY KEY (runID, announcement, part, number)
        );
        """

    // A plan is what a run would do, all rendered and none of it sent. Its hash covers every item, and is missing while it
    // is made; `appliedBy` names the run that carried it out. An item's path has its query behind it, and may have symbolic
    // ids in it, as its body may.
    private static let plans = """
        CREATE TABLE plan (
            id TEXT PRIMARY KEY,
            script TEXT NOT NULL,
            scriptHash TEXT NOT NULL,
            arguments TEXT NOT NULL,
            backend TEXT NOT NULL,
            operatorName TEXT NOT NULL,
            notes TEXT NOT NULL,
            createdAt BIGINT NOT NULL,
            hash BLOB CHECK (length(hash) = 32),
            appliedBy TEXT REFERENCES run (id)
        );
        CREATE TABLE planAnnouncement (
            planID TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            settings TEXT NOT NULL,
            targets INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            excluded INTEGER NOT NULL,
            duplicates INTEGER NOT NULL,
            PRIMARY KEY (planID, name)
        );
        CREATE TABLE planItem (
            planID TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            announcement TEXT,
            target TEXT,
            targetName TEXT,
            members INTEGER,
            key TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('new', 'already', 'changed', 'ambiguous', 'refused')),
            code TEXT,
            message TEXT,
            method TEXT NOT NULL,
            path TEXT NOT NULL,
            headers TEXT,
            body BLOB NOT NULL,
            sharedHash BLOB REFERENCES content (hash),
            sharedAt INTEGER,
            contentHash BLOB,
            PRIMARY KEY (planID, ordinal)
        );
        CREATE INDEX planItemOfTarget ON planItem (planID, target) WHERE target IS NOT NULL;
        """

    // Who did what, in a chain: each row's hash covers its own fields and the hash before it.
    private static let audit = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            runID TEXT,
            event TEXT NOT NULL,
            detail TEXT NOT NULL,
            previousHash BLOB NOT NULL CHECK (length(previousHash) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        );
        CREATE TRIGGER auditKeepsRows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        CREATE TRIGGER auditKeepsValues BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
        """
}
