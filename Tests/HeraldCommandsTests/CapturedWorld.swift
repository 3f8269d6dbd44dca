import Foundation
import Synchronization

@testable import HeraldCommands

/// A world for commands in memory, with a folder of its own on disk that goes with it.
final class CapturedWorld: Sendable {
    let folder: String
    let output = Capture()
    let error = Capture()
    private let isTerminal: Bool
    private let columns: Int

    init(isTerminal: Bool = false, columns: Int = 80) throws {
        self.isTerminal = isTerminal
        self.columns = columns
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// What the commands are given.
    var herald: HeraldEnvironment {
        let columns = columns
        let sink = { (capture: Capture) in
            ByteSink(isTerminal: self.isTerminal, width: { columns }, put: { capture.append($0) })
        }
        return HeraldEnvironment(
            variables: ["HERALD_HOME": folder + "/state", "HERALD_USER": "Adele Vance"],
            folder: folder,
            output: sink(output),
            error: sink(error),
            now: { 1_767_323_045_000_000 },
            uptime: { .zero }
        )
    }

    /// Runs a command line.
    func run(_ arguments: String...) async -> ExitStatus {
        await HeraldCommand.run(arguments, in: herald)
    }

    /// Puts a file into the folder.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
    }
}

/// What was written to a stream.
final class Capture: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    /// What was written since the last time.
    func take() -> String {
        bytes.withLock { bytes in
            defer { bytes = [] }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
