import GRDB
import GraphModel
import Storage
import Synchronization

/// Carries out writes that arrive together in one transaction, and gives each its answer once that is durable.
///
/// A commit costs a flush of the disk whatever it holds, so under load the price of durability is shared.
final class Writer: Sendable {
    /// What one request does on the connection.
    typealias Work = @Sendable (Connection) throws -> GraphResponse

    private struct Queue {
        var waiting: [(work: Work, continuation: CheckedContinuation<GraphResponse, any Error>)] = []
        var isDraining = false
    }

    private let pool: DatabasePool
    private let statements: StatementCache
    private let path: String
    private let queue = Mutex(Queue())

    /// The most requests in one transaction, which bounds how long the first of them waits.
    private static let batch = 512

    init(pool: DatabasePool, path: String) {
        self.pool = pool
        self.path = path
        statements = StatementCache(path: path)
    }

    /// Carries out a write.
    ///
    /// - Parameter work: Runs inside the transaction; it refuses by throwing ``GraphError`` before it writes anything.
    /// - Returns: The answer, after the commit that makes it durable.
    /// - Throws: ``GraphError`` if it is refused, ``NoAnswer`` with the outcome `notDone` if the file cannot be written.
    func perform(_ work: @escaping Work) async throws -> GraphResponse {
        try await withCheckedThrowingContinuation { continuation in
            let mustDrain = queue.withLock { queue in
                queue.waiting.append((work, continuation))
                defer { queue.isDraining = true }
                return !queue.isDraining
            }
            if mustDrain { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
    }

    func close() {
        statements.forget()
    }

    /// Carries out what waits, and what comes meanwhile, on the connection's own thread.
    private func drain(_ db: Database) {
        while true {
            let batch = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(Self.batch))
                queue.waiting.removeFirst(batch.count)
                if batch.isEmpty { queue.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            let answers = commit(batch.map(\.work), db)
            for (item, answer) in zip(batch, answers) { item.continuation.resume(with: answer) }
        }
    }

    private func commit(_ batch: [Work], _ db: Database) -> [Result<GraphResponse, any Error>] {
        let connection = Connection(db: db, statements: statements)
        do {
            var answers: [Result<GraphResponse, any Error>] = []
            try db.inTransaction {
                for work in batch {
                    let changes = db.totalChangesCount
                    do {
                        answers.append(.success(try work(connection)))
                    } catch let error as GraphError {
                        // What it wrote before it refused must go, and what the others wrote with it, for now.
                        if db.totalChangesCount != changes { throw PartialWrite(refusal: error) }
                        answers.append(.failure(error))
                    }
                }
                return .commit
            }
            return answers
        } catch {
            let failure: any Error = (error as? PartialWrite)?.refusal ?? Self.noAnswer(path, error)
            // The file was waited for already: each alone would wait as long again.
            let isBusy = StorageError(path: path, error).code == .busy
            guard batch.count > 1, !isBusy else { return batch.map { _ in .failure(failure) } }
            // One request's fault has undone the others' work: each is tried alone, so that only the faulty one fails.
            return batch.flatMap { commit([$0], db) }
        }
    }

    /// A request was refused after it had written something.
    private struct PartialWrite: Error {
        var refusal: GraphError
    }

    static func noAnswer(_ path: String, _ error: any Error) -> NoAnswer {
        let fault = StorageError(path: path, error)
        var noAnswer = NoAnswer(.notDone, fault.message)
        noAnswer.lacksRoom = fault.code == .full
        return noAnswer
    }
}
