import Foundation
import Processes
import Testing

/// The real executable as a process of its own.
struct ServerProcess {
    /// What came of a process that has ended.
    struct Outcome {
        var status: Int32
        var output: String
        var error: String
    }

    private static let executable = Bundle.main.bundleURL.appending(path: "herald-server").path

    private static func environment(_ home: URL, _ variables: [String: String]) -> [String: String] {
        ["HOME": home.path, "HERALD_HOME": home.path, "LOGNAME": "olivia"].merging(variables) { $1 }
    }

    /// Runs to the end.
    static func run(
        _ arguments: [String],
        home: URL,
        variables: [String: String] = [:]
    ) async throws
        -> Outcome
    {
        let result = try await ChildProcess.run(
            executable,
            arguments,
            environment: environment(home, variables),
            keepsError: true
        )
        return Outcome(
            status: result.ending.status,
            output: String(decoding: result.output, as: UTF8.self),
            error: String(decoding: result.error, as: UTF8.self)
        )
    }

    /// A server that has said where it is.
    struct Listening {
        let process: ChildProcess
        /// What it said until then.
        let line: String
        /// Keeps what it says from filling the pipe.
        private let error: Pipe

        /// Starts a server, and waits until it says where it is.
        init(_ arguments: [String], environment: [String: String]) async throws {
            let error = Pipe()
            self.error = error
            process = try ChildProcess(
                executable,
                arguments,
                environment: environment,
                output: nil,
                error: error.fileHandleForWriting
            )
            try error.fileHandleForWriting.close()
            var text = ""
            while !text.contains(#/(https?://|unix:)[^\n]*\n/#) {
                let data = error.fileHandleForReading.availableData
                try #require(!data.isEmpty, "the server ended: \(text)")
                text += String(decoding: data, as: UTF8.self)
            }
            line = text
            error.fileHandleForReading.readabilityHandler = { handle in
                if handle.availableData.isEmpty { handle.readabilityHandler = nil }
            }
        }

        /// Ends it well, and gives its exit status.
        func stop() async -> Int32 {
            process.send(SIGTERM)
            return await process.ending().status
        }
    }

    /// Runs `body` with the first line that the server says and its address, and ends it well.
    static func serve(
        _ arguments: [String],
        home: URL,
        variables: [String: String] = [:],
        _ body: (_ line: String, _ root: String) async throws -> Void
    ) async throws {
        let server = try await Listening(
            ["--listen", "127.0.0.1:0"] + arguments,
            environment: environment(home, variables)
        )
        let root = try #require(server.line.firstMatch(of: #/http://127\.0\.0\.1:[1-9][0-9]*/#)).output
        try await body(server.line, String(root))
        #expect(await server.stop() == 0)
    }
}
