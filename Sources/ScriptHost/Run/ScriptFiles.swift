package import Foundation
package import LuaRuntime

/// The files that a script may read: those below its own folder, and none else.
package struct ScriptFiles: Sendable {
    /// Reads a file that has been found to lie below the folder, or gives back what an earlier execution read.
    package typealias Reader = @Sendable (_ path: String, _ url: URL) async throws -> [UInt8]

    /// The largest file that is read, in bytes.
    package static let maximumSize = 256 << 20

    private let folder: URL
    private let reader: Reader

    /// The files below `folder`; `reader` does the reading, so that a run can keep what it read.
    package init(folder: URL, reader: @escaping Reader) {
        self.folder = folder.standardizedFileURL.resolvingSymlinksInPath()
        self.reader = reader
    }

    /// Reads a file.
    ///
    /// - Parameter path: Where it is, relative to the script's folder.
    /// - Returns: Its bytes.
    /// - Throws: ``HostError`` with the code `fileNotFound`, `fileRefused` or `fileUnreadable`.
    package func read(_ path: String) async throws(HostError) -> [UInt8] {
        let url = try resolve(path)
        do {
            return try await reader(path, url)
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(code: "fileUnreadable", message: "\(path): cannot be read (\(error))")
        }
    }

    /// Reads a file from the disk, up to ``maximumSize`` bytes.
    ///
    /// The path is walked from the root, folder by folder, and no link is followed: ``read(_:)`` has resolved those, and one
    /// that is put in place afterwards does not lead anywhere.
    package static func readFromDisk(_ path: String, _ url: URL) throws -> [UInt8] {
        var folder = try open("/", at: AT_FDCWD, O_DIRECTORY, path)
        let names = url.path.split(separator: "/")
        for name in names.dropLast() {
            folder = try withExtendedLifetime(folder) {
                try open(String(name), at: folder.fileDescriptor, O_DIRECTORY, path)
            }
        }
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let file = try withExtendedLifetime(folder) {
            try open(names.last.map(String.init) ?? ".", at: folder.fileDescriptor, O_NONBLOCK, path)
        }
        var status = stat()
        guard unsafe fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HostError(code: "fileRefused", message: "\(path): not a regular file")
        }
        guard status.st_size <= maximumSize else {
            throw HostError(
                code: "fileRefused",
                message: "\(path): larger than \(maximumSize >> 20) MiB, which is the most that is read"
            )
        }
        return Array(try file.read(upToCount: maximumSize) ?? Data())
    }

    private static func open(_ name: String, at folder: Int32, _ flags: Int32, _ path: String) throws -> FileHandle {
        let descriptor = unsafe openat(folder, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor >= 0 { return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true) }
        switch errno {
        case ENOENT, ENOTDIR:
            throw HostError(
                code: "fileNotFound",
                message: "\(path): no such file beside the script; paths count from the script's folder"
            )
        case EACCES:
            throw HostError(code: "fileUnreadable", message: "\(path): it may not be read; check its permissions")
        default: throw HostError(code: "fileUnreadable", message: "\(path): \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// Reads a file from the disk at once, by the rules of ``read(_:)``.
    ///
    /// - Throws: ``HostError``, as ``read(_:)`` does.
    package static func read(_ path: String, below folder: URL) throws(HostError) -> [UInt8] {
        let files = ScriptFiles(folder: folder) { path, url in try readFromDisk(path, url) }
        do {
            return try readFromDisk(path, try files.resolve(path))
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(code: "fileUnreadable", message: "\(path): cannot be read (\(error))")
        }
    }

    private func resolve(_ path: String) throws(HostError) -> URL {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !path.hasPrefix("/"), !path.utf8.contains(0), !parts.contains("..") else {
            throw HostError(
                code: "fileRefused",
                message:
                    "\(path): a script reads files below its own folder only; give a path relative to it, without '..'"
            )
        }
        let url = folder.appending(path: path).standardizedFileURL.resolvingSymlinksInPath()
        let inside = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
        guard url.path.hasPrefix(inside) else {
            throw HostError(
                code: "fileRefused",
                message: "\(path): a link that leads out of the script's folder; copy the file into it"
            )
        }
        return url
    }
}
