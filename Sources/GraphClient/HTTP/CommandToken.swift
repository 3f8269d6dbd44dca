import Foundation
import Processes

/// A token that a program prints: what a user's own tool for signing in gives.
///
/// The program is run when a token is first asked for, and again when one was refused. What it writes to standard
/// error is the user's to see; what it prints is never shown.
package actor CommandToken: TokenSource {
    private let command: String
    private var last: String?

    /// Runs `command` by `/bin/sh -c`.
    package init(_ command: String) { self.command = command }

    package func token(insteadOf refused: String?, claims: String?) async throws -> String {
        if let last, last != refused { return last }
        let token = try await run()
        last = token
        return token
    }

    private func run() async throws -> String {
        let result: ChildProcess.Result
        do { result = try await ChildProcess.run("/bin/sh", ["-c", command]) } catch {
            throw SignInRequired("--token-command cannot be run: \(error)")
        }
        guard result.ending.status == 0 else {
            throw SignInRequired(
                "--token-command ended with the status \(result.ending.status); run it by hand to see why."
            )
        }
        let token = String(decoding: result.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SignInRequired("--token-command printed no token: one line of visible ASCII characters was expected.")
        }
        return token
    }
}
