import Files
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
        let lock: FileLock
        do {
            lock = try await FileLock.taken(path: path + ".lock")
        } catch {
            throw SignInFault("\(error)")
        }
        return try await body(Draft(file: self, lock: lock))
    }

    /// The right to change the file.
    struct Draft: ~Copyable {
        fileprivate let file: AccountFile
        fileprivate let lock: FileLock

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
        do {
            try PrivateFile.replace(path, with: data)
        } catch let fault as FileFault {
            throw SignInFault(fault.description)
        } catch {
            throw SignInFault("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
