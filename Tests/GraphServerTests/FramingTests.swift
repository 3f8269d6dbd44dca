import Foundation
import GraphModel
import GraphServer
import Testing

/// Reference, sections 6.3, 6.4, 14 and 18.3.
struct FramingTests {
    private static let host = "Host: localhost\r\nAuthorization: Bearer \(RunningServer.token)\r\nConnection: close\r\n"

    // Reference, section 18.3, row 15.
    @Test func `HEAD is refused with what is allowed, and OPTIONS answered`() async throws {
        var options = ServerOptions()
        options.allowedOrigins = ["https://contoso.example"]
        try await RunningServer.with(options: options) { server in
            let head = try await server.send("HEAD", "/v1.0/groups")
            #expect(head.status == 405)
            #expect(head.headers["allow"]?.contains("GET") == true)
            #expect(head.body.isEmpty)
            let preflight = try await server.send(
                "OPTIONS",
                "/v1.0/groups",
                headers: ["Origin": "https://contoso.example", "Access-Control-Request-Method": "POST"],
                token: nil
            )
            #expect(preflight.status == 204)
            #expect(preflight.headers["access-control-allow-origin"] == "https://contoso.example")
            #expect(preflight.headers["access-control-allow-headers"]?.contains("retry-attempt") == true)
            #expect(preflight.headers["access-control-max-age"] == "600")
            let other = try await server.send(
                "OPTIONS",
                "/v1.0/groups",
                headers: ["Origin": "https://fabrikam.example"],
                token: nil
            )
            #expect(other.status == 204)
            #expect(other.headers["access-control-allow-origin"] == nil)
        }
    }

    // Reference, section 14.2; section 18.3, row 5.
    @Test func `answers carry Graph's headers`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("GET", "/v1.0/me", headers: ["client-request-id": "mine"])
            #expect(answer.headers["client-request-id"] == "mine")
            #expect(answer.headers["request-id"]?.count == 36)
            #expect(answer.headers["odata-version"] == "4.0")
            #expect(answer.headers["cache-control"] == "private")
            #expect(answer.headers["vary"] == "Accept-Encoding, Prefer")
            #expect(answer.headers["x-ms-ags-diagnostic"]?.contains("ServerInfo") == true)
            #expect(answer.headers["access-control-expose-headers"]?.contains("Retry-After") == true)
            #expect(answer.headers["strict-transport-security"] == nil)
        }
    }

    // Reference, section 13.2: Accept refuses JSON.
    @Test(arguments: [
        ("application/xml", 406), ("application/json;q=0, text/html", 406), ("*/*", 200), ("application/*", 200),
        ("text/plain;q=0.9", 200), ("application/json;q=0, */*", 406), ("text/html, */*;q=0.1", 200),
    ])
    func `an Accept header that excludes JSON is refused`(_ accept: String, _ status: Int) async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("GET", "/v1.0/me", headers: ["Accept": accept])
            #expect(answer.status == status)
        }
    }

    @Test func `metadata is left out for clients that want none`() async throws {
        try await RunningServer.with { server in
            for topic in ["One", "Two"] {
                let made = try await server.send(
                    "POST",
                    RunningServer.groupPath + "/conversations",
                    RunningServer.conversation(topic)
                )
                #expect(made.status == 201)
            }
            let answer = try await server.send(
                "GET",
                RunningServer.groupPath + "/conversations?$top=1&$count=true",
                headers: ["Accept": "application/json;odata.metadata=none"]
            )
            #expect(answer.json["@odata.context"] == nil)
            #expect(answer.json["@odata.nextLink"]?.string?.isEmpty == false)
            #expect(answer.json["value"]?.elements?.count == 1)
            #expect(answer.headers["content-type"]?.contains("odata.metadata=none") == true)
        }
    }

    // Reference, section 18.3, row 3.
    @Test func `an empty answer says that it has no bytes, and of no type`() async throws {
        try await RunningServer.with { server in
            let made = try await server.send(
                "POST",
                RunningServer.groupPath + "/conversations",
                RunningServer.conversation("Rest")
            )
            let conversation = try #require(made.json["id"]?.string)
            let path = RunningServer.groupPath + "/conversations/\(conversation)"
            let threads = try await server.send("GET", path + "/threads")
            let thread = try #require(threads.json["value"]?.elements?.first?["id"]?.string)
            let body = #"{"post":{"body":{"contentType":"text","content":"Yes"}}}"#
            let reply = try await RawClient.exchange(
                server.port,
                "POST \(RunningServer.groupPath)/threads/\(thread)/reply HTTP/1.1\r\n\(Self.host)"
                    + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            .lowercased()
            #expect(reply.hasPrefix("http/1.1 202"))
            #expect(reply.contains("\r\ncontent-length: 0\r\n"))
            #expect(!reply.contains("\r\ncontent-type:"))
            let removed = try await RawClient.exchange(server.port, "DELETE \(path) HTTP/1.1\r\n\(Self.host)\r\n")
                .lowercased()
            #expect(removed.hasPrefix("http/1.1 204"))
            #expect(!removed.contains("\r\ncontent-length:"))
            #expect(!removed.contains("\r\ncontent-type:"))
        }
    }

    // Reference, section 18.3, row 6. The bytes are those of gzip for `{"requests":[…]}`; curl undoes the answer's.
    @Test func `large answers are compressed for who can read it`() async throws {
        try await RunningServer.with { server in
            let get = "GET \(RunningServer.groupPath)?x=\(String(repeating: "x", count: 0)) HTTP/1.1\r\n\(Self.host)"
            let small = try await RawClient.exchange(server.port, get + "Accept-Encoding: gzip\r\n\r\n")
            let large = try await RawClient.exchange(
                server.port,
                "GET /metrics HTTP/1.1\r\n\(Self.host)Accept-Encoding: gzip\r\n\r\n"
            )
            #expect(large.lowercased().contains("content-encoding: gzip"))
            #expect(!small.lowercased().contains("content-encoding: gzip") || small.utf8.count > 1024)
            let plain = try await RawClient.exchange(server.port, "GET /metrics HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(!plain.lowercased().contains("content-encoding"))
        }
    }

    // Reference, section 18.3, row 7.
    @Test(arguments: [false, true])
    func `links follow a proxy's headers only if it is trusted`(_ isTrusted: Bool) async throws {
        var options = ServerOptions()
        options.trustsForwarded = isTrusted
        try await RunningServer.with(options: options) { server in
            let answer = try await server.send(
                "GET",
                "/v1.0/me",
                headers: ["X-Forwarded-Proto": "https", "X-Forwarded-Host": "graph.contoso.example"]
            )
            let context = try #require(answer.json["@odata.context"]?.string)
            #expect(context.hasPrefix(isTrusted ? "https://graph.contoso.example/v1.0/" : server.root + "/v1.0/"))
        }
    }

    // Reference, section 18.1.
    @Test func `a client library's name for me is me`() async throws {
        try await RunningServer.with { server in
            let me = try await server.send("GET", "/v1.0/me")
            let alias = try await server.send("GET", "/v1.0/users/me-token-to-replace")
            #expect(alias.json["id"] == me.json["id"])
            #expect(alias.status == 200)
        }
    }

    @Test func `what happens is told to Prometheus`() async throws {
        try await RunningServer.with { server in
            _ = try await server.send("GET", RunningServer.groupPath + "/conversations")
            let answer = try await server.send("GET", "/metrics", token: nil)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(
                text.contains(#"herald_requests_total{method="GET",route="/groups/{id}/conversations",status="200"} 1"#)
            )
            #expect(text.contains("herald_requests_in_flight 1\n"))
            #expect(text.contains("herald_request_duration_seconds_count 1\n"))
            #expect(text.contains(#/process_resident_memory_bytes [1-9]/#))
            #expect(text.contains(#/herald_connections [1-9]/#))
        }
        var closed = ServerOptions()
        closed.hasOpenMetrics = false
        try await RunningServer.with(options: closed) { server in
            let anonymous = try await server.send("GET", "/metrics", token: nil)
            #expect(anonymous.status == 401)
            let known = try await server.send("GET", "/metrics")
            #expect(known.status == 200)
        }
    }
}
