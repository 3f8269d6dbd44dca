import GraphModel
import Testing

struct BatchTests {
    @Test func `items wait for those they depend on, and fail with them`() async throws {
        try await RunningServer.with { server in
            let group = "/groups/\(RunningServer.group)"
            let headers = #""headers":{"content-type":"application/json"}"#
            let answer = try await server.send(
                "POST",
                "/v1.0/$batch",
                """
                {"requests":[
                {"id":"read","method":"GET","url":"\(group)/conversations","dependsOn":["make"]},
                {"id":"make","method":"POST","url":"\(group)/conversations",\(headers),
                 "body":\(RunningServer.conversation("Rest"))},
                {"id":"bad","method":"GET","url":"/v1.0\(group)/threads/none"},
                {"id":"after","method":"DELETE","url":"\(group)","depends_on":["bad"]},
                {"id":"last","method":"DELETE","url":"\(group)","dependsOn":["after","make"]}
                ]}
                """
            )
            #expect(answer.status == 200)
            let responses = try #require(answer.json["responses"]?.elements)
            #expect(responses.map { $0["id"]?.string } == ["read", "make", "bad", "after", "last"])
            let statuses = responses.map { $0["status"] }
            #expect(statuses[0] == .integer(200))
            #expect(responses[0]["body"]?["value"]?.elements?.count == 1)
            #expect(statuses[1] == .integer(201))
            #expect(responses[1]["headers"]?["Content-Type"]?.string == "application/json")
            #expect((responses[2]["status"]?.double ?? 0) >= 400)
            #expect(statuses[3] == .integer(424))
            #expect(statuses[4] == .integer(424))
            #expect(responses[4]["body"]?["error"]?["code"]?.string == "FailedDependency")
        }
    }

    @Test(arguments: [
        #"{}"#, #"{"requests":[]}"#,
        #"{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"1","method":"GET","url":"/me"}]}"#,
        #"{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]}]}"#,
        #"{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["1"]}]}"#,
        #"""
        {"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]},
        {"id":"2","method":"GET","url":"/me","dependsOn":["1"]}]}
        """#,
        #"{"requests":[{"id":"1","method":"BREW","url":"/me"}]}"#, #"{"requests":[{"id":"1","method":"GET"}]}"#,
        "{\"requests\":["
            + (1...21).map { #"{"id":"\#($0)","method":"GET","url":"/me"}"# }.joined(separator: ",") + "]}",
    ])
    func `a batch that cannot be put into an order is refused whole`(_ body: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("POST", "/v1.0/$batch", body)
            #expect(answer.status == 400)
            #expect(answer.code == "BadRequest")
        }
    }

    // Reference, sections 12 and 20: dependsOn naming a later item; the server reports its mode.
    @Test(arguments: ServerMode.allCases)
    func `an item that waits for a later one is put behind it, or refused`(_ mode: ServerMode) async throws {
        try await RunningServer.with(mode: mode) { server in
            func batch(_ first: String, _ second: String) async throws -> RunningServer.Answer {
                try await server.send("POST", "/v1.0/$batch", #"{"requests":[\#(first),\#(second)]}"#)
            }
            let read = #"{"id":"a","method":"GET","url":"/me"}"#
            let waiting = #"{"id":"b","method":"GET","url":"/me","dependsOn":["A"]}"#
            let inOrder = try await batch(read, waiting)
            let reversed = try await batch(waiting, read)
            for answer in [inOrder, reversed] { #expect(answer.headers["x-server-mode"] == mode.rawValue) }
            #expect(inOrder.status == 200)
            if mode == .lenient {
                #expect(reversed.status == 200)
                let statuses = reversed.json["responses"]?.elements?.map { $0["status"] }
                #expect(statuses == [.integer(200), .integer(200)])
            } else {
                #expect(reversed.status == 400 && reversed.code == "BadRequest")
                let message = reversed.json["error"]?["message"]?.string
                #expect(message?.hasPrefix("Invalid dependency for request Id 'b'") == true)
            }
        }
    }

    @Test(arguments: ServerMode.allCases)
    func `refusals before the service say the mode, too`(_ mode: ServerMode) async throws {
        try await RunningServer.with(mode: mode) { server in
            let answer = try await server.send("GET", "/v1.0/me", token: nil)
            #expect(answer.status == 401 && answer.headers["x-server-mode"] == mode.rawValue)
        }
    }
}
