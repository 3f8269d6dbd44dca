import GraphModel
import Testing

@testable import GraphClient

/// Where the mark is put (reference, section 8.2).
@Suite struct PostPlaceTests {
    private static let adele = Caller(id: "a", displayName: "Adele", address: "adele@contoso.example", kind: .delegated)
    private static let marker = Marker(IdempotencyKey(.announcement, "wellness/29981b6a-0e57-42dc-94c9-cd24f5306196"))
    private static let property =
        #"{"id":"String {6a1f0c52-3b7e-4d0a-9d55-2f6c1e8b7a40} Name HeraldKey","value":"\#(marker.value)"}"#

    private func marked(_ path: String, _ body: String) -> String? {
        let request = GraphRequest(.post, path, body: Array(body.utf8), caller: Self.adele)
        return PostPlace(request)?.marked(request.body, with: Self.marker).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a mark is 128 bits of the key's hash, the same each time`() {
        #expect(Self.marker.value.count == 32)
        #expect(Self.marker == Marker(IdempotencyKey(.announcement, "wellness/29981b6a-0e57-42dc-94c9-cd24f5306196")))
        #expect(Self.marker != Marker(IdempotencyKey(.explicit, "wellness/29981b6a-0e57-42dc-94c9-cd24f5306196")))
    }

    @Test(
        arguments: [
            (
                "/groups/g/conversations",
                #"{"topic":"T","threads":[{"posts":[{"body":{}},{}]},{"posts":[{}]}]}"#,
                #"{"topic":"T","threads":[{"posts":[{"singleValueExtendedProperties":[P],"body":{}},{}]},{"posts":[{}]}]}"#
            ),
            (
                "/groups/g/threads", #"{ "Topic" : "T" , "Posts" : [ { } ] }"#,
                #"{ "Topic" : "T" , "Posts" : [ {"singleValueExtendedProperties":[P] } ] }"#
            ),
            (
                "/groups/g/conversations/c/threads",
                #"{"posts":[{"singleValueExtendedProperties":[{"id":"x","value":"y"}],"body":{}}]}"#,
                #"{"posts":[{"singleValueExtendedProperties":[P,{"id":"x","value":"y"}],"body":{}}]}"#
            ),
            (
                "/groups/g/threads/t/reply", #"{"Post":{"singleValueExtendedProperties":[]}}"#,
                #"{"Post":{"singleValueExtendedProperties":[P]}}"#
            ),
            (
                "/groups/g/conversations/c/threads/t/posts/p/reply", #"{"post":{"body":{"content":"{\"post\":{}}"}}}"#,
                #"{"post":{"singleValueExtendedProperties":[P],"body":{"content":"{\"post\":{}}"}}}"#
            ),
        ]
    )
    func `the first post gets it, whatever the case of names, and all other bytes stay`(
        path: String,
        body: String,
        expected: String
    ) {
        #expect(
            marked(path, body)
                == expected.replacing("P]", with: Self.property + "]").replacing("P,", with: Self.property + ",")
        )
    }

    @Test(
        arguments: [
            ("/groups/g/conversations", #"{"topic":"T"}"#), ("/groups/g/conversations", #"{"threads":[{"posts":[]}]}"#),
            ("/groups/g/conversations", "no JSON"), ("/groups/g/threads/t/posts/p/forward", #"{"comment":"x"}"#),
            ("/groups", #"{"displayName":"x"}"#), ("/groups/g/members/$ref", "{}"),
        ]
    )
    func `what makes no post has no place for one`(path: String, body: String) {
        #expect(marked(path, body) == nil)
    }
}
