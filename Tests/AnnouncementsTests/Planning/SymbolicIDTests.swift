import GraphModel
import Testing

@testable import Announcements

@Suite struct SymbolicIDTests {
    private let caller = Caller(id: "", displayName: "Adele", address: "", kind: .operator)

    @Test func `a symbolic id reads as it is written`() throws {
        for text in ["${effect 3}.id", "${effect 12}.threads[1].id", "${effect 1}.threads[1].posts[2].id"] {
            #expect(try #require(SymbolicID(text)).text == text)
        }
        for text in [
            "${effect 3}", "${effect 0}.id", "${effect x}.id", "${effect 3}.topic", "a${effect 3}.id",
            "${effect 3}.id ",
        ] {
            #expect(SymbolicID(text) == nil, "\(text)")
        }
    }

    private func request(_ path: String, _ body: String = "", query: String = "") -> GraphRequest {
        GraphRequest(.post, path, query: query, body: Array(body.utf8), caller: caller)
    }

    @Test func `a symbolic id may be a whole segment or a whole value`() {
        let encoded = PercentEncoding.encode("${effect 1}.threads[1].id")
        #expect(SymbolicUse.fault(in: request("/groups/g/threads/\(encoded)/reply"), effect: 2) == nil)
        #expect(SymbolicUse.fault(in: request("/groups/g/threads/${effect 1}.id/reply"), effect: 2) == nil)
        #expect(SymbolicUse.fault(in: request("/x", #"{"a":[{"b":"${effect 1}.id"}]}"#), effect: 2) == nil)
    }

    @Test(
        "anywhere else it is a fault that names the effect",
        arguments: [
            ("/groups/g/threads/x${effect 1}.id", "", ""), ("/x", #"{"a":"see ${effect 1}.id"}"#, ""),
            ("/x", #"{"${effect 1}.id":1}"#, ""), ("/x", "", "$filter=id eq '${effect 1}.id'"),
        ]
    )
    func misuse(path: String, body: String, query: String) throws {
        let fault = try #require(SymbolicUse.fault(in: request(path, body, query: query), effect: 7))
        #expect(fault.hasPrefix("Effect 7 of the plan uses"))
        #expect(fault.contains("effect 1 makes"))
    }

    @Test func `an effect that comes later or is none cannot be used`() {
        #expect(
            SymbolicUse.fault(in: request("/x", #"{"a":"${effect 2}.id"}"#), effect: 2)?.contains(
                "none that comes before"
            ) == true
        )
    }

    @Test func `ids are filled in where they stand`() throws {
        let encoded = PercentEncoding.encode("${effect 1}.threads[1].id")
        let item = PlanItem(
            ordinal: 2,
            key: IdempotencyKey(.explicit, "k"),
            decision: .new,
            method: .post,
            path: "/groups/g/threads/\(encoded)/reply?a=b",
            body: Array(#"{"a":"${effect 1}.id","b":"${effect 1}.threads[1].id","c":"é"}"#.utf8)
        )
        let (first, second) = (
            try #require(SymbolicID("${effect 1}.id")), try #require(SymbolicID("${effect 1}.threads[1].id"))
        )
        #expect(SymbolicUse.ids(in: item) == [first, second])
        let filled = SymbolicUse.filled(item, [first: "C\"1", second: "T/1"])
        #expect(filled.path == "/groups/g/threads/T%2F1/reply?a=b")
        #expect(String(decoding: filled.body, as: UTF8.self) == #"{"a":"C\"1","b":"T/1","c":"é"}"#)
        #expect(SymbolicUse.ids(in: filled).isEmpty)
    }
}
