import Dispatch
import Foundation

/// The real executable on a terminal of its own, which `script` makes.
struct HeraldTerminal {
    /// Waits for a text on the screen, and then types.
    struct Step {
        var sign: String
        var keys: String
    }

    /// Where the process runs; `state` in it is the process's home.
    let folder: String

    /// Lets the executable run to its end.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - steps: What is typed, one after the other; each sign is looked for behind the last one.
    /// - Returns: The exit status, and what stood on the screen.
    /// - Throws: The reason why the process could not be started.
    func run(_ arguments: String, _ steps: [Step]) async throws -> (status: Int32, screen: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/script")
        let herald = Bundle.main.bundleURL.appending(path: "herald").path
        // Without exec, a shell would stay between the two, and have an opinion of its own about Ctrl-C.
        process.arguments = ["--quiet", "--return", "--command", "exec '\(herald)' \(arguments)", "/dev/null"]
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = [
            "HERALD_HOME": folder + "/state", "HERALD_USER": "Adele Vance", "SWIFT_BACKTRACE": "enable=no",
            "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "xterm", "NO_COLOR": "1",
        ]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        // A sign that never comes is to fail the test, and not to hold it up for ever.
        DispatchQueue.global().asyncAfter(deadline: .now() + 60) {
            if process.isRunning { process.terminate() }
        }
        let (keyboard, display) = (input.fileHandleForWriting, output.fileHandleForReading)
        let screen = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.detachNewThread {
                continuation.resume(returning: Self.type(steps, keyboard, display))
            }
        }
        for await _ in ended {}
        return (process.terminationStatus, screen)
    }

    /// Types each step once its sign has been seen, and gives all that was seen.
    private static func type(_ steps: [Step], _ keyboard: FileHandle, _ display: FileHandle) -> String {
        var bytes = Data()
        var seen = 0
        var rest = steps[...]
        while true {
            let more = display.availableData
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
            while let step = rest.first, let found = bytes[seen...].range(of: Data(step.sign.utf8)) {
                seen = found.upperBound
                rest = rest.dropFirst()
                keyboard.write(Data(step.keys.utf8))
            }
        }
    }
}
