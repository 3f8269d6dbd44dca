import Foundation
import Processes
import Testing

/// The real executable as a process of its own.
struct ShutdownTests {
    @Test func `the server says where it is and ends well when it is told to`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-serve-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await ServerProcess.Listening(
            ["--listen", "127.0.0.1:0", "--store", folder.appending(path: "graph.sqlite").path],
            environment: ["HOME": folder.path]
        )
        #expect(
            server.line.contains(#/herald serve: http://127\.0\.0\.1:[1-9][0-9]*/v1\.0  token: [A-Za-z0-9_\-]{43}\n/#)
        )
        #expect(await server.stop() == 0)
    }
}
