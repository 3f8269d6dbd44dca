import GraphModel
import GraphServer
import Testing

/// Reference, section 12: the rules of batches that any service shows, row by row.
struct BatchRowTests {
    private static let group = "/groups/\(RunningServer.group)"

    private static func get(_ id: String, _ more: String = "") -> String {
        #"{"id":\#(id),"method":"GET","url":"/me"\#(more)}"#
    }

    private static func send(_ server: RunningServer, _ requests: [String]) async throws -> RunningServer.Answer {
        try await server.send("POST", "/v1.0/$batch", #"{"requests":[\#(requests.joined(separator: ","))]}"#)
    }

    private static func items(_ server: RunningServer, _ requests: String...) async throws -> [JSONValue] {
        let answer = try await send(server, requests)
        #expect(answer.status == 200)
        return try #require(answer.json["responses"]?.elements)
    }

    private static func members(of value: JSONValue?) -> [String: JSONValue]? {
        if case .object(let members)? = value { members } else { nil }
    }

    // Reference, section 12, row count.
    @Test(arguments: [(20, 200), (21, 400)])
    func `a batch has 20 requests at most`(_ count: Int, _ status: Int) async throws {
        try await RunningServer.with { server in
            let answer = try await Self.send(server, (1...count).map { Self.get(#""\#($0)""#) })
            #expect(answer.status == status)
            if status == 200 { #expect(answer.json["responses"]?.elements?.count == count) }
        }
    }

    // Reference, section 12, row id.
    @Test func `each request has an id of its own, in any letter case, and numbers come back as text`() async throws {
        try await RunningServer.with { server in
            for requests in [
                [Self.get(#""a""#), Self.get(#""A""#)], [Self.get("1"), Self.get(#""1""#)],
                [#"{"method":"GET","url":"/me"}"#], [Self.get("null")],
            ] {
                let answer = try await Self.send(server, requests)
                #expect(answer.status == 400 && answer.code == "BadRequest")
            }
            let items = try await Self.items(server, Self.get("7"))
            #expect(items.first?["id"]?.string == "7")
            // The status is a number.
            #expect(items.first?["status"] == .integer(200))
        }
    }

    // Reference, section 12, row url.
    @Test func `a url is relative, with a version, or absolute on this server, and may hold raw spaces`() async throws {
        try await RunningServer.with { server in
            for url in [
                "/me", "me", "/v1.0/me", "/beta/me", "\(server.root)/v1.0/me",
                "\(Self.group)/threads?$filter=topic eq 'a/b=c'",
            ] {
                let items = try await Self.items(server, #"{"id":"1","method":"GET","url":"\#(url)"}"#)
                #expect(items.first?["status"] == .integer(200), "\(url)")
            }
        }
    }

    // Reference, section 12, row body.
    @Test func `an object needs no content type, and the header's letter case does not matter`() async throws {
        try await RunningServer.with { server in
            for headers in ["", #""headers":{"CONTENT-TYPE":"application/json"},"#, #""headers":{},"#] {
                let items = try await Self.items(
                    server,
                    """
                    {"id":"1","method":"POST","url":"\(Self.group)/conversations",\(headers)
                    "body":\(RunningServer.conversation("Rest"))}
                    """
                )
                #expect(items.first?["status"] == .integer(201))
            }
        }
    }

    // Reference, section 12, row dependsOn.
    @Test(arguments: ["dependsOn", "depends_on"])
    func `a request waits for those it names, and for none if it names none`(_ name: String) async throws {
        try await RunningServer.with { server in
            let none = try await Self.items(server, Self.get(#""1""#, #","\#(name)":[]"#))
            #expect(none.first?["status"] == .integer(200))
            let missing = try await Self.send(server, [Self.get(#""1""#, #","\#(name)":["0"]"#)])
            #expect(missing.status == 400)
            let message = missing.json["error"]?["message"]?.string
            #expect(message?.hasPrefix("Invalid dependency for request Id '1'") == true)
            let cycle = [Self.get(#""1""#, #","\#(name)":["2"]"#), Self.get(#""2""#, #","\#(name)":["1"]"#)]
            let refused = try await Self.send(server, cycle)
            #expect(refused.status == 400)
        }
    }

    // Reference, section 12, row failed dependency.
    @Test func `what waits for a failure fails with 424, and so does what waits for that`() async throws {
        try await RunningServer.with { server in
            let items = try await Self.items(
                server,
                #"{"id":"1","method":"GET","url":"/groups/none"}"#,
                Self.get(#""2""#, #","dependsOn":["1"]"#),
                Self.get(#""3""#, #","dependsOn":["2"]"#),
                Self.get(#""4""#)
            )
            #expect(items.map { $0["status"] } == [400, 424, 424, 200].map { .integer($0) })
            #expect(items[2]["body"]?["error"]?["code"]?.string == "FailedDependency")
        }
    }

    // Reference, section 12, rows reference to earlier result, and nesting, atomicityGroup.
    @Test func `ids of earlier answers are not put in, and neither nesting nor atomicity is known`() async throws {
        try await RunningServer.with { server in
            let items = try await Self.items(
                server,
                """
                {"id":"1","method":"POST","url":"\(Self.group)/conversations","atomicityGroup":"a",
                "body":\(RunningServer.conversation("Rest"))}
                """,
                """
                {"id":"2","method":"GET","url":"\(Self.group)/conversations/$1.id","dependsOn":["1"],
                "atomicityGroup":"a"}
                """,
                #"{"id":"3","method":"POST","url":"/$batch","body":{"requests":[]}}"#
            )
            // The first stays, whatever becomes of the others.
            #expect(items[0]["status"] == .integer(201))
            #expect(items[1]["body"]?["error"]?["code"]?.string == "ErrorInvalidIdMalformed")
            #expect((items[2]["status"]?.double ?? 0) >= 400)
            let list = try await server.send("GET", "/v1.0\(Self.group)/conversations")
            #expect(list.json["value"]?.elements?.count == 1)
        }
    }

    // Reference, section 12, row response item headers.
    @Test func `an item's answer has the headers of an answer of its own`() async throws {
        try await RunningServer.with { server in
            let items = try await Self.items(
                server,
                """
                {"id":"1","method":"POST","url":"\(Self.group)/conversations",
                "body":\(RunningServer.conversation("Rest"))}
                """
            )
            let headers = try #require(Self.members(of: items.first?["headers"]))
            #expect(headers["Content-Type"]?.string?.hasPrefix("application/json") == true)
            #expect(headers["Location"]?.string?.contains("/conversations/") == true)
            #expect(headers["request-id"]?.string?.isEmpty == false)
        }
    }

    // Reference, section 12, row empty result.
    @Test func `an empty answer has neither body nor content type`() async throws {
        try await RunningServer.with { server in
            let items = try await Self.items(server, #"{"id":"1","method":"DELETE","url":"\#(Self.group)"}"#)
            let item = try #require(Self.members(of: items.first))
            #expect(item["status"] == .integer(204) && item["body"] == nil)
            #expect(item["headers"]?["Content-Type"] == nil)
        }
    }

    // Reference, section 12, row auth.
    @Test func `the batch's token counts, whatever its items say`() async throws {
        try await RunningServer.with { server in
            let header = #","headers":{"Authorization":"Bearer wrong"}"#
            let items = try await Self.items(server, Self.get(#""1""#, header))
            #expect(items.first?["status"] == .integer(200))
            let anonymous = try await server.send("POST", "/v1.0/$batch", "{}", token: nil)
            #expect(anonymous.status == 401)
        }
    }
}
