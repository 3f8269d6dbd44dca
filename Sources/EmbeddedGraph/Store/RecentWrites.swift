import GraphModel
import Storage

/// The table of recent writes without keys, by which a client's retry is recognised; kept in the transaction of the
/// write itself.
///
/// It holds what is younger than ``RepeatHint/lifetime``: each write takes out what is older.
struct RecentWrites {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The answer to the same request of the same caller, by its ``GraphRequest/hash``, if this one is a repeat of it.
    func answer(toHash hash: [UInt8], of caller: Caller, hint: RepeatHint, at time: Int64) throws -> GraphResponse? {
        guard hint.isRetry || hint.clientRequestID != nil else { return nil }
        let find = try connection.prepare(
            """
            SELECT status, location, body FROM recentWrite
            WHERE callerID = $1 AND requestHash = $2
              AND ((usedAt > $3 AND clientRequestID = $4) OR usedAt > $5)
            ORDER BY usedAt DESC LIMIT 1
            """
        )
        find.bind(caller.id, 1)
        find.bind(hash, 2)
        find.bind(time - RepeatHint.lifetime, 3)
        find.bind(hint.clientRequestID, 4)
        // What a request asks tells a repeat only where it has no name: two of the same words may both be meant.
        let isNameless = hint.isRetry && hint.clientRequestID == nil
        find.bind(isNameless ? time - RepeatHint.retryLifetime : Int64.max, 5)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return .replayed(status: Int(find.integer(0)), location: find.text(1), body: find.bytes(2))
    }

    /// Keeps an answer for a while.
    func keep(
        _ response: GraphResponse,
        toHash hash: [UInt8],
        of caller: Caller,
        hint: RepeatHint,
        at time: Int64
    ) throws {
        let purge = try connection.prepare("DELETE FROM recentWrite WHERE usedAt <= $1")
        purge.bind(time - RepeatHint.lifetime, 1)
        try purge.run()
        let insert = try connection.prepare(
            """
            INSERT INTO recentWrite (callerID, requestHash, clientRequestID, usedAt, status, location, body)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """
        )
        insert.bind(caller.id, 1)
        insert.bind(hash, 2)
        insert.bind(hint.clientRequestID, 3)
        insert.bind(time, 4)
        insert.bind(Int64(response.status), 5)
        insert.bind(response.headers["Location"], 6)
        insert.bind(response.body, 7)
        try insert.run()
    }
}

extension GraphResponse {
    /// An answer given before, from what is kept of it.
    static func replayed(status: Int, location: String?, body: [UInt8]) -> GraphResponse {
        var response = GraphResponse(status: status, body: body)
        if !body.isEmpty { response.headers["Content-Type"] = GraphResponse.json }
        response.headers["Location"] = location
        response.headers[GraphResponse.replayedHeader] = "true"
        if status == 202 {
            response.headers["x-post-id"] = location?.split(separator: "/").last.map(String.init)
        }
        return response
    }
}
