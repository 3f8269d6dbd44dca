import Testing

@testable import LuaSyntax

/// The parser against the compiler of the Lua library, and what its errors say.
@Suite struct LuaParserTests {
    private func accepts(_ text: [UInt8]) -> Bool {
        do {
            _ = try LuaParser.parse(text)
            return true
        } catch {
            return false
        }
    }

    private func expectSameVerdicts(_ texts: [[UInt8]]) async throws {
        let verdicts = try await StockLua.accepts(texts)
        #expect(verdicts.count == texts.count)
        for (text, verdict) in zip(texts, verdicts) where accepts(text) != verdict {
            Issue.record(
                "Lua \(verdict ? "accepts" : "refuses") \(String(reflecting: String(decoding: text, as: UTF8.self)))"
            )
        }
    }

    @Test func `it accepts what Lua accepts and refuses what Lua refuses`() async throws {
        try await expectSameVerdicts(Corpus.snippets.map { Array($0.utf8) })
    }

    @Test func `it agrees with Lua on damaged scripts`() async throws {
        var random = SplitMix(state: 0x5EED)
        let snippets = Corpus.snippets.map { Array($0.utf8) }
        let tokens = snippets.joined(separator: [0x20]).split(separator: 0x20).map { Array($0) }
        var texts: [[UInt8]] = []
        for _ in 0..<6000 {
            var text = snippets[Int.random(in: 0..<snippets.count, using: &random)]
            if Bool.random(using: &random) {
                text += [0x0A] + snippets[Int.random(in: 0..<snippets.count, using: &random)]
            }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0...text.count, using: &random)
                let end = min(text.count, at + Int.random(in: 0...3, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.removeSubrange(at..<end)
                case 1: text.insert(contentsOf: text[at..<end], at: at)
                case 2: text.insert(UInt8.random(in: 0...127, using: &random), at: at)
                default:
                    let token = tokens[Int.random(in: 0..<tokens.count, using: &random)]
                    text.insert(contentsOf: [0x20] + token + [0x20], at: at)
                }
            }
            texts.append(text)
        }
        try await expectSameVerdicts(texts)
    }

    @Test func `it counts variables as Lua does`() async throws {
        func names(_ count: Int, _ prefix: String) -> String {
            (0..<count).map { "\(prefix)\($0)" }.joined(separator: ",")
        }
        func uses(_ count: Int) -> String {
            "local \(names(150, "a")) local function f() local \(names(120, "b")) "
                + "return function() return function() a1=1 "
                + (0..<count).map { $0 < 150 ? "a\($0)=1" : "b\($0 - 150)=1" }.joined(separator: " ")
                + " end end end"
        }
        let texts = [
            "local " + names(200, "a"), "local " + names(201, "a"),
            "local " + names(150, "a") + " do local " + names(51, "b") + " end",
            "local " + names(198, "a") + " for i = 1, 2 do end", "local " + names(196, "a") + " for i = 1, 2 do end",
            "local " + names(197, "a") + " for i = 1, 2 do end", "local " + names(195, "a") + " for i in x do end",
            "local " + names(196, "a") + " for i in x do end",
            "function f(" + names(200, "a") + ") end", "function f(" + names(201, "a") + ") end",
            "function t:f(" + names(200, "a") + ") end",
            uses(254), uses(255), uses(256), uses(257), uses(255) + " x = 1",
        ]
        try await expectSameVerdicts(texts.map { Array($0.utf8) })
    }

    @Test(
        "Nothing may lie deeper than Lua lets it",
        arguments: [
            ("x = ", "(", "1", ")"), ("x = ", "{", "", "}"), ("x = ", "- ", "1", ""), ("", "do ", "", " end"),
            ("x = ", "function() return ", "1", " end"), ("x = ", "1 .. ", "1", ""), ("x = ", "f(", "", ")"),
            ("x = ", "a[", "1", "]"),
            ("", "if x then ", "", " end"), ("x", ",x", "=1", ""), ("", "::a:: ", "", ""), ("x = ", "1 ^ ", "1", ""),
        ]
    )
    func depth(prefix: String, opening: String, middle: String, closing: String) async throws {
        func text(_ depth: Int) -> String {
            // Labels must differ.
            prefix + (0..<depth).map { opening.replacing("::a", with: "::a\($0)") }.joined() + middle
                + String(repeating: closing, count: depth)
        }
        let most = try #require((1...300).last { accepts(Array(text($0).utf8)) })
        #expect(try await StockLua.acceptsAsScript(text(most)))
        #expect(try await !StockLua.acceptsAsScript(text(most + 1)))
    }

    @Test func `errors name the place, what was expected and what stands there`() {
        func message(_ text: String) -> String {
            do {
                _ = try LuaParser.parse(Array(text.utf8))
                return "none"
            } catch {
                return "\(error.place.line):\(error.place.column) \(error.message)"
            }
        }
        #expect(
            message("if x then\n  y()\n") == "3:1 expected 'end' to close 'if' on line 1, found the end of the script"
        )
        #expect(message("x = = 1") == "1:5 expected an expression, found '='")
        #expect(message("é = 1") == "1:1 expected a statement, found 'é'")
        #expect(message("x = 'ää' !") == "1:10 expected a statement, found '!'")
        #expect(message("f(1, 2\ng()") == "2:1 expected ')' to close '(' on line 1, found 'g'")
        #expect(message("x = 'abc") == "1:5 a string opens here and is not closed on its line; end it with '")
        #expect(message("x = [==[ ]=]") == "1:5 a long string opens here and is not closed; end it with ']==]'")
        #expect(message("x = 1e") == "1:5 '1e' is no number")
        #expect(message("x = '\\q'") == "1:6 there is no such escape sequence; write '\\\\' for a backslash")
        #expect(message("end") == "1:1 'end' closes nothing that is open here")
        #expect(message("local x <const> = 1\nx = 2") == "2:1 'x' is a constant and cannot be assigned to")
        #expect(message("break") == "1:1 'break' stands outside of a loop")
        #expect(message("goto y") == "1:6 there is no label 'y' that this 'goto' can see")
        #expect(message("if x then y() en\ny()") == "1:15 an expression is no statement; assign it or call it")
        #expect(message("x == 1") == "1:3 an expression is no statement; expected '=' or a call, found '=='")
    }
}

/// A generator whose numbers depend on its seed alone.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
