import Foundation
import Storage

/// Everything outside of itself that a command may touch, so that tests can run commands side by side in one process.
package struct HeraldEnvironment: Sendable {
    /// The environment variables.
    package var variables: [String: String]
    /// The current folder, absolute; relative paths on the command line begin here.
    package var folder: String
    /// Where lines are read from.
    package var input: LineSource
    /// Where results go.
    package var output: ByteSink
    /// Where everything else goes: messages, logs, progress.
    package var error: ByteSink
    /// The time of day, in microseconds since 1970 (UTC).
    package var now: @Sendable () -> Int64
    /// The time since some moment in the past, which never goes backwards.
    package var uptime: @Sendable () -> Duration
    /// Lets time pass.
    package var wait: @Sendable (Duration) async throws -> Void

    package init(
        variables: [String: String],
        folder: String,
        input: LineSource = .empty,
        output: ByteSink,
        error: ByteSink,
        now: @escaping @Sendable () -> Int64,
        uptime: @escaping @Sendable () -> Duration,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.variables = variables
        self.folder = folder
        self.input = input
        self.output = output
        self.error = error
        self.now = now
        self.uptime = uptime
        self.wait = wait
    }

    /// The world of this process.
    package static var process: HeraldEnvironment {
        let variables = ProcessInfo.processInfo.environment
        let start = ContinuousClock.now
        return HeraldEnvironment(
            variables: variables,
            folder: FileManager.default.currentDirectoryPath,
            input: .standard,
            output: .standard(.output, variables: variables),
            error: .standard(.error, variables: variables),
            now: { Int64(Date().timeIntervalSince1970 * 1_000_000) },
            uptime: { ContinuousClock.now - start }
        )
    }

    /// The uptime in microseconds.
    package var uptimeMicroseconds: @Sendable () -> Int64 {
        { [uptime] in Int64(uptime() / .microseconds(1)) }
    }

    /// A path from the command line, made absolute.
    package func path(_ path: String) -> String {
        if path.hasPrefix("~/"), let home = variable("HOME") { return home + path.dropFirst(1) }
        return path.hasPrefix("/") ? path : folder + "/" + path
    }

    /// An environment variable that is set and not empty.
    package func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The folder of the store and the ledger.
    ///
    /// `$HERALD_HOME`, else `$XDG_STATE_HOME/herald`, else `~/.local/state/herald` (XDG Base Directory Specification 0.8).
    ///
    /// - Throws: ``Failure`` if none of the variables says where that is.
    package func stateFolder() throws(Failure) -> String {
        if let folder = StateFolder.path(variables: variables, folder: folder) { return folder }
        throw Failure(
            .usage,
            "Neither HERALD_HOME nor HOME is set, so there is no place for the store. Set HERALD_HOME."
        )
    }

    /// The name of the embedded store's operator: `$HERALD_USER`, else the login name.
    package var operatorName: String {
        StateFolder.operatorName(variables: variables)
    }

    /// Reads a file that the command line names.
    ///
    /// - Throws: ``Failure`` that names the file and says why it cannot be read.
    package func file(_ name: String) throws(Failure) -> [UInt8] {
        let path = path(name)
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(.failed, "\(name): there is no such file.")
        }
        if isFolder.boolValue { throw Failure(.failed, "\(name): this is a folder, expected a file.") }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Failure(.failed, "\(name): the file may not be read; check its permissions.")
        }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(.failed, "\(name): the file cannot be read: \(error.localizedDescription)")
        }
    }
}
