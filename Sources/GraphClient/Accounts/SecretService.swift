import Foundation
import Processes

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

    /// Runs the program, which may ask the user to unlock the key ring; what it says of failures is not for our user.
    private func run(_ arguments: [String], input: String) async -> String? {
        let result = try? await ChildProcess.run(program, arguments, input: Data(input.utf8), keepsError: true)
        guard let result, result.ending.status == 0 else { return nil }
        return String(decoding: result.output, as: UTF8.self)
    }
}
