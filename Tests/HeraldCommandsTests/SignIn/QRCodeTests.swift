import Testing

@testable import HeraldCommands

/// ISO/IEC 18004.
struct QRCodeTests {
    /// The picture as dark and light modules, read back from the half blocks.
    private func modules(_ lines: [String]) -> [[Bool]] {
        lines.flatMap { line in
            [
                line.map { $0 == " " || $0 == "▄" },
                line.map { $0 == " " || $0 == "▀" },
            ]
        }
    }

    @Test func `a code has its three corners where readers look for them, and a light frame`() throws {
        let code = try #require(QRCode("https://microsoft.com/devicelogin"))
        let picture = modules(code.lines(usesColour: false))
        #expect(code.columns == code.width + 4)
        #expect(picture.allSatisfy { $0.count == code.columns })
        #expect(picture[0].allSatisfy { !$0 })
        let finder: [[Bool]] = (0..<7).map { y in
            (0..<7).map { x in
                let distance = max(abs(x - 3), abs(y - 3))
                return distance != 2
            }
        }
        func corner(_ x: Int, _ y: Int) -> [[Bool]] { (0..<7).map { Array(picture[2 + y + $0][(2 + x)..<(9 + x)]) } }
        let far = code.width - 7
        #expect(corner(0, 0) == finder)
        #expect(corner(far, 0) == finder)
        #expect(corner(0, far) == finder)
        #expect(corner(far, far) != finder)
    }

    @Test func `with colour it is black on white, else light on dark`() throws {
        let code = try #require(QRCode("https://example.com"))
        let plain = code.lines(usesColour: false)
        let coloured = code.lines(usesColour: true)
        #expect(plain[0].first == "█")
        #expect(coloured[0].hasPrefix("\u{1B}[30;107m "))
        #expect(coloured[0].hasSuffix("\u{1B}[0m"))
    }

    @Test func `what is too long is not drawn`() {
        #expect(QRCode(String(repeating: "x", count: 5000)) == nil)
        #expect(QRCode("") == nil)
    }

    @Test(
        "it is drawn on a terminal of UTF-8 that is wide enough",
        arguments: [
            (true, 80, "en_US.UTF-8", true), (true, 80, "de_DE.utf8", true), (true, 80, "C", false),
            (true, 20, "en_US.UTF-8", false), (false, 80, "en_US.UTF-8", false),
        ]
    )
    func shows(isTerminal: Bool, columns: Int, locale: String, expected: Bool) throws {
        let world = try CapturedWorld(isTerminal: isTerminal, columns: columns)
        var herald = world.herald
        herald.variables["LANG"] = locale
        #expect(try QRCode.show("https://example.com/devicelogin", in: herald) == expected)
        #expect(world.error.text.contains("█") == expected)
    }
}
