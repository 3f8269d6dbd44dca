import GRDB
import GraphModel
import Storage

/// The queue of mails that wait to be sent.
struct OutboundMailTable {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Queues a mail with a post's body.
    func add(_ forward: Forward, of post: String, topic: String, by caller: Caller, at time: Int64) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO outboundMail (queuedAt, senderName, senderAddress, subject, comment, contentType, content, postID)
            SELECT $1, $2, $3, $4, $5, contentType, content, id FROM post WHERE id = $6
            """
        )
        insert.bind(time, 1)
        insert.bind(caller.displayName, 2)
        insert.bind(caller.address, 3)
        insert.bind("FW: " + topic, 4)
        insert.bind(forward.comment, 5)
        insert.bind(post, 6)
        try insert.run()
        let mail = connection.db.lastInsertedRowID
        for (position, person) in forward.toRecipients.enumerated() {
            let insert = try connection.prepare(
                "INSERT INTO outboundRecipient (mailID, position, name, address) VALUES ($1, $2, $3, $4)"
            )
            insert.bind(mail, 1)
            insert.bind(Int64(position), 2)
            insert.bind(person.name, 3)
            insert.bind(person.address, 4)
            try insert.run()
        }
    }

    /// All mails, the first queued first.
    func all() throws -> [OutboundMail] {
        let list = try connection.prepare(
            """
            SELECT id, queuedAt, senderName, senderAddress, subject, comment, contentType, content, postID
            FROM outboundMail ORDER BY id
            """
        )
        var mails: [OutboundMail] = []
        while try list.step() {
            mails.append(
                OutboundMail(
                    id: list.integer(0),
                    queued: GraphDate(microseconds: list.integer(1)),
                    sender: EmailAddress(name: list.text(2), address: list.text(3) ?? ""),
                    toRecipients: [],
                    subject: list.text(4) ?? "",
                    comment: list.text(5) ?? "",
                    contentType: list.text(6) ?? "text",
                    content: list.text(7) ?? "",
                    post: list.text(8)
                )
            )
        }
        for index in mails.indices { mails[index].toRecipients = try recipients(of: mails[index].id) }
        return mails
    }

    private func recipients(of mail: Int64) throws -> [EmailAddress] {
        let list = try connection.prepare(
            "SELECT name, address FROM outboundRecipient WHERE mailID = $1 ORDER BY position"
        )
        list.bind(mail, 1)
        var people: [EmailAddress] = []
        while try list.step() { people.append(EmailAddress(name: list.text(0), address: list.text(1) ?? "")) }
        return people
    }
}
