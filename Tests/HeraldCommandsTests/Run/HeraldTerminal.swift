import Dispatch
import Foundation
import Processes

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
        let input = Pipe()
        let output = Pipe()
        let herald = Executables.path("herald")
        let process = try ChildProcess(
            "/usr/bin/script",
            // Without exec, a shell would stay between the two, and have an opinion of its own about Ctrl-C.
            ["--quiet", "--return", "--command", "exec '\(herald)' \(arguments)", "/dev/null"],
            folder: folder,
            environment: [
                "HERALD_HOME": folder + "/state", "HERALD_USER": "Adele Vance", "SWIFT_BACKTRACE": "enable=no",
                "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "xterm", "NO_COLOR": "1",
            ],
            input: input.fileHandleForReading,
            output: output.fileHandleForWriting,
            error: output.fileHandleForWriting
        )
        try output.fileHandleForWriting.close()
        // A sign that never comes is to fail the test, and not to hold it up for ever.
        DispatchQueue.global().asyncAfter(deadline: .now() + 300) { process.send(SIGTERM) }
        let (keyboard, display) = (input.fileHandleForWriting, output.fileHandleForReading)
        let screen = await withCheckedContinuation { (continuation: CheckedContinuation<String, Never>) in
            Thread.detachNewThread {
                continuation.resume(returning: Self.type(steps, keyboard, display))
            }
        }
        return (await process.ending().status, screen)
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
