import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Processes
import Testing

@testable import ServerCommands

/// The real executable, asked over TLS and over a socket file.
struct ServingTests {
    private static let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    /// Runs the server until `body` is done with it; `body` gets the port, 0 for a socket file.
    private func serve(
        _ arguments: [String],
        in folder: URL,
        _ body: (Int) async throws -> Void
    ) async throws {
        let server = try await ServerProcess.Listening(arguments, environment: ["HERALD_HOME": folder.path])
        defer { server.process.send(SIGTERM) }
        let port = server.line.firstMatch(of: #/https?://127\.0\.0\.1:(\d+)/#).flatMap { Int($0.output.1) } ?? 0
        try await body(port)
    }

    @Test func `an address that is taken is named, and how to choose another`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-serving-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await serve(["--listen", "127.0.0.1:0"], in: folder) { port in
            let second = try await ServerProcess.run(
                ["--listen", "127.0.0.1:\(port)"],
                home: folder.appending(path: "second")
            )
            #expect(second.status == 1)
            #expect(
                second.error.contains(
                    "127.0.0.1:\(port) cannot be listened on: Address already in use. Choose another address with --listen"
                ),
                "\(second.error)"
            )
        }
    }

    private static func ask(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws -> String {
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            var answer = ""
            do {
                for try await bytes in inbound { answer += String(buffer: bytes) }
            } catch {
                // TLS ends without a farewell; the answer is whole by its length.
            }
            return answer
        }
    }

    // Reference, section 18.3, row 1: TLS certificate option.
    @Test func `TLS is served with the certificate of this machine, which its authority vouches for`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-serve-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await serve(["--listen", "127.0.0.1:0", "--tls-self-signed"], in: folder) { port in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(folder.appending(path: "tls/authority.pem").path)
            let context = try NIOSSLContext(configuration: configuration)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try NIOSSLClientHandler(context: context, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let answer = try await Self.ask(channel)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.lowercased().contains("strict-transport-security: max-age="))
        }
    }

    @Test func `a socket file is its owner's alone, and one server's at a time`() async throws {
        // Short, because the path of a socket may not be long.
        let folder = URL(filePath: "/tmp/herald-\(UInt32.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "s").path
        for _ in 0..<2 {
            try await serve(["--listen", "unix:\(path)"], in: folder) { _ in
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(throws: SocketFile.Fault.self) { try SocketFile.prepare(path) }
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(unixDomainSocketPath: path) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                        }
                    }
                let answer = try await Self.ask(channel)
                #expect(answer.hasPrefix("HTTP/1.1 200"))
            }
        }
        let file = folder.appending(path: "file").path
        try Data("x".utf8).write(to: URL(filePath: file))
        #expect(throws: SocketFile.Fault.self) { try SocketFile.prepare(file) }
    }
}
