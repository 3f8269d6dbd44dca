import Foundation
import GraphModel
import GraphServer
import Testing

/// Reference, section 18.3: what client libraries need of a server, row by row.
///
/// Rows 3, 6, 7, 14 and 15 are named where their headers are tested.
struct ClientChecklistTests {
    private static let conversations = RunningServer.groupPath + "/conversations"

    private static func make(_ server: RunningServer, _ topic: String = "Rest") async throws -> JSONValue {
        try await server.send("POST", conversations, RunningServer.conversation(topic)).json
    }

    private static func members(of value: JSONValue?) -> [String: JSONValue]? {
        if case .object(let members)? = value { members } else { nil }
    }

    // Reference, section 18.3, row 1; section 2.1, row 13.
    @Test(arguments: ["v1.0", "beta"])
    func `both versions stand at the root, and links repeat the one that was used`(_ version: String) async throws {
        try await RunningServer.with { server in
            for _ in 0..<2 { _ = try await Self.make(server) }
            let path = "/\(version)/groups/\(RunningServer.group)/conversations"
            let list = try await server.send("GET", path + "?$top=1")
            #expect(list.json["@odata.context"]?.string?.hasPrefix("\(server.root)/\(version)/$metadata#") == true)
            #expect(list.json["@odata.nextLink"]?.string?.hasPrefix(server.root + path + "?") == true)
            let made = try await server.send("POST", path, RunningServer.conversation("Rest"))
            #expect(made.headers["location"]?.hasPrefix(server.root + path + "/") == true)
        }
    }

    // Reference, section 18.3, row 2; section 2.1, row 7.
    @Test func `names and types may be in any letter case, and come back in one`() async throws {
        try await RunningServer.with { server in
            let body = """
                {"@odata.Type":"#MICROSOFT.GRAPH.Conversation","TOPIC":"Rest","Threads":[{"pOsTs":[{"BODY":
                {"ContentType":"Text","CONTENT":"Rest"},"Attachments":[
                {"@odata.type":"#Microsoft.OutlookServices.FILEATTACHMENT","NAME":"f","CONTENTBYTES":"YQ=="}]}]}]}
                """
            let made = try await server.send("POST", Self.conversations, body)
            #expect(made.status == 201 && made.json["topic"]?.string == "Rest")
            let thread = try #require(made.json["threads"]?.elements?.first?["id"]?.string)
            let posts = try await server.send(
                "GET",
                "\(RunningServer.groupPath)/threads/\(thread)/posts?$expand=attachments"
            )
            let post = try #require(posts.json["value"]?.elements?.first)
            #expect(post["body"]?["contentType"]?.string == "text")
            let attachment = post["attachments"]?.elements?.first
            #expect(attachment?["@odata.type"]?.string == "#microsoft.graph.fileAttachment")
        }
    }

    // Reference, section 18.3, row 4.
    @Test func `whatever is refused says why in JSON, below the service, too`() async throws {
        try await RunningServer.with { server in
            let head = "Host: localhost\r\nAuthorization: Bearer \(RunningServer.token)\r\nConnection: close\r\n"
            for (request, status) in [
                ("GET /nowhere HTTP/1.1\r\n\(head)\r\n", 400), ("GET /v1.0/nowhere HTTP/1.1\r\n\(head)\r\n", 400),
                ("GET \(RunningServer.groupPath)/threads/none HTTP/1.1\r\n\(head)\r\n", 404),
                ("POST /v1.0/groups HTTP/1.1\r\n\(head)Content-Length: \(1 << 30)\r\n\r\n", 413),
                ("GET /v1.0/me HTTP/1.1\r\n\(head)X: \(String(repeating: "x", count: 1 << 17))\r\n\r\n", 431),
            ] {
                let bytes = try await RawConnection.exchange(Array(request.utf8), port: server.port)
                let answer = try #require(RawConnection.answer(bytes))
                #expect(answer.status == status)
                #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
                #expect(answer.code?.isEmpty == false)
            }
        }
    }

    // Reference, section 18.3, row 5.
    @Test func `when to come again is a whole number of seconds, 1 at least`() async throws {
        var options = ServerOptions()
        options.limits.connections = 0
        try await RunningServer.with(options: options) { server in
            let answer = try #require(RawConnection.answer(try await RawConnection.exchange([], port: server.port)))
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { $0 >= 1 } == true)
        }
    }

    // Reference, section 18.3, row 8.
    @Test func `a path is decoded once and once more, with raw marks and keys in parentheses`() async throws {
        try await RunningServer.with { server in
            let id = "AAQkADI="
            let made = try await server.send("POST", Self.conversations + "/AAQkADI%3D", #"{"topic":"Kept"}"#)
            #expect(made.status == 201)
            for spelling in [id, "AAQkADI%3D", "AAQkADI%253D"] {
                for path in [
                    "\(Self.conversations)/\(spelling)",
                    "/v1.0/groups('\(RunningServer.group)')/conversations('\(spelling)')",
                ] {
                    let bytes = try await RawConnection.exchange(
                        RawConnection.request("GET", path),
                        port: server.port
                    )
                    #expect(RawConnection.answer(bytes)?.json["topic"]?.string == "Kept", "\(path)")
                }
            }
        }
    }

    // Reference, section 18.3, row 9; section 12, row response item headers.
    @Test func `items of a batch have headers of exact letter case, and none without a body`() async throws {
        try await RunningServer.with { server in
            let body = """
                {"requests":[{"id":"1","method":"POST","url":"\(Self.conversations)","headers":
                {"content-type":"application/json"},"body":\(RunningServer.conversation("Rest"))},
                {"id":"2","method":"DELETE","url":"/groups/\(RunningServer.group)","dependsOn":["1"]}]}
                """
            let answer = try await server.send("POST", "/v1.0/$batch", body)
            let items = try #require(answer.json["responses"]?.elements)
            let headers = try #require(Self.members(of: items[0]["headers"]))
            #expect(Set(headers.keys).isSuperset(of: ["Content-Type", "Location"]))
            #expect(!headers.keys.contains("content-type"))
            #expect(items[1]["status"] == .integer(204))
            #expect(items[1]["body"] == nil && items[1]["headers"]?["Content-Type"] == nil)
        }
    }

    // Reference, section 18.3, row 10.
    @Test func `dates end in Z without a fraction, and what a client needs is never null`() async throws {
        try await RunningServer.with { server in
            let made = try await Self.make(server)
            let thread = try #require(made["threads"]?.elements?.first?["id"]?.string)
            let path = "\(RunningServer.groupPath)/threads/\(thread)"
            let read = try await server.send("GET", path)
            let posts = try await server.send("GET", path + "/posts")
            let post = try #require(posts.json["value"]?.elements?.first)
            let dates = [
                made["lastDeliveredDateTime"], read.json["lastDeliveredDateTime"], post["createdDateTime"],
                post["lastModifiedDateTime"], post["receivedDateTime"],
            ]
            for date in dates {
                #expect(date?.string?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#) != nil, "\(date ?? .null)")
            }
            let needed = [
                made["topic"], made["hasAttachments"], made["preview"], made["uniqueSenders"], read.json["isLocked"],
                post["body"], post["from"], post["sender"], post["hasAttachments"],
            ]
            for value in needed { #expect(value != nil && value != .null) }
            #expect(["text", "html"].contains(post["body"]?["contentType"]?.string))
        }
    }

    // Reference, section 18.3, row 11.
    @Test func `a count is a plain number to who prefers text`() async throws {
        try await RunningServer.with { server in
            _ = try await Self.make(server)
            let answer = try await server.send(
                "GET",
                Self.conversations + "/$count",
                headers: ["Accept": "text/plain;q=0.9"]
            )
            #expect(answer.status == 200 && answer.body == Array("1".utf8))
            #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
        }
    }

    // Reference, section 18.3, row 12.
    @Test func `a link to the next page gives JSON to who accepts anything`() async throws {
        try await RunningServer.with { server in
            for _ in 0..<2 { _ = try await Self.make(server) }
            let first = try await server.send("GET", Self.conversations + "?$top=1")
            let link = try #require(first.json["@odata.nextLink"]?.string)
            let next = try await server.send(
                "GET",
                String(link.dropFirst(server.root.count)),
                headers: ["Accept": "*/*"]
            )
            #expect(next.status == 200 && next.json["value"]?.elements?.count == 1)
            #expect(next.headers["content-type"]?.hasPrefix("application/json") == true)
        }
    }

    // Reference, section 18.3, row 13; section 2.1, row 5.
    @Test func `headers that mean nothing here and the format JSON change nothing`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.send(
                "GET",
                "/v1.0/groups?$format=json",
                headers: [
                    "Workbook-Session-Id": "x", "SdkVersion": "graph-python/1.0", "X-Unknown": "y",
                    "FeatureFlag": "00000003", "Cache-Control": "no-cache",
                ]
            )
            let plain = try await server.send("GET", "/v1.0/groups")
            #expect(answer.status == 200 && answer.body == plain.body)
        }
    }
}
