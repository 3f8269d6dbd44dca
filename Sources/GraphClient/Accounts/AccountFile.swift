import Foundation
import GraphModel

/// The profiles of a user, in a file that only they can read.
///
/// Processes change it one at a time, each by putting a new file in the place of the old one, so that a reader finds a
/// whole one always.
package struct AccountFile: Sendable {
    /// What stands in the file.
    struct Content: Codable, Equatable {
        var version = 1
        var profiles: [String: Profile] = [:]
    }

    package let path: String

    /// - Parameter folder: The state folder; it is made when something is written.
    package init(folder: String) { path = folder + "/accounts.json" }

    /// All profiles by name.
    ///
    /// - Throws: ``SignInFault`` if the file cannot be read.
    package func profiles() throws(SignInFault) -> [String: Profile] { try content().profiles }

    private func content() throws(SignInFault) -> Content {
        guard FileManager.default.fileExists(atPath: path) else { return Content() }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SignInFault("\(path) cannot be read; only its owner may. Check its permissions.")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: data), content.version == 1 else {
            throw SignInFault(
                "\(path) holds no profiles that this version of Herald understands. Remove it and sign in again: "
                    + "herald login"
            )
        }
        return content
    }

    /// Does something while no other process changes the file or renews a token of it.
    func locked<Result>(
        _ body: (borrowing Draft) async throws -> Result
    ) async throws -> Result {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw SignInFault("\(folder) cannot be made: \(error.localizedDescription)")
        }
        let lock = try await FileLock(path: path + ".lock")
        return try await body(Draft(file: self, lock: lock))
    }

    /// The right to change the file.
    struct Draft: ~Copyable {
        fileprivate let file: AccountFile
        fileprivate let lock: FileLock

        fileprivate init(file: AccountFile, lock: consuming FileLock) {
            self.file = file
            self.lock = lock
        }

        func profiles() throws -> [String: Profile] { try file.profiles() }

        /// Puts a profile under a name in the place of what stands there, or takes it away.
        func set(_ name: String, _ profile: Profile?) throws {
            var content = try file.content()
            content.profiles[name] = profile
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try file.replace(with: encoder.encode(content) + Data("\n".utf8))
        }
    }

    /// Takes profiles away.
    ///
    /// - Parameter names: Which; nil takes all away.
    /// - Returns: Those of them that were there.
    /// - Throws: ``SignInFault`` if the file cannot be written.
    package func remove(_ names: [String]?) async throws -> [String] {
        try await locked { draft in
            let known = try draft.profiles().keys.sorted()
            let gone = known.filter { names?.contains($0) ?? true }
            for name in gone { try draft.set(name, nil) }
            return gone
        }
    }

    private func replace(with data: Data) throws {
        let draft = "\(path).\(getpid())"
        unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        do {
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: data)
            try handle.synchronize()
            try handle.close()
            guard unsafe rename(draft, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        } catch {
            unsafe unlink(draft)
            throw SignInFault("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}

/// A lock that one process or task holds at a time, released when it goes or the process dies (flock(2)).
private struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Waits for the lock on a thread that may be blocked.
    init(path: String) async throws(SignInFault) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw SignInFault("\(path) cannot be made: \(unsafe String(cString: strerror(errno)))")
        }
        self.descriptor = descriptor
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
                continuation.resume()
            }
        }
    }

    deinit { close(descriptor) }
}
