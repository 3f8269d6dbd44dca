import Foundation
import GraphModel
import GraphServer
import Processes
import Testing

/// Clients that speak bytes of their own over a socket.
struct HostileClientTests {
    private static let host = "Host: localhost\r\n"
    private static let token = "Authorization: Bearer \(RunningServer.token)\r\n"

    /// The status lines of an answer, and its last body read as JSON.
    private static func parts(_ answer: String) -> (statuses: [Int], json: JSONValue) {
        let statuses = answer.matches(of: #/HTTP/1\.1 (\d+)/#).compactMap { Int($0.output.1) }
        let body = answer.components(separatedBy: "\r\n\r\n").last ?? ""
        return (statuses, (try? JSONValue(Array(body.utf8))) ?? .null)
    }

    private static func expect(
        _ answer: String,
        _ status: Int,
        at line: SourceLocation = #_sourceLocation
    ) {
        let (statuses, json) = parts(answer)
        #expect(statuses == [status], sourceLocation: line)
        #expect(json["error"]?["code"]?.string?.isEmpty == false, sourceLocation: line)
        #expect(answer.lowercased().contains("content-type: application/json"), sourceLocation: line)
        #expect(answer.lowercased().contains("connection: close"), sourceLocation: line)
    }

    @Test(arguments: [
        ("nonsense\r\n\r\n", 400),
        ("GET /v1.0/me HTTP/1.1\r\n\(host)Bad Header: x\r\n\r\n", 400),
        ("GET /v1.0/me HTTP/1.1\r\n\(host)X: a\u{0}b\r\n\r\n", 400),
        ("GET /v1.0/\u{0}me HTTP/1.1\r\n\(host)\r\n", 400),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)Content-Length: -1\r\n\r\n", 400),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)\(token)Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 400),
        ("GET /v1.0/me HTTP/1.1\r\n\r\n", 400), ("GET /v1.0/me HTTP/1.1\r\n\(host)\(host)\r\n", 400),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx", 415),
        ("POST /v1.0/me HTTP/1.1\r\n\(host)Expect: tea\r\nContent-Length: 1\r\n\r\nx", 417),
        ("GET /v1.0/me HTTP/1.1\r\n\(host)X: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n", 431),
        ("GET /v1.0/" + String(repeating: "x", count: 100 << 10) + " HTTP/1.1\r\n\(host)\r\n", 414),
        ("GET /v1.0/me HTTP/1.1\r\n\(host)" + String(repeating: "X: y\r\n", count: 100_000) + "\r\n", 431),
    ])
    func `what is no good HTTP is refused in Graph's envelope, and the connection closed`(
        _ request: String,
        _ status: Int
    ) async throws {
        try await RunningServer.with { server in
            Self.expect(try await RawClient.exchange(server.port, request), status)
            let good = try await server.send("GET", "/v1.0/me")
            #expect(good.status == 200)
        }
    }

    @Test func `a body of a gigabyte is refused before it is read`() async throws {
        try await RunningServer.with { server in
            let head = "POST /v1.0/$batch HTTP/1.1\r\n\(Self.host)Content-Length: \(1 << 30)\r\n\r\n"
            Self.expect(try await RawClient.exchange(server.port, head), 413)
        }
    }

    @Test func `a body in endless chunks is cut off`() async throws {
        var options = ServerOptions()
        options.limits.decompressedBodySize = 1 << 20
        try await RunningServer.with(options: options) { server in
            let head = "POST /v1.0/$batch HTTP/1.1\r\n\(Self.host)\(Self.token)Transfer-Encoding: chunked\r\n\r\n"
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            let answer = try await RawClient.exchange(server.port, head + String(repeating: chunk, count: 40))
            #expect(Self.parts(answer).statuses == [413])
        }
    }

    @Test(arguments: ["", "GET /v1.0/me HT", "GET /v1.0/me HTTP/1.1\r\nHost: local"])
    func `a client that is slow to say what it wants is not waited for`(_ start: String) async throws {
        var options = ServerOptions()
        if start.isEmpty { options.limits.idleTimeout = .milliseconds(20) }
        options.limits.headTimeout = .milliseconds(20)
        try await RunningServer.with(options: options) { server in
            let answer = try await RawClient.exchange(server.port, start)
            if start.isEmpty { #expect(answer.isEmpty) } else { Self.expect(answer, 408) }
        }
    }

    @Test(arguments: [(20, 10_000), (10_000, 20)])
    func `a client that is slow with its body is not waited for`(_ pause: Int, _ whole: Int) async throws {
        var options = ServerOptions()
        options.limits.bodyPause = .milliseconds(pause)
        options.limits.bodyTimeout = .milliseconds(whole)
        try await RunningServer.with(options: options) { server in
            let head = "POST /v1.0/$batch HTTP/1.1\r\n\(Self.host)\(Self.token)Content-Length: 10\r\n\r\n{"
            Self.expect(try await RawClient.exchange(server.port, head), 408)
        }
    }

    @Test func `one connection more than may be is told to come again`() async throws {
        var options = ServerOptions()
        options.limits.connections = 0
        try await RunningServer.with(options: options) { server in
            let answer = try await RawClient.exchange(server.port, "")
            Self.expect(answer, 503)
            #expect(answer.contains("Retry-After: 1\r\n"))
        }
    }

    @Test func `requests sent together are answered in their order`() async throws {
        try await RunningServer.with { server in
            let get = "GET /v1.0/me HTTP/1.1\r\n\(Self.host)\(Self.token)\r\n"
            let last = "GET /v1.0/nothing HTTP/1.1\r\n\(Self.host)\(Self.token)Connection: close\r\n\r\n"
            let answer = try await RawClient.exchange(server.port, get + get + last + get)
            #expect(Self.parts(answer).statuses == [200, 200, 400])
        }
    }

    @Test func `a good request is answered before the malformed one behind it is refused`() async throws {
        try await RunningServer.with { server in
            let get = "GET /v1.0/me HTTP/1.1\r\n\(Self.host)\(Self.token)\r\n"
            let answer = try await RawClient.exchange(server.port, get + "nonsense\r\n\r\n")
            #expect(Self.parts(answer).statuses == [200, 400])
        }
    }

    @Test func `a connection is kept for the next request, and HTTP 1.0 closes it`() async throws {
        try await RunningServer.with { server in
            let get = "GET /healthz HTTP/1.1\r\n\(Self.host)\r\n"
            let answer = try await RawClient.dialogue(
                server.port,
                get,
                [("\"ok\"}", "GET /healthz HTTP/1.0\r\n\r\n")]
            )
            #expect(Self.parts(answer).statuses == [200, 200])
        }
    }

    @Test func `a client that waits for 100 is told to go on`() async throws {
        try await RunningServer.with { server in
            let body = #"{"requests":[{"id":1,"method":"GET","url":"/me"}]}"#
            let head = """
                POST /v1.0/$batch HTTP/1.1\r\n\(Self.host)\(Self.token)Expect: 100-continue\r
                Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n
                """
            let answer = try await RawClient.dialogue(server.port, head, [("100 Continue\r\n\r\n", body)])
            #expect(Self.parts(answer).statuses == [100, 200])
        }
    }

    @Test func `a body that ends too soon makes nothing`() async throws {
        try await RunningServer.with { server in
            let body = RunningServer.conversation("Rest")
            let head =
                "POST \(RunningServer.groupPath)/conversations HTTP/1.1\r\n\(Self.host)\(Self.token)"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\nnot a chunk\r\n"
            Self.expect(try await RawClient.exchange(server.port, head), 400)
            let list = try await server.send("GET", RunningServer.groupPath + "/conversations")
            #expect(list.json["value"]?.elements?.isEmpty == true)
        }
    }

    /// What the system's gzip makes of a shell command's output.
    private static func gzip(_ command: String) async throws -> [UInt8] {
        Array(try await ChildProcess.run("/bin/sh", ["-c", command + " | gzip -c"]).output)
    }

    // Reference, section 6.4 and section 18.3, row 6.
    @Test func `a compressed body is read, and one that swells without end is cut off`() async throws {
        try await RunningServer.with { server in
            func send(_ body: [UInt8]) async throws -> String {
                let head =
                    "POST /v1.0/$batch HTTP/1.1\r\n\(Self.host)\(Self.token)Connection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
                return try await RawClient.exchange(server.port, bytes: Array(head.utf8) + body)
            }
            let good = try await Self.gzip(#"printf '{"requests":[{"id":"1","method":"GET","url":"/me"}]}'"#)
            #expect(Self.parts(try await send(good)).statuses == [200])
            #expect(Self.parts(try await send(try await Self.gzip("head -c 100000000 /dev/zero"))).statuses == [413])
            Self.expect(try await send(Array("this is no gzip".utf8)), 400)
            Self.expect(try await send(Array(good.dropLast(12))), 400)
        }
    }
}
