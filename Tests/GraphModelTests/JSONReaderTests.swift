import Testing

@testable import GraphModel

@Suite struct JSONReaderTests {
    @Test func `reads members in any order and case, and skips the rest`() throws {
        let text = Array(#" {"Topic":"T\u00e9\ud83d\ude00","x":[1,{"y":[]}],"n":-9223372036854775808,"b":true} "#.utf8)
        var topic = ""
        var number: Int64 = 0
        try JSONReader.read(text) { reader in
            try reader.object { reader, name in
                switch name {
                case "topic": topic = try reader.string()
                case "n": number = try reader.integer()
                default: break
                }
            }
        }
        #expect(topic == "Té😀")
        #expect(number == .min)
    }

    @Test func `takes a value as it stands`() throws {
        let text = Array(#"{"a": {"b" : [1, 2 ] , "c":""} ,"d":"x\n","e":[],"f": 1.50}"#.utf8)
        var values: [String] = []
        try JSONReader.read(text) { reader in
            try reader.object { reader, _ in values.append(String(decoding: try reader.raw(), as: UTF8.self)) }
        }
        #expect(values == [#"{"b" : [1, 2 ] , "c":""}"#, #""x\n""#, "[]", "1.50"])
    }

    @Test(
        "refuses what is no JSON",
        arguments: [
            "", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "NaN", "\"\u{1}\"", "[1 2]", "tru", "\"\\x\"",
            "\"\\ud800\"", "1 2", "{\"a\" 1}", "{1:2}", "1e999", "]", "[}",
        ]
    )
    func refuses(text: String) {
        #expect(throws: JSONFault.self) { try JSONReader.read(Array(text.utf8)) { try $0.skip() } }
    }

    @Test func `names the place of a fault`() {
        let text = Array(#"{"threads":[{"posts":[{"body":7}]}]}"#.utf8)
        let fault = #expect(throws: JSONFault.self) {
            try JSONReader.read(text) { reader in
                try reader.object { reader, _ in
                    try reader.array { reader, _ in
                        try reader.object { reader, _ in
                            try reader.array { reader, _ in
                                try reader.object { reader, _ in _ = try reader.string() }
                            }
                        }
                    }
                }
            }
        }
        #expect(fault?.pointer == "/threads/0/posts/0/body")
        #expect(fault?.reason == "expected a string, found 7")
    }

    @Test func `refuses what is nested too deep`() {
        let deep = String(repeating: "[", count: 129) + String(repeating: "]", count: 129)
        #expect(throws: JSONFault.self) { try JSONReader.read(Array(deep.utf8)) { try $0.skip() } }
    }
}
