import Foundation
import GRDB
package import GraphModel
package import Storage

/// The native service: Graph's groups and their conversations, in an SQLite file of its own.
///
/// Every write is durable before it is answered, and is read by the next request. A write with a key happens once: the
/// key, the request's hash and the answer are kept in the transaction of the write.
package final class EmbeddedGraph: GraphService {
    /// Where the file is.
    package let path: String
    /// Who acts on the store by itself: a user made when the file was first opened, to whom no posting policy applies.
    package let operatorCaller: Caller
    /// Whether it does more than Graph, or just what Graph does.
    package let mode: ServerMode
    /// Whether programs may start threads and reply to them on their own behalf, which Graph does not let them.
    package let applicationsMayPost: Bool

    private let pool: DatabasePool
    private let writer: Writer
    private let reader: Reader
    private let clock: @Sendable () -> Int64

    let router: Router
    static let routes: [Route] =
        [
            AbsentOperations.routes, DeltaOperations.routes, GroupOperations.routes, ConversationOperations.routes,
            ThreadOperations.routes, PostOperations.routes, UserOperations.routes, MemberOperations.routes,
            DeletedGroupOperations.routes, ExtensionOperations.routes, ServiceOperations.routes,
            SenderOperations.routes, PersonalOperations.routes,
        ]
        .flatMap { $0 }

    /// Opens a store, creating the file and its folder if they are missing.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - operatorName: The display name of the operator, if the file is new.
    ///   - mode: Whether it does more than Graph, or just what Graph does.
    ///   - applicationsMayPost: Whether programs may start threads and reply to them on their own behalf.
    ///   - clock: Gives microseconds since 1970.
    /// - Throws: ``StorageError``; a store written by a newer version of Herald is left untouched.
    package init(
        path: String,
        operatorName: String,
        mode: ServerMode = .lenient,
        applicationsMayPost: Bool = false,
        clock: @escaping @Sendable () -> Int64
    ) throws(StorageError) {
        self.path = path
        self.mode = mode
        self.applicationsMayPost = applicationsMayPost
        router = Router(Self.routes.filter { $0.mode ?? mode == mode })
        self.clock = clock
        pool = try StoreFile.open(path, applicationID: StoreSchema.applicationID, migrator: StoreSchema.migrator)
        writer = Writer(pool: pool, path: path)
        reader = Reader(path: path)
        do {
            operatorCaller = try Self.makeOperator(pool, named: operatorName)
        } catch {
            throw StorageError(path: path, error)
        }
    }

    /// Closes the file; nothing may be asked of the store afterwards.
    package func close() throws(StorageError) {
        writer.close()
        reader.close()
        do { try pool.close() } catch { throw StorageError(path: path, error) }
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let id = GroupID.random().text
        var response: GraphResponse
        do {
            try request.checkBodySize()
            try Self.checkContentType(of: request)
            response = request.method.isWrite ? try await write(request) : try await read(request)
        } catch let error as GraphError {
            response = GraphResponse(error, id: id, to: request, now: clock())
        } catch let refusal as Router.MethodNotAllowed {
            response = GraphResponse(refusal.error, id: id, to: request, now: clock())
            response.headers["Allow"] = refusal.allow
        }
        response.headers["request-id"] = id
        response.headers[ServerMode.header] = mode.rawValue
        response.headers["client-request-id"] = request.headers["client-request-id"]
        return response
    }

    private static func checkContentType(of request: GraphRequest) throws(GraphError) {
        guard !request.body.isEmpty else { return }
        let type = request.headers["Content-Type"].map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        // A body without a type is taken for JSON if it looks like it (reference, section 2.1, row 19).
        let isJSON = type.map { $0 == "application/json" } ?? (request.body.first == UInt8(ascii: "{"))
        guard isJSON else {
            throw GraphError(
                415,
                .badRequest,
                "The content type must be application/json, not '\((type ?? "none").prefix(80))'."
            )
        }
    }

    private func write(_ request: GraphRequest) async throws -> GraphResponse {
        let (route, request, parameters) = try resolve(request)
        let options = try QueryOptions(request.query, admitsReference: route.admitsReference)
        let clock = clock
        let mode = mode
        let applicationsMayPost = applicationsMayPost
        let caller = request.caller
        // Hashed and read here, since there is but one thread that writes.
        let hash = request.key != nil || request.repeatHint != nil ? request.hash : []
        let newItem = route.reading.map { NewItem(request.body, mode: mode, reading: $0) }
        return try await writer.perform { connection in
            let keys = IdempotencyKeys(connection)
            if let key = request.key, let answer = try keys.answer(toHash: hash, key: key) { return answer }
            let now = clock()
            let recent = RecentWrites(connection)
            if let hint = request.repeatHint,
                let answer = try recent.answer(toHash: hash, of: caller, hint: hint, at: now)
            {
                return answer
            }
            let ignored = IgnoredMembers(mode: mode)
            var response = try route.operation(
                OperationContext(
                    request: request,
                    connection: connection,
                    parameters: parameters,
                    options: options,
                    now: now,
                    mode: mode,
                    applicationsMayPost: applicationsMayPost,
                    ignored: ignored,
                    newItem: newItem
                )
            )
            response.headers[IgnoredMembers.header] = ignored.field
            guard response.isSuccess else { return response }
            if let key = request.key { try keys.keep(response, toHash: hash, of: caller, key: key, at: now) }
            if let hint = request.repeatHint {
                try recent.keep(response, toHash: hash, of: caller, hint: hint, at: now)
            }
            return response
        }
    }

    private func read(_ request: GraphRequest) async throws -> GraphResponse {
        let (route, request, parameters) = try resolve(request)
        let options = try QueryOptions(request.query, admitsReference: route.admitsReference)
        guard options.deltaToken == nil || DeltaOperations.isDelta(request.path) else {
            throw GraphError(
                400,
                .badRequest,
                "The query option '$deltatoken' belongs to a path that ends with /delta."
            )
        }
        if options.search != nil || options.expand?.lowercased().contains("search") == true {
            try await bringSearchUpToDate()
        }
        let now = clock()
        let mode = mode
        let isShort = route.isOfOneItem && options.expand == nil
        return try await reading(isShort: isShort) { connection in
            try route.operation(
                OperationContext(
                    request: request,
                    connection: connection,
                    parameters: parameters,
                    options: options,
                    now: now,
                    mode: mode
                )
            )
        }
    }

    /// Does something with a state of the store that does not change meanwhile.
    ///
    /// - Parameters:
    ///   - isShort: Whether it looks at a few rows only, and so is done on the thread that asks.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` says to whoever asked; ``NoAnswer`` if the file cannot be read.
    func reading<Value: Sendable>(
        isShort: Bool = false,
        _ body: @escaping @Sendable (Connection) throws -> Value
    ) async throws -> Value {
        do {
            return isShort ? try reader.performHere(body) : try await reader.perform(body)
        } catch let error as GraphError {
            throw error
        } catch let refusal as Router.MethodNotAllowed {
            throw refusal
        } catch {
            throw Writer.noAnswer(path, error)
        }
    }

    /// Takes into the index what was written up to now.
    private func bringSearchUpToDate() async throws {
        let last = try await reading { try ConversationChanges($0).latest().post }
        while try await reading({ try SearchIndex($0).isBehind(last) }) {
            _ = try await writer.perform { connection in
                try SearchIndex(connection).catchUp()
                return GraphResponse(status: 204)
            }
        }
    }

    private func resolve(
        _ request: GraphRequest
    ) throws -> (Route, GraphRequest, [String: String]) {
        var request = request
        // The key was given for the request as it came, and its hash covers the path: only links see the short form.
        let path =
            mode == .strict
            ? request.path : try UserOperations.resolveJoinedGroups(request.path, request.caller)
        let match = try router.match(request.method, path)
        if !request.method.isWrite { request.path = path }
        return (match.route, request, match.parameters)
    }

    /// The mails that wait to be sent, the first queued first.
    ///
    /// - Throws: ``StorageError`` if the file cannot be read.
    package func outboundMail() async throws(StorageError) -> [OutboundMail] {
        let path = path
        do {
            return try await pool.read { db in
                try OutboundMailTable(Connection(db: db, statements: StatementCache(path: path))).all()
            }
        } catch {
            throw StorageError(path: path, error)
        }
    }

    /// What an import came to.
    package struct GroupImport: Sendable, Equatable {
        /// A row that cannot be stored.
        package struct Fault: Sendable, Equatable {
            /// Which of the groups, counted from 0.
            package var index: Int
            /// What is wrong with it.
            package var message: String
        }

        package var created = 0
        package var updated = 0
        package var unchanged = 0
        /// If there is any, nothing was imported.
        package var faults: [Fault] = []
    }

    /// Inserts groups, or brings those whose ids are known up to date, all in one transaction.
    ///
    /// - Returns: How many of each, or the faults, and then nothing was imported.
    /// - Throws: ``StorageError`` if the file cannot be written.
    package func importGroups(_ groups: [Group]) async throws -> GroupImport {
        struct Faulty: Error { var faults: [GroupImport.Fault] }
        let path = path
        do {
            return try await pool.write { db in
                let table = GroupTable(Connection(db: db, statements: StatementCache(path: path)))
                for group in groups { try table.releaseNickname(of: group) }
                var result = GroupImport()
                var seen: [GroupID: Int] = [:]
                for (index, group) in groups.enumerated() {
                    if let fault = group.fault {
                        result.faults.append(.init(index: index, message: fault))
                        continue
                    }
                    if let first = seen[group.id] {
                        result.faults.append(
                            .init(index: index, message: "the id \(group.id) stands twice, first in row \(first + 1)")
                        )
                        continue
                    }
                    seen[group.id] = index
                    if let owner = try table.idOf(nickname: group.mailNickname), owner != group.id.text {
                        result.faults.append(
                            .init(
                                index: index,
                                message: "mailNickname '\(group.mailNickname)' belongs to the group \(owner) already"
                            )
                        )
                        continue
                    }
                    switch try table.upsert(group) {
                    case .created: result.created += 1
                    case .updated: result.updated += 1
                    case .unchanged: result.unchanged += 1
                    }
                }
                guard result.faults.isEmpty else { throw Faulty(faults: result.faults) }
                return result
            }
        } catch let faulty as Faulty {
            return GroupImport(faults: faulty.faults)
        } catch {
            throw StorageError(path: path, error)
        }
    }

    private static func makeOperator(_ pool: DatabasePool, named name: String) throws -> Caller {
        try pool.write { db in
            let made = "SELECT id, displayName, address FROM user JOIN operator ON operator.userID = user.id"
            if let row = try Row.fetchOne(db, sql: made) {
                return Caller(id: row[0], displayName: row[1], address: row[2], kind: .operator)
            }
            let local = name.lowercased().unicodeScalars.filter {
                $0.isASCII && ($0.properties.isAlphabetic || $0 == ".")
            }
            let address = (local.isEmpty ? "operator" : String(String.UnicodeScalarView(local))) + "@contoso.example"
            let caller = Caller(id: GroupID.random().text, displayName: name, address: address, kind: .operator)
            try db.execute(
                sql: "INSERT INTO user (id, displayName, address) VALUES (?, ?, ?)",
                arguments: [caller.id, caller.displayName, caller.address]
            )
            try db.execute(sql: "INSERT INTO operator (userID) VALUES (?)", arguments: [caller.id])
            return caller
        }
    }
}
