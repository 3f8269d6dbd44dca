import GraphModel
import Storage

/// The table of keys: what was answered to a write, kept in the transaction of the write itself.
struct IdempotencyKeys {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The first answer to a request of this ``GraphRequest/hash`` under this key.
    ///
    /// - Throws: ``GraphError`` if the key was used for another request.
    func answer(toHash hash: [UInt8], key: IdempotencyKey) throws -> GraphResponse? {
        let find = try connection.prepare(
            "SELECT requestHash, status, location, body, callerName, usedAt FROM idempotencyKey WHERE key = $1"
        )
        find.bind(key.description, 1)
        guard try find.step() else { return nil }
        defer { find.reset() }
        guard find.bytes(0) == hash else {
            let name = find.text(4) ?? "somebody"
            throw GraphError(
                422,
                .keyReused,
                "The key '\(key.text.prefix(160))' was used by \(name) at \(GraphDate(microseconds: find.integer(5)).text) for "
                    + "another request; use another key, or repeat that request unchanged."
            )
        }
        return .replayed(status: Int(find.integer(1)), location: find.text(2), body: find.bytes(3))
    }

    /// Keeps an answer to a caller's request under a key.
    func keep(
        _ response: GraphResponse,
        toHash hash: [UInt8],
        of caller: Caller,
        key: IdempotencyKey,
        at time: Int64
    ) throws {
        let insert = try connection.prepare(
            """
            INSERT INTO idempotencyKey (key, requestHash, callerName, usedAt, status, location, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """
        )
        insert.bind(key.description, 1)
        insert.bind(hash, 2)
        insert.bind(caller.displayName, 3)
        insert.bind(time, 4)
        insert.bind(Int64(response.status), 5)
        insert.bind(response.headers["Location"], 6)
        insert.bind(response.body, 7)
        try insert.run()
    }
}
