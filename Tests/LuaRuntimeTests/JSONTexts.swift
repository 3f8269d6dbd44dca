/// Random JSON texts, and texts that are nearly JSON.
struct JSONTexts {
    var random: SeededRandom

    private static let strings = [
        "", "a", "name", "é", "€", "😀", #"\n"#, #"\u0000"#, #"\ud83d\ude00"#, #"\\\""#, #"\/"#, "\u{7F}", "x y", "1",
        "\u{2028}",
        String(repeating: "long", count: 20),
    ]
    private static let numbers = [
        "0", "-0", "1", "-1", "0.5", "-0.0", "1e3", "1E-7", "9007199254740993", "9223372036854775807",
        "-9223372036854775808", "9223372036854775808", "1e308", "1e309", "5e-324", "1e-400", "0.1", "123456.789",
        "3.141592653589793", "100000000000000000000.0", "1.7976931348623157e308",
        "0." + String(repeating: "123456789", count: 9),
    ]
    private static let pieces = [
        "[", "]", "{", "}", ",", ":", "\"", "\\", "null", "true", "\\u", "\\ud800", "\\udc00", "e", ".", "-", "+", "0",
        "00",
        "/**/", "NaN", "\u{FEFF}", "\u{0}", " ", "\n", "1e999", String(repeating: "[", count: 130), "{\"a\":",
    ]

    mutating func next() -> [UInt8] {
        var text = ""
        if Int.random(in: 0..<50, using: &random) == 0 {
            let depth = Int.random(in: 120...132, using: &random)
            text = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        } else {
            append(to: &text, depth: 0)
        }
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &random) { mutate(&bytes) }
        return Array(bytes.prefix(2000))
    }

    private mutating func pick(_ texts: [String]) -> String {
        texts[Int.random(in: 0..<texts.count, using: &random)]
    }

    private mutating func space() -> String {
        pick(["", "", "", "", " ", "\n", "\t\r "])
    }

    private mutating func append(to text: inout String, depth: Int) {
        text += space()
        switch Int.random(in: 0..<(depth < 5 ? 10 : 6), using: &random) {
        case 0: text += pick(["true", "false", "null"])
        case 1, 2: text += pick(Self.numbers)
        case 3: text += String(Int64.random(in: .min ... .max, using: &random))
        case 4, 5: text += "\"" + pick(Self.strings) + pick(Self.strings) + "\""
        case 6, 7:
            text += "["
            for i in 0..<count() {
                if i > 0 { text += "," }
                append(to: &text, depth: depth + 1)
            }
            text += space() + "]"
        default:
            text += "{"
            for i in 0..<count() {
                if i > 0 { text += "," }
                text += space() + "\"" + pick(Self.strings) + "\(i % 7)\"" + space() + ":"
                append(to: &text, depth: depth + 1)
            }
            text += space() + "}"
        }
        text += space()
    }

    /// Mostly a few; now and then more than the decoder stores in one go.
    private mutating func count() -> Int {
        Int.random(in: 0..<20, using: &random) == 0
            ? Int.random(in: 30...70, using: &random) : Int.random(in: 0...4, using: &random)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 0...4, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes.replaceSubrange(at..<end, with: [])
        case 1:
            bytes.replaceSubrange(
                at..<end,
                with: Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)].utf8
            )
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        case 3: if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 4: bytes.insert(contentsOf: Array(bytes[at..<end]), at: at)
        case 5: bytes.removeSubrange(at..<bytes.count)
        default: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
        }
    }
}
