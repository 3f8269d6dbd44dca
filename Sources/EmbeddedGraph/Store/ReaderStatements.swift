import GRDB
import Synchronization

/// The statement caches of the reading connections, one for each.
final class ReaderStatements: Sendable {
    private let path: String
    private let caches = Mutex<[ObjectIdentifier: StatementCache]>([:])

    init(path: String) {
        self.path = path
    }

    func cache(for db: Database) -> StatementCache {
        caches.withLock { caches in
            let id = ObjectIdentifier(db)
            if let cache = caches[id] { return cache }
            let cache = StatementCache(path: path)
            caches[id] = cache
            return cache
        }
    }

    func forget() {
        caches.withLock { caches in
            for cache in caches.values { cache.forget() }
            caches = [:]
        }
    }
}
