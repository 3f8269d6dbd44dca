import Foundation

/// The desktop's secret service (freedesktop.org, Secret Service API), through libsecret's program `secret-tool`.
struct SecretService: Sendable {
    private static let attributes = ["service", "herald", "key", "accounts"]

    private let program: String

    /// Looks for the program; nil if it is in none of the folders.
    init?(searchPath: String) {
        let found = searchPath.split(separator: ":").map { $0 + "/secret-tool" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        program = found
    }

    /// What is kept; nil if there is nothing, or the service does not answer.
    func lookUp() async -> String? {
        let text = await run(["lookup"] + Self.attributes, input: "")?.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Keeps a text, and says whether that succeeded.
    func store(_ secret: String) async -> Bool {
        await run(["store", "--label=Herald: key of accounts.json"] + Self.attributes, input: secret) != nil
    }

    /// Runs the program on a thread that may be blocked: it may ask the user to unlock the key ring.
    private func run(_ arguments: [String], input: String) async -> String? {
        let program = program
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(returning: Self.output(program, arguments, input: input))
            }
        }
    }

    private static func output(_ program: String, _ arguments: [String], input: String) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let bytes = (try? stdout.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
