import Dispatch
import GRDB
import Storage
import Synchronization

/// Carries out reads on threads of its own, each with a connection of its own, as many at once as there may be.
///
/// A read costs one change of threads there and one back; what waits is taken up by the thread that has just become free.
final class Reader: Sendable {
    /// What one read does with the connection that is lent to it, or with the error for which there is none.
    private typealias Work = @Sendable (Result<Connection, any Error>) -> Void

    private struct Queue {
        /// What has come since the next were lined up, the newest last.
        var arrived: [Work] = []
        /// What is next, the oldest last: so that taking it moves nothing, however much waits.
        var next: [Work] = []
        var threads = 0
        /// The connections that no thread has.
        var idle: [ReadingConnection] = []

        /// Takes what has waited longest.
        mutating func take() -> Work? {
            if next.isEmpty {
                swap(&next, &arrived)
                next.reverse()
            }
            return next.popLast()
        }
    }

    private let path: String
    private let queue = Mutex(Queue())
    private let threads = DispatchQueue(label: "herald.store.readers", attributes: .concurrent)

    /// The most threads: more than the cores of a small machine, since some of them wait for the disk.
    private static let most = 5

    init(path: String) {
        self.path = path
    }

    /// Does something with a state of the store that does not change meanwhile.
    ///
    /// - Throws: What `body` throws; GRDB's errors if the file cannot be read.
    func perform<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            start { connection in continuation.resume(with: Result { try connection.get().read(body) }) }
        }
    }

    /// Does something short on the thread that asks: to change threads costs more than to read a row.
    ///
    /// - Throws: What `body` throws; GRDB's errors if the file cannot be read.
    func performHere<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        let connection = try connection()
        defer { queue.withLock { $0.idle.append(connection) } }
        return try connection.lend { try $0.read(body) }
    }

    func close() {
        queue.withLock { queue in
            for connection in queue.idle { connection.close() }
            queue.idle = []
        }
    }

    private func start(_ work: @escaping Work) {
        let needsThread = queue.withLock { queue in
            queue.arrived.append(work)
            guard queue.threads < Self.most else { return false }
            queue.threads += 1
            return true
        }
        if needsThread { threads.async { self.drain() } }
    }

    private func drain() {
        do {
            let connection = try connection()
            connection.lend { lent in
                while let work = next(else: connection) { work(.success(lent)) }
            }
        } catch {
            while let work = next(else: nil) { work(.failure(error)) }
        }
    }

    /// A connection that nobody else has.
    private func connection() throws -> ReadingConnection {
        try queue.withLock { $0.idle.popLast() } ?? ReadingConnection(path: path)
    }

    /// What has waited longest; nil, and the thread ends and gives its connection back, if nothing waits.
    private func next(else connection: ReadingConnection?) -> Work? {
        queue.withLock { queue in
            let work = queue.take()
            if work == nil {
                queue.threads -= 1
                if let connection { queue.idle.append(connection) }
            }
            return work
        }
    }
}

/// A connection that only reads, for one thread at a time.
private final class ReadingConnection: Sendable {
    private let statements: StatementCache
    private let queue: DatabaseQueue

    /// - Throws: GRDB's errors if the file cannot be opened.
    init(path: String) throws {
        queue = try StoreFile.connectReading(path)
        statements = StatementCache(path: path)
    }

    func lend<Value>(_ body: (Connection) throws -> Value) rethrows -> Value {
        try queue.inDatabase { try body(Connection(db: $0, statements: statements)) }
    }

    func close() {
        statements.forget()
    }
}

extension Connection {
    /// Does something with a state of the store that does not change meanwhile.
    ///
    /// GRDB's own `read` looks after connections that may do anything; it costs more than a read of one row.
    fileprivate func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try prepare("BEGIN").run()
        defer { endReading() }
        return try body(self)
    }

    private func endReading() {
        try? prepare("COMMIT").run()
        guard db.isReading else { return }
        // A statement was left before its last row: it would hold on to this state, and the next read would see it.
        statements.forget()
        if db.isInsideTransaction { try? db.rollback() }
    }
}
