import Foundation

/// A lock that one process at a time holds, by a file; the system releases it when its process ends, however it ends
/// (flock(2)).
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Opens the file, which is made if it is not there, and stays.
    private init(opening path: String) throws(StorageError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                errno == EACCES || errno == EROFS ? .readOnly : .cannotOpen,
                "\(path): cannot be made (\(unsafe String(cString: strerror(errno)))); make its folder writable, or choose another"
            )
        }
    }

    /// Takes the lock when whoever holds it lets go of it.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``StorageError`` if the file cannot be opened.
    package convenience init(path: String) throws(StorageError) {
        try self.init(opening: path)
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    }

    /// Takes the lock if nobody holds it.
    ///
    /// - Parameter path: The file.
    /// - Returns: nil if somebody holds it.
    /// - Throws: ``StorageError`` if the file cannot be opened.
    package static func ifFree(path: String) throws(StorageError) -> FileLock? {
        let lock = try FileLock(opening: path)
        return flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 ? lock : nil
    }

    /// Lets others take the lock, which the end of this value does too.
    package func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
