import Foundation

/// Files that nobody but their owner can read, from their first moment on.
enum PrivateFile {
    /// Makes a file with mode 0600.
    ///
    /// - Throws: If there is one already, or it cannot be written.
    static func write(_ data: Data, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
    }

    /// Puts new content in the place of a file, all at once.
    static func replace(_ path: String, with data: Data) throws {
        let draft = path + "." + SecretHash.randomText()
        try write(data, to: draft)
        guard unsafe rename(draft, path) == 0 else {
            let error = POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            unsafe unlink(draft)
            throw error
        }
    }

    /// Does something with a file while nobody else does, in this process or another.
    ///
    /// The lock is on a file beside it, since the file itself is replaced; it ends with the process, however that ends.
    static func withLock<Result>(on path: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }
        return try body()
    }
}
