import Foundation
import GraphModel
import GraphServer
import Processes
import Testing

// Reference, section 6.4; section 18.3, row 6: gzip request decoding.
struct CompressedBodyTests {
    /// What the system's gzip makes of a text.
    private static func gzip(_ text: String) async throws -> [UInt8] {
        Array(try await ChildProcess.run("/bin/gzip", ["-c"], input: Data(text.utf8)).output)
    }

    private static func head(_ coding: String, _ framing: String) -> [UInt8] {
        Array(
            """
            POST \(RunningServer.groupPath)/conversations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r
            Authorization: Bearer \(RunningServer.token)\r\nContent-Type: application/json\r
            Content-Encoding: \(coding)\r\n\(framing)\r\n\r\n
            """.utf8
        )
    }

    private static func send(_ body: [UInt8], _ coding: String = "gzip", to server: RunningServer) async throws -> Int {
        let head = head(coding, "Content-Length: \(body.count)")
        let answer = try await RawConnection.exchange(head + body, port: server.port)
        return try #require(RawConnection.answer(answer)).status
    }

    /// A conversation of so many bytes.
    private static func conversation(_ size: Int) -> String {
        let frame = RunningServer.conversation("").utf8.count
        let body = RunningServer.conversation("")
        return body.replacing("Rest", with: String(repeating: "x", count: size - frame + "Rest".utf8.count))
    }

    // RFC 9110, section 8.4.1.
    @Test(arguments: ["gzip", "GZIP", "GZip", "x-gzip", "X-GZIP"])
    func `the name of a content coding may be in any letter case`(_ coding: String) async throws {
        try await RunningServer.with { server in
            let status = try await Self.send(
                try await Self.gzip(RunningServer.conversation("Rest")),
                coding,
                to: server
            )
            #expect(status == 201)
        }
    }

    @Test(arguments: ["br", "gzip, gzip", "gzip, br", "zstd"])
    func `other codings are refused`(_ coding: String) async throws {
        try await RunningServer.with { server in
            let status = try await Self.send(
                try await Self.gzip(RunningServer.conversation("Rest")),
                coding,
                to: server
            )
            #expect(status == 415)
        }
    }

    @Test func `a compressed body may have 25 MiB once it is whole, and another 4 MiB`() async throws {
        try await RunningServer.with { server in
            let mebibyte = 1 << 20
            for (size, status) in [(5 * mebibyte, 201), (25 * mebibyte, 201), (25 * mebibyte + 1, 413)] {
                let answer = try await Self.send(try await Self.gzip(Self.conversation(size)), to: server)
                #expect(answer == status, "\(size)")
            }
            for (size, status) in [(4 * mebibyte, 201), (4 * mebibyte + 1, 413)] {
                let answer = try await Self.send(Array(Self.conversation(size).utf8), "identity", to: server)
                #expect(answer == status, "\(size)")
            }
        }
    }

    @Test func `a compressed body in chunks has no more bytes on the wire than another`() async throws {
        var options = ServerOptions()
        options.limits.bodySize = 64 << 10
        try await RunningServer.with(options: options) { server in
            // Bytes that gzip cannot make fewer.
            let noise = Data((0..<(200 << 10)).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
            let body = try await Self.gzip(#"{"topic":"\#(noise)"}"#)
            let chunk = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
            let bytes = Self.head("gzip", "Transfer-Encoding: chunked") + chunk
            let answer = try await RawConnection.exchange(bytes, port: server.port)
            #expect(RawConnection.answer(answer)?.status == 413)
        }
    }
}
