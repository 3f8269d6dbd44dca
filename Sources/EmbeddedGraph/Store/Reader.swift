import Dispatch
import GRDB
import Synchronization

/// Carries out reads on threads of its own, as many at once as there are reading connections.
///
/// A read costs one change of threads there and one back; what waits is taken up by the thread that has just become free.
final class Reader: Sendable {
    private struct Queue {
        /// What has come since the next were lined up, the newest last.
        var arrived: [@Sendable () -> Void] = []
        /// What is next, the oldest last: so that taking it moves nothing, however much waits.
        var next: [@Sendable () -> Void] = []
        var threads = 0

        /// Takes what has waited longest.
        mutating func take() -> (@Sendable () -> Void)? {
            if next.isEmpty {
                swap(&next, &arrived)
                next.reverse()
            }
            return next.popLast()
        }
    }

    private let pool: DatabasePool
    private let statements: ReaderStatements
    private let path: String
    private let queue = Mutex(Queue())
    private let threads = DispatchQueue(label: "herald.store.readers", attributes: .concurrent)

    init(pool: DatabasePool, path: String) {
        self.pool = pool
        self.path = path
        statements = ReaderStatements(path: path)
    }

    /// Does something with a state of the store that does not change meanwhile.
    ///
    /// - Throws: What `body` throws; GRDB's errors if the file cannot be read.
    func perform<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        let pool = pool
        let statements = statements
        return try await withCheckedThrowingContinuation { continuation in
            start {
                continuation.resume(
                    with: Result {
                        try pool.read { db in try body(Connection(db: db, statements: statements.cache(for: db))) }
                    }
                )
            }
        }
    }

    func close() {
        statements.forget()
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        let needsThread = queue.withLock { queue in
            queue.arrived.append(work)
            guard queue.threads < pool.configuration.maximumReaderCount else { return false }
            queue.threads += 1
            return true
        }
        if needsThread { threads.async { self.drain() } }
    }

    private func drain() {
        while let work = next() { work() }
    }

    /// What has waited longest; nil, and the thread ends, if nothing waits.
    private func next() -> (@Sendable () -> Void)? {
        queue.withLock { queue in
            let work = queue.take()
            if work == nil { queue.threads -= 1 }
            return work
        }
    }
}
