import GRDB

/// The history of the embedded store's schema.
///
/// A migration that has shipped is never edited.
enum StoreSchema {
    /// Tells a store from other SQLite files: "HLDG".
    static let applicationID: Int32 = 0x484C_4447

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: version1) }
        migrator.registerMigration("members") { db in try db.execute(sql: members) }
        migrator.registerMigration("senders") { db in try db.execute(sql: senders) }
        migrator.registerMigration("posting") { db in try db.execute(sql: posting) }
        migrator.registerMigration("outbound") { db in try db.execute(sql: outbound) }
        migrator.registerMigration("personal") { db in try db.execute(sql: personal) }
        migrator.registerMigration("recentWrites") { db in try db.execute(sql: recentWrites) }
        migrator.registerMigration("lifecycle") { db in try db.execute(sql: lifecycle) }
        migrator.registerMigration("changes") { db in
            try db.execute(sql: SQLiteDialect.groupChanges + SQLiteDialect.conversationChanges)
        }
        migrator.registerMigration("extensions") { db in try db.execute(sql: extensions) }
        migrator.registerMigration("search") { db in try db.execute(sql: SQLiteDialect.search) }
        migrator.registerMigration("guests") { db in try db.execute(sql: guests) }
        return migrator
    }

    // Times are microseconds since 1970; ids are text, in the order of making. What lists show of a thread or a
    // conversation is kept with it, so that a list is one walk over one index.
    private static let version1 = """
        CREATE TABLE user (
            id TEXT PRIMARY KEY,
            displayName TEXT NOT NULL,
            address TEXT NOT NULL
        );
        CREATE TABLE operator (
            userID TEXT PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE
        );
        CREATE TABLE "group" (
            id TEXT PRIMARY KEY,
            displayName TEXT NOT NULL CHECK (displayName <> ''),
            description TEXT,
            mail TEXT,
            mailNickname TEXT NOT NULL,
            nicknameKey TEXT NOT NULL UNIQUE,
            visibility TEXT NOT NULL CHECK (visibility IN ('Public', 'Private', 'HiddenMembership')),
            groupTypes TEXT NOT NULL,
            isUnified INTEGER NOT NULL CHECK (isUnified IN (0, 1)),
            securityEnabled INTEGER NOT NULL CHECK (securityEnabled IN (0, 1)),
            mailEnabled INTEGER NOT NULL CHECK (mailEnabled IN (0, 1)),
            createdAt BIGINT NOT NULL
        );
        CREATE TABLE conversation (
            id TEXT PRIMARY KEY,
            groupID TEXT NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
            topic TEXT NOT NULL,
            preview TEXT NOT NULL,
            uniqueSenders TEXT NOT NULL,
            hasAttachments INTEGER NOT NULL CHECK (hasAttachments IN (0, 1)),
            deliveredAt BIGINT NOT NULL
        );
        CREATE INDEX conversationOfGroup ON conversation (groupID, deliveredAt, id);
        CREATE TABLE thread (
            id TEXT PRIMARY KEY,
            conversationID TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            groupID TEXT NOT NULL,
            preview TEXT NOT NULL,
            uniqueSenders TEXT NOT NULL,
            hasAttachments INTEGER NOT NULL CHECK (hasAttachments IN (0, 1)),
            deliveredAt BIGINT NOT NULL,
            isLocked INTEGER NOT NULL DEFAULT 0 CHECK (isLocked IN (0, 1))
        );
        CREATE INDEX threadOfGroup ON thread (groupID, deliveredAt, id);
        CREATE INDEX threadOfConversation ON thread (conversationID, deliveredAt, id);
        CREATE TABLE post (
            id TEXT PRIMARY KEY,
            threadID TEXT NOT NULL REFERENCES thread (id) ON DELETE CASCADE,
            createdAt BIGINT NOT NULL,
            contentType TEXT NOT NULL CHECK (contentType IN ('text', 'html')),
            content TEXT NOT NULL,
            senderName TEXT NOT NULL,
            senderAddress TEXT NOT NULL,
            hasAttachments INTEGER NOT NULL CHECK (hasAttachments IN (0, 1)),
            inReplyTo TEXT
        );
        CREATE INDEX postOfThread ON post (threadID, createdAt, id);
        CREATE TABLE participant (
            postID TEXT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT,
            address TEXT NOT NULL,
            PRIMARY KEY (postID, position)
        );
        CREATE TABLE attachment (
            id TEXT PRIMARY KEY,
            postID TEXT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('fileAttachment', 'itemAttachment', 'referenceAttachment')),
            name TEXT NOT NULL,
            contentType TEXT,
            size INTEGER NOT NULL,
            isInline INTEGER NOT NULL CHECK (isInline IN (0, 1)),
            contentID TEXT,
            createdAt BIGINT NOT NULL,
            bytes BLOB NOT NULL,
            dynamic TEXT
        );
        CREATE INDEX attachmentOfPost ON attachment (postID, position);
        CREATE TABLE extendedProperty (
            postID TEXT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (postID, id)
        );
        CREATE TABLE idempotencyKey (
            key TEXT PRIMARY KEY,
            requestHash BLOB NOT NULL CHECK (length(requestHash) = 32),
            callerName TEXT NOT NULL,
            usedAt BIGINT NOT NULL,
            status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
            location TEXT,
            body BLOB NOT NULL
        );
        """

    // Who belongs to a group, and who owns it. A user is found by address without regard to letter case.
    private static let members = """
        CREATE INDEX userOfAddress ON user (lower(address));
        CREATE TABLE member (
            groupID TEXT NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
            userID TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            PRIMARY KEY (groupID, userID)
        ) WITHOUT ROWID;
        CREATE INDEX memberOfUser ON member (userID, groupID);
        CREATE TABLE owner (
            groupID TEXT NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
            userID TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            PRIMARY KEY (groupID, userID)
        ) WITHOUT ROWID;
        """

    // Who may post to a group, and who may not: users and groups, each in one of the two lists at most.
    private static let senders = """
        CREATE TABLE sender (
            groupID TEXT NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
            userID TEXT REFERENCES user (id) ON DELETE CASCADE,
            senderGroupID TEXT REFERENCES "group" (id) ON DELETE CASCADE,
            isAccepted INTEGER NOT NULL CHECK (isAccepted IN (0, 1)),
            CHECK ((userID IS NULL) <> (senderGroupID IS NULL)),
            UNIQUE (groupID, userID),
            UNIQUE (groupID, senderGroupID)
        );
        CREATE INDEX senderOfUser ON sender (userID);
        CREATE INDEX senderOfGroup ON sender (senderGroupID);
        """

    // How a group was made to behave, and the name in which a post was sent where that is not the sender's.
    private static let posting = """
        ALTER TABLE "group" ADD COLUMN resourceBehaviorOptions TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE post ADD COLUMN fromName TEXT;
        ALTER TABLE post ADD COLUMN fromAddress TEXT;
        """

    // Mails that wait to be sent, with the body of the post that they forward: the post may be gone by then.
    private static let outbound = """
        CREATE TABLE outboundMail (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            queuedAt BIGINT NOT NULL,
            senderName TEXT NOT NULL,
            senderAddress TEXT NOT NULL,
            subject TEXT NOT NULL,
            comment TEXT NOT NULL,
            contentType TEXT NOT NULL CHECK (contentType IN ('text', 'html')),
            content TEXT NOT NULL,
            postID TEXT REFERENCES post (id) ON DELETE SET NULL
        );
        CREATE INDEX outboundMailOfPost ON outboundMail (postID);
        CREATE TABLE outboundRecipient (
            mailID INTEGER NOT NULL REFERENCES outboundMail (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT,
            address TEXT NOT NULL,
            PRIMARY KEY (mailID, position)
        ) WITHOUT ROWID;
        """

    // What a group is to one user, who need not be in the directory.
    private static let personal = """
        CREATE TABLE personalState (
            groupID TEXT NOT NULL REFERENCES "group" (id) ON DELETE CASCADE,
            userID TEXT NOT NULL,
            isSubscribed INTEGER NOT NULL DEFAULT 1 CHECK (isSubscribed IN (0, 1)),
            isFavorite INTEGER NOT NULL DEFAULT 0 CHECK (isFavorite IN (0, 1)),
            seenAt BIGINT NOT NULL DEFAULT 0,
            PRIMARY KEY (groupID, userID)
        ) WITHOUT ROWID;
        """

    // Writes without keys, for as long as clients repeat them by themselves.
    private static let recentWrites = """
        CREATE TABLE recentWrite (
            callerID TEXT NOT NULL,
            requestHash BLOB NOT NULL CHECK (length(requestHash) = 32),
            clientRequestID TEXT,
            usedAt BIGINT NOT NULL,
            status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
            location TEXT,
            body BLOB NOT NULL
        );
        CREATE INDEX recentWriteOfCaller ON recentWrite (callerID, requestHash, usedAt);
        CREATE INDEX recentWriteByAge ON recentWrite (usedAt);
        """

    // A group that was deleted stays for a while, without its names, so that it can be restored. The properties that
    // nothing depends on are one JSON object.
    private static let lifecycle = """
        ALTER TABLE "group" ADD COLUMN deletedAt BIGINT;
        ALTER TABLE "group" ADD COLUMN renewedAt BIGINT;
        ALTER TABLE "group" ADD COLUMN uniqueName TEXT;
        ALTER TABLE "group" ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
        CREATE UNIQUE INDEX groupOfUniqueName ON "group" (lower(uniqueName)) WHERE deletedAt IS NULL;
        CREATE INDEX groupOfDeletion ON "group" (deletedAt) WHERE deletedAt IS NOT NULL;
        """

    // What other programs put on posts. An extension's name is found without regard to letter case.
    private static let extensions = """
        CREATE TABLE extension (
            postID TEXT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
            nameKey TEXT NOT NULL,
            name TEXT NOT NULL,
            data TEXT NOT NULL,
            PRIMARY KEY (postID, nameKey)
        ) WITHOUT ROWID;
        CREATE TABLE multipleProperty (
            postID TEXT NOT NULL REFERENCES post (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (postID, id)
        ) WITHOUT ROWID;
        """

    // Somebody from outside, who sees only what they belong to.
    private static let guests = """
        ALTER TABLE user ADD COLUMN userType TEXT NOT NULL DEFAULT 'Member' CHECK (userType IN ('Member', 'Guest'));
        """
}
