import Dispatch
import Foundation
import Processes

/// The products that tests start as processes.
enum Executables {
    /// Where a product is: beside the tests, or in the folder that `HERALD_EXECUTABLES` names.
    static func path(_ name: String) -> String {
        let folder = ProcessInfo.processInfo.environment["HERALD_EXECUTABLES"].map { URL(filePath: $0) }
        return (folder ?? Bundle.main.bundleURL).appending(path: name).path
    }
}

/// The real executable, as a process of its own whose state is in a folder of its own.
struct HeraldProcess {
    /// How a process ended, and what it wrote.
    struct Ending {
        /// The exit status; of a process that a signal ended, the signal's number.
        var status: Int32
        var wasKilled: Bool
        var output: String
        var error: String
    }

    /// What is done to a process while it runs.
    enum Disturbance {
        /// SIGKILL, so many microseconds after the start or, if there is a text, after standard error has it.
        case kill(once: String? = nil, after: Int = 0)
        /// SIGINT, once standard error has this text.
        case interrupt(once: String)
        /// SIGHUP twice, as a terminal that goes sends it, once standard error has this text.
        case hangUp(once: String)
    }

    /// Where the process runs.
    let folder: String
    /// The process's home, in the folder.
    var home = "state"
    /// How large the files that the process writes may become, in blocks of 512 bytes; nil for any size.
    var fileLimit: Int?
    /// What else stands in its environment.
    var variables: [String: String] = [:]

    /// Lets the executable run to its end.
    @discardableResult
    func run(_ arguments: String..., disturbance: Disturbance? = nil) async throws -> Ending {
        try await run(arguments, disturbance: disturbance)
    }

    /// Lets the executable run to its end.
    @discardableResult
    func run(_ arguments: [String], disturbance: Disturbance? = nil) async throws -> Ending {
        let output = Pipe()
        let error = Pipe()
        let herald = Executables.path("herald")
        var command = fileLimit.map { ["/bin/sh", "-c", "ulimit -f \($0) && exec \"$@\"", "sh", herald] } ?? [herald]
        // A test beside this one may have made the whole process ignore it, and children begin as their parents are.
        if case .hangUp = disturbance { command = ["/usr/bin/env", "--default-signal=HUP"] + command }
        let process = try ChildProcess(
            command[0],
            command.dropFirst() + arguments,
            folder: folder,
            environment: [
                "HERALD_HOME": folder + "/" + home, "HERALD_USER": "Adele Vance", "SWIFT_BACKTRACE": "enable=no",
            ].merging(variables) { $1 },
            output: output.fileHandleForWriting,
            error: error.fileHandleForWriting
        )
        // The child has them; the end of a pipe shows only when nobody can write to it any more.
        try output.fileHandleForWriting.close()
        try error.fileHandleForWriting.close()
        if case .kill(nil, let delay) = disturbance { Self.kill(process, after: delay) }
        async let written = Self.read(output)
        async let reported = Self.read(error) { text in
            switch disturbance {
            case .interrupt(let sign) where text.contains(sign): process.send(SIGINT)
            case .hangUp(let sign) where text.contains(sign):
                process.send(SIGHUP)
                process.send(SIGHUP)
            case .kill(let sign?, let delay) where text.contains(sign): Self.kill(process, after: delay)
            default: return false
            }
            return true
        }
        let texts = await (written, reported)
        let ending = await process.ending()
        return Ending(status: ending.status, wasKilled: ending.wasKilled, output: texts.0, error: texts.1)
    }

    private static func kill(_ process: ChildProcess, after delay: Int) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(delay)) { process.send(SIGKILL) }
    }

    /// Reads a pipe to its end; `isSeen` is asked about the text so far until it says so.
    private static func read(
        _ pipe: Pipe,
        until isSeen: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async
        -> String
    {
        let handle = pipe.fileHandleForReading
        return await onThread {
            var bytes = Data()
            var seen = false
            while true {
                let more = handle.availableData
                if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
                bytes += more
                if !seen { seen = isSeen(String(decoding: bytes, as: UTF8.self)) }
            }
        }
    }

    /// Does what blocks on a thread that may be blocked.
    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
