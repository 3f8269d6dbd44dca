import Foundation

/// The second executable, which is built apart so that the tool builds without an HTTP server.
enum ServerExecutable {
    static let name = "herald-server"

    /// Looks in `folder`, then in the folders of `searchPath`, which are separated by colons.
    static func find(beside folder: String, searchPath: String) -> String? {
        ([folder] + searchPath.split(separator: ":").map(String.init))
            .map { $0 + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What a person reads if it is in none of those folders.
    static let missing = """
        herald-server is neither beside herald nor on the PATH. Build it with: \
        swift build -c release --product herald-server
        """

    /// Lets the executable do what is left to do, in place of this process.
    ///
    /// - Throws: ``Failure`` if there is none or it cannot be started; it does not come back otherwise.
    static func takeOver(_ arguments: [String], in herald: HeraldEnvironment) throws -> Never {
        let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? ""
        guard let path = find(beside: folder, searchPath: herald.variable("PATH") ?? "") else {
            throw Failure(.failed, missing)
        }
        throw Failure(.failed, "\(path) cannot be started: \(execute(path, arguments))")
    }

    /// Lets the executable take this process over; comes back only if that failed.
    ///
    /// - Returns: Why it failed.
    static func execute(_ path: String, _ arguments: [String]) -> String {
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe strings.indices { unsafe free(strings[index]) } }
        unsafe execv(path, &strings)
        return unsafe String(cString: strerror(errno))
    }
}
