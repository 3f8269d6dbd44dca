import Foundation
import Testing

/// The real executable as a process of its own.
struct ShutdownTests {
    @Test func `the server says where it is and ends well when it is told to`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-serve-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        let error = Pipe()
        process.executableURL = Bundle.main.bundleURL.appending(path: "herald-server")
        process.arguments = ["--listen", "127.0.0.1:0", "--store", folder.appending(path: "graph.sqlite").path]
        process.environment = ["HOME": folder.path]
        process.standardError = error
        let status = AsyncStream<Int32> { continuation in
            process.terminationHandler = {
                continuation.yield($0.terminationStatus)
                continuation.finish()
            }
        }
        try process.run()
        let line = String(decoding: error.fileHandleForReading.availableData, as: UTF8.self)
        #expect(line.contains(#/herald serve: http://127\.0\.0\.1:[1-9][0-9]*/v1\.0  token: [A-Za-z0-9_\-]{43}\n/#))
        process.terminate()
        var iterator = status.makeAsyncIterator()
        #expect(await iterator.next() == 0)
    }
}
