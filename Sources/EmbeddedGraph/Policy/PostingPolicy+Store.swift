import GraphModel
import Storage

extension PostingPolicy {
    /// Reads what the store knows of a caller and a group.
    init(_ caller: Caller, in group: GroupID, _ connection: Connection, mode: ServerMode = .lenient) throws {
        self.init(kind: caller.kind)
        guestsRead = mode == .lenient
        if kind == .operator { return }
        let find = try connection.prepare(Self.facts)
        find.bind(group.text, 1)
        find.bind(caller.id, 2)
        guard try find.step() else { return }
        defer { find.reset() }
        visibility = find.text(0) ?? "Public"
        onlyMembersPost = find.integer(1) == 1
        isMember = find.integer(2) == 1
        isOwner = find.integer(3) == 1
        isRejected = find.integer(4) == 1
        isAccepted = find.integer(5) == 1
        hasAcceptedSenders = find.integer(6) == 1
        isGuest = find.integer(7) == 1
    }

    private static let facts = """
        SELECT visibility,
            EXISTS (SELECT 1 FROM json_each(resourceBehaviorOptions) WHERE value = 'AllowOnlyMembersToPost'),
            EXISTS (SELECT 1 FROM member WHERE groupID = $1 AND userID = $2),
            EXISTS (SELECT 1 FROM owner WHERE groupID = $1 AND userID = $2),
            \(isListed(accepted: false)), \(isListed(accepted: true)),
            EXISTS (SELECT 1 FROM sender WHERE groupID = $1 AND isAccepted = 1 AND \(isThere)),
            EXISTS (SELECT 1 FROM user WHERE id = $2 AND userType = 'Guest')
        FROM "group" WHERE id = $1
        """

    // A group that was deleted sends no more until it is restored.
    private static let isThere = """
        NOT EXISTS (SELECT 1 FROM "group" AS sending WHERE sending.id = sender.senderGroupID AND sending.deletedAt IS NOT NULL)
        """

    private static func isListed(accepted: Bool) -> String {
        """
        EXISTS (SELECT 1 FROM sender WHERE sender.groupID = $1 AND isAccepted = \(accepted ? 1 : 0) AND (userID = $2
            OR EXISTS (SELECT 1 FROM member WHERE member.groupID = sender.senderGroupID AND member.userID = $2))
            AND \(isThere))
        """
    }
}
