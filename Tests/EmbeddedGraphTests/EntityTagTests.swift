import EmbeddedGraph
import GraphModel
import Testing

// Reference, sections 5.5, 6.3 and 13.2: ETag mismatch.
@Suite struct EntityTagTests {
    @Test func `a post carries its tag, and who knows it is not sent the post again`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)"
        let answer = try await graph.get(path)
        let tag = try #require(answer.headers["ETag"])
        #expect(tag.hasPrefix("W/\"") && answer.json["@odata.etag"]?.string == tag)
        for field in [tag, "\"x\", \(tag)", "*"] {
            let again = try await graph.send(.get, path, headers: ["If-None-Match": field])
            #expect(again.status == 304 && again.response.body.isEmpty && again.headers["ETag"] == tag)
        }
        #expect(try await graph.send(.get, path, headers: ["If-None-Match": "W/\"x\""]).json == answer.json)
    }

    @Test func `a thread that has changed since it was read is neither changed nor deleted`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        let path = "\(graph.group)/threads/\(made.thread)"
        let old = try #require(try await graph.get(path).headers["ETag"])
        _ = try await graph.reply(made.thread)
        for (method, body) in [(GraphRequest.Method.patch, #"{"isLocked":true}"#), (.delete, "")] {
            let answer = try await graph.send(method, path, body, headers: ["If-Match": old])
            #expect(answer.isRefusal(412, .conflict))
        }
        let current = try #require(try await graph.get(path).headers["ETag"])
        #expect(current != old)
        let body = #"{"isLocked":true}"#
        #expect(try await graph.send(.patch, path, body, headers: ["If-Match": current]).status == 200)
        // Locking is a change, too.
        #expect(try await graph.send(.delete, path, headers: ["If-Match": current]).isRefusal(412, .conflict))
        #expect(try await graph.send(.delete, path, headers: ["If-Match": "*"]).status == 204)
    }
}
