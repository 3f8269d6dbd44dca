import GraphModel
import Testing

@Suite struct ItemIDTests {
    @Test func `ids are in the order of their making, each another`() {
        var last = ""
        var seen: Set<String> = []
        for step in 0..<2000 {
            let id = ItemID(.post, at: 1_767_323_045_000_000 + Int64(step) * 1000).text
            #expect(id > last && id.utf8.count == 23 && id.first == "P" && ItemID.isWellFormed(id))
            #expect(seen.insert(id).inserted)
            last = id
        }
    }

    @Test func `a text with other characters is no id`() {
        for text in ["", "a b", "a%", "é", "a.b", String(repeating: "a", count: 513)] {
            #expect(!ItemID.isWellFormed(text))
        }
    }
}
