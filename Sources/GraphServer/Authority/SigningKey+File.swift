import Files
import Foundation

extension SigningKey {
    /// What is wrong with the file of a key.
    package struct FileFault: Error, CustomStringConvertible {
        package var description: String
    }

    /// The key in a file that only its owner can read; it is made if the file is missing.
    ///
    /// - Parameter path: The file; its folder is made too.
    /// - Returns: The key, the same for every process that asks.
    /// - Throws: ``FileFault`` if others can read the file, or it holds no key.
    package static func inFile(_ path: String) throws -> SigningKey {
        let files = FileManager.default
        if !files.fileExists(atPath: path) { try make(path) }
        let attributes = try files.attributesOfItem(atPath: path)
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o077 == 0 else {
            throw FileFault(
                description: "\(path) holds the key that signs tokens, and others can read it. Run: chmod 600 \(path)"
            )
        }
        guard let text = files.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }),
            let key = try? SigningKey(pem: text)
        else {
            throw FileFault(
                description: "\(path) holds no RSA key of 2048 bits or more. Remove it, and a new one is made; tokens "
                    + "that were given out then end."
            )
        }
        return key
    }

    /// Puts a new key in place whole, unless another process was quicker: then its key stays.
    private static func make(_ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let draft = path + "." + SecretHash.randomText()
        try PrivateFile.write(Data(random().pem.utf8), to: draft)
        defer { unsafe unlink(draft) }
        guard unsafe link(draft, path) == 0 || errno == EEXIST else {
            throw FileFault(description: "\(path) cannot be made: \(unsafe String(cString: strerror(errno)))")
        }
    }
}
