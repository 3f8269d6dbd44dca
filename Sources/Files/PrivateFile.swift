package import Foundation

/// Files that nobody but their owner can read, from their first moment on.
package enum PrivateFile {
    /// Makes a file with mode 0600, and waits until it is on the disk.
    ///
    /// - Throws: ``FileFault`` if there is one already, or it cannot be made; Foundation's errors if it cannot be written.
    package static func write(_ data: Data, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileFault(path, errno) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.synchronize()
        try handle.close()
    }

    /// Puts new content in the place of a file, all at once: who reads meanwhile finds the old content or the new.
    ///
    /// - Throws: As ``write(_:to:)``; the file stays as it was then.
    package static func replace(_ path: String, with data: Data) throws {
        let draft = path + "." + String(UInt64.random(in: .min ... .max), radix: 36)
        do {
            try write(data, to: draft)
            guard unsafe rename(draft, path) == 0 else { throw FileFault(path, errno) }
        } catch {
            unsafe unlink(draft)
            throw error
        }
    }
}
