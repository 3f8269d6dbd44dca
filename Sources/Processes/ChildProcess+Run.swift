package import Foundation

extension ChildProcess {
    /// How a process ended, and what it wrote.
    package struct Result: Sendable {
        package var ending: Ending
        package var output: Data
        /// Empty if standard error was ours.
        package var error: Data
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - executable: Its path.
    ///   - arguments: Without its name.
    ///   - environment: All that stands in its environment; nil is what stands in ours.
    ///   - input: What it reads.
    ///   - keepsError: Whether what it writes to standard error is kept; it goes to ours otherwise.
    /// - Returns: What came of it.
    /// - Throws: ``SpawnFailure``.
    package static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        input: Data = Data(),
        keepsError: Bool = false
    ) async throws(SpawnFailure) -> Result {
        let (input, output, error) = (input.isEmpty ? nil : (Pipe(), input), Pipe(), keepsError ? Pipe() : nil)
        let process = try ChildProcess(
            executable,
            arguments,
            environment: environment,
            input: input?.0.fileHandleForReading,
            output: output.fileHandleForWriting,
            error: error?.fileHandleForWriting
        )
        // The child has them; the end of a pipe shows only when nobody can write to it any more.
        try? output.fileHandleForWriting.close()
        try? error?.fileHandleForWriting.close()
        try? input?.0.fileHandleForReading.close()
        if let (pipe, bytes) = input {
            Thread.detachNewThread {
                try? pipe.fileHandleForWriting.write(contentsOf: bytes)
                try? pipe.fileHandleForWriting.close()
            }
        }
        async let reported = read(error)
        async let written = read(output)
        let texts = await (written, reported)
        return Result(ending: await process.ending(), output: texts.0, error: texts.1)
    }

    /// Reads to the end, on a thread that may be blocked.
    private static func read(_ pipe: Pipe?) async -> Data {
        guard let handle = pipe?.fileHandleForReading else { return Data() }
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: (try? handle.readToEnd()) ?? Data()) }
        }
    }
}
