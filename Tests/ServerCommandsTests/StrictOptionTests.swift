import ArgumentParser
import Foundation
import FoundationNetworking
import Processes
import Testing

@testable import ServerCommands

@Suite struct StrictOptionTests {
    private static let token = "0123456789abcdef-test"

    @Test func `the help says what strict means`() {
        let help = ServerCommand.helpMessage(columns: 200)
        for part in ["--strict", "501", "delta", "ConsistencyLevel", "x_", "x-server-mode"] {
            #expect(help.contains(part))
        }
    }

    // Reference, section 20: the server reports its mode.
    @Test(arguments: [([], "lenient"), (["--strict"], "strict")])
    func `the store and the server are lenient unless they are told to be strict`(
        _ options: [String],
        _ mode: String
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-serve-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await ServerProcess.Listening(
            ["--listen", "127.0.0.1:0", "--store", folder.appending(path: "graph.sqlite").path] + options,
            environment: ["HOME": folder.path, "HERALD_TOKEN": Self.token]
        )
        defer { server.process.send(SIGTERM) }
        let root = try #require(server.line.firstMatch(of: #/http://127\.0\.0\.1:[0-9]+/#)?.output)
        // The first is answered by the store, the second by the server alone.
        for path in ["/v1.0/me", "/healthz"] {
            var request = URLRequest(url: try #require(URL(string: root + path)))
            request.setValue("Bearer \(Self.token)", forHTTPHeaderField: "Authorization")
            let response = try #require(try await URLSession.shared.data(for: request).1 as? HTTPURLResponse)
            #expect(response.statusCode == 200)
            #expect(response.value(forHTTPHeaderField: "x-server-mode") == mode)
        }
    }
}
