import Foundation

/// A lock that one process or task at a time holds, by a file; the system releases it when its process ends, however it ends
/// (flock(2)).
///
/// The file is made if it is not there, readable for its owner alone, and stays. It lies beside what it guards, where that is
/// replaced by a new file when it changes.
package final class FileLock: Sendable {
    private let descriptor: Int32

    private init(opening path: String) throws(FileFault) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileFault(path, errno) }
    }

    /// Takes the lock, after whoever holds it lets go of it; the thread waits.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``FileFault`` if the file cannot be opened.
    package convenience init(path: String) throws(FileFault) {
        try self.init(opening: path)
        wait()
    }

    /// Takes the lock, after whoever holds it lets go of it; the task waits, and no thread of the tasks' pool.
    ///
    /// - Parameter path: The file.
    /// - Returns: The lock.
    /// - Throws: ``FileFault`` if the file cannot be opened.
    package static func taken(path: String) async throws -> FileLock {
        let lock = try opened(path)
        if flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 { return lock }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                lock.wait()
                continuation.resume()
            }
        }
        return lock
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    private static func opened(_ path: String) throws -> FileLock { try FileLock(opening: path) }

    private func wait() {
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    }

    /// Lets others take the lock, which the end of this value does too.
    package func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
