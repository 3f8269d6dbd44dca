import Foundation
import Testing

/// The real executable as a process of its own.
struct ServerProcess {
    /// What came of a process that has ended.
    struct Outcome {
        var status: Int32
        var output: String
        var error: String
    }

    private static func make(_ arguments: [String], home: URL, variables: [String: String]) -> Process {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appending(path: "herald-server")
        process.arguments = arguments
        process.environment = ["HOME": home.path, "HERALD_HOME": home.path, "LOGNAME": "olivia"]
            .merging(variables) { $1 }
        return process
    }

    private static func ending(of process: Process) -> AsyncStream<Int32> {
        AsyncStream<Int32> { continuation in
            process.terminationHandler = {
                continuation.yield($0.terminationStatus)
                continuation.finish()
            }
        }
    }

    /// Runs to the end.
    static func run(
        _ arguments: [String],
        home: URL,
        variables: [String: String] = [:]
    ) async throws
        -> Outcome
    {
        let process = make(arguments, home: home, variables: variables)
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        let ending = ending(of: process)
        try process.run()
        var iterator = ending.makeAsyncIterator()
        let status = await iterator.next() ?? -1
        return Outcome(
            status: status,
            output: String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
            error: String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        )
    }

    /// Runs `body` with the first line that the server says and its address, and ends it well.
    static func serve(
        _ arguments: [String],
        home: URL,
        variables: [String: String] = [:],
        _ body: (_ line: String, _ root: String) async throws -> Void
    ) async throws {
        let process = make(["--listen", "127.0.0.1:0"] + arguments, home: home, variables: variables)
        let error = Pipe()
        process.standardError = error
        let ending = ending(of: process)
        try process.run()
        let line = String(decoding: error.fileHandleForReading.availableData, as: UTF8.self)
        error.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        let root = try #require(line.firstMatch(of: #/http://127\.0\.0\.1:[1-9][0-9]*/#)).output
        try await body(line, String(root))
        process.terminate()
        var iterator = ending.makeAsyncIterator()
        #expect(await iterator.next() == 0)
    }
}
