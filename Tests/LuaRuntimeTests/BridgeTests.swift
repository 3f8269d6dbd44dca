import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// The bridge through Lua: what a script's `json.encode` and `json.decode` and every host call rest on.
@Suite struct BridgeTests {
    @Test(
        "values become JSON",
        arguments: [
            ("nil", "null"), ("true", "true"), ("false", "false"), ("json.null", "null"),
            ("1", "1"), ("-1", "-1"), ("0", "0"),
            ("math.maxinteger", "9223372036854775807"), ("math.mininteger", "-9223372036854775808"),
            ("9007199254740993", "9007199254740993"),
            ("1.0", "1.0"), ("-0.0", "-0.0"), ("0.1", "0.1"), ("1/3", "0.3333333333333333"), ("1e300", "1e+300"),
            ("2^53", "9007199254740992.0"), ("123456.0", "123456.0"), ("5e-324", "4.94065645841247e-324"),
            ("''", #""""#), (#"'a"b\\c/d'"#, #""a\"b\\c/d""#),
            (#"'\0\1\8\9\10\12\13\31\127'"#, "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\u{7F}\""),
            ("'Grüße 🎉'", #""Grüße 🎉""#),
            ("{}", "{}"), ("json.array{}", "[]"), ("json.object{}", "{}"), ("{{}}", "[{}]"),
            ("{ json.array{}, json.array{} }", "[[],[]]"),
            ("{ 1, 2, 3 }", "[1,2,3]"), ("{ 1, json.null, 3 }", "[1,null,3]"), ("json.array{ 1 }", "[1]"),
            ("{ [2] = 2, [1] = 1 }", "[1,2]"),
            ("{ b = 1, a = 2, ['a b'] = 3, B = 4, ['ä'] = 5, [''] = 6 }", #"{"":6,"B":4,"a":2,"a b":3,"b":1,"ä":5}"#),
            ("json.object{ [10] = 1, [9] = 2, x = 3 }", #"{"10":1,"9":2,"x":3}"#),
            ("json.object{ 'a', 'b' }", #"{"1":"a","2":"b"}"#),
            ("setmetatable({ 1 }, { __index = error, __len = error, __pairs = error })", "[1]"),
            ("(function() local t = { 1 } return { t, t } end)()", "[[1],[1]]"),
        ]
    )
    func encodes(value: String, json: String) async throws {
        let sandbox = try await Sandbox()
        try await sandbox.run("emit(\(value))")
        #expect(sandbox.emitted.texts.withLock { $0 } == ["[\(json)]"])
        #expect(try await Sandbox().run("emit(json.encode(\(value)) == [==[\(json)]==])") == ["[true]"])
    }

    @Test(
        "what is no JSON is refused with the path to it",
        arguments: [
            ("{ a = { b = { 1, 2, print } } }", "cannot encode a.b: the list has no index 3", false),
            ("{ a = { b = { 1, 2, emit } } }", "cannot encode a.b[3]: a function is no JSON value", true),
            ("emit", "cannot encode the value: a function is no JSON value", true),
            ("{ coroutine.create(emit) }", "cannot encode [1]: a thread is no JSON value", true),
            ("0/0", "cannot encode the value: JSON has no NaN", true),
            ("{ x = math.huge }", "cannot encode x: JSON has no infinity", true),
            ("{ x = -math.huge }", "cannot encode x: JSON has no infinity", true),
            ("{ x = 'a\\255' }", "cannot encode x: the string is not UTF-8 (byte 2)", true),
            ("'\\xED\\xA0\\x80'", "cannot encode the value: the string is not UTF-8 (byte 1)", true),
            ("{ x = { ['\\255'] = 1 } }", "cannot encode x: a member's name is not UTF-8 (byte 1)", true),
            ("{ x = { 1, nil, 3 } }", "cannot encode x: the list has no index 2; use json.null for holes", true),
            ("{ x = { [1] = 1, [3] = 3 } }", "cannot encode x: the list has no index 2; use json.null for holes", true),
            (
                "{ x = { [3] = 3 } }",
                "cannot encode x: the list has no index 1; use json.null for holes, json.object for integer keys", true
            ),
            ("{ x = { [0] = 0, 1 } }", "cannot encode x: a list has no index 0; use json.object for such keys", true),
            ("{ x = { 1, 2, y = 3 } }", "cannot encode x: a list that also has a member named 'y'", true),
            ("{ x = { y = 3, [1 << 40] = 1 } }", "cannot encode x: a list that also has a member named 'y'", true),
            ("json.array{ y = 3 }", "cannot encode the value: a list that also has a member named 'y'", true),
            ("{ [true] = 1 }", "cannot encode the value: a member's name must be a string, not a boolean", true),
            ("{ [1.5] = 1 }", "cannot encode the value: a member's name must be a string, not a number", true),
            ("json.object{ [1] = 1, ['1'] = 2 }", "cannot encode the value: the name '1' stands for two members", true),
            (
                "(function() local t = { a = {} } t.a.b = { t } return t end)()",
                "cannot encode a.b[1]: it contains itself", true
            ),
            ("(function() local t = {} t.t = t return t end)()", "cannot encode t: it contains itself", true),
        ]
    )
    func refusesToEncode(value: String, message: String, isWhole: Bool) async throws {
        let emitted = try await Sandbox().run(
            "local ok, e = pcall(json.encode, \(value)) echo('x') emit(ok, e.code, e.message, e.script)"
        )
        let expected = try String(decoding: JSONEncoder().encode(message), as: UTF8.self)
            .replacing("\\/", with: "/")
        if isWhole {
            #expect(emitted == [#"[false,"badJSON",\#(expected),"test.lua"]"#])
        } else {
            #expect(emitted.first?.contains(message) == true || emitted.first?.hasPrefix("[true") == true)
        }
    }

    @Test(
        "JSON becomes values",
        arguments: [
            (" [ 1 , 2 ] ", "[1,2]"), ("[]", "[]"), ("{}", "{}"), ("[[],{}]", "[[],{}]"), ("[null]", "[null]"),
            (#"{"a":null}"#, #"{"a":null}"#), ("null", "null"), ("true", "true"), ("-0", "-0.0"), ("1.0", "1.0"),
            ("1e2", "100.0"), ("9223372036854775807", "9223372036854775807"),
            ("-9223372036854775808", "-9223372036854775808"), ("1e-999", "0.0"), ("0.1", "0.1"),
            (#""\u0000\ud83c\udf89\/\"""#, #""\u0000🎉/\"""#), (#"{"a":1,"a":2}"#, #"{"a":2}"#),
            (#"{"b":{"c":[1,[2,[3]]]},"a":"x"}"#, #"{"a":"x","b":{"c":[1,[2,[3]]]}}"#),
        ]
    )
    func decodes(text: String, again: String) async throws {
        #expect(
            try await Sandbox().run("emit(json.decode([==[\(text)]==]))") == ["[\(again)]"]
        )
    }

    @Test(
        "what RFC 8259 refuses is refused, with the place",
        arguments: [
            ("", 1), (" ", 2), ("[", 2), ("[1", 3), ("[1,", 4), ("[1,]", 4), ("[,1]", 2), ("[1 2]", 4), ("]", 1),
            ("{", 2),
            (#"{"a"}"#, 5), (#"{"a":}"#, 6), (#"{"a":1,}"#, 8), ("{a:1}", 2), ("{1:1}", 2), (#"{"a":1 "b":2}"#, 8),
            ("1 2", 3), ("[] x", 4), ("nul", 1), ("True", 1), ("'a'", 1), (#""a"#, 3), ("\"a\nb\"", 3), (#""\x41""#, 2),
            (#""\u12g4""#, 2), (#""\ud800""#, 2), (#""\udc00""#, 2), (#""\ud800\ud800""#, 2), ("01", 1), ("-", 2),
            ("+1", 1),
            (".5", 1), ("1.", 3), ("1e", 3), ("0x10", 2), ("NaN", 1), ("Infinity", 1), ("-Infinity", 2), ("1e999", 1),
            ("[1]//", 4), ("/**/1", 1), ("\u{FEFF}1", 1), ("\u{0B}1", 1), ("9223372036854775808", 1),
        ]
    )
    func refusesToDecode(text: String, byte: Int) async throws {
        let sandbox = try await Sandbox()
        let lua = text.utf8.map { "\\\($0 < 10 ? "00" : $0 < 100 ? "0" : "")\($0)" }.joined()
        let emitted = try await sandbox.run("local ok, e = pcall(json.decode, '\(lua)') emit(ok, e.code, e.message)")
        #expect(emitted.first?.hasPrefix(#"[false,"badJSON","malformed JSON at byte \#(byte)"#) == true, "\(emitted)")
    }

    @Test(
        "bytes that are no UTF-8 are refused",
        arguments: ["\\255", "\\xC0\\x80", "\\xED\\xA0\\x80", "\\xF4\\x90\\x80\\x80", "\\xE2\\x82", "\\x80"]
    )
    func refusesBadUTF8(bytes: String) async throws {
        let emitted = try await Sandbox().run(
            #"local ok, e = pcall(json.decode, '["a\#(bytes)"]') emit(ok, e.message)"#
        )
        #expect(emitted == [#"[false,"malformed JSON at byte 4, in [1]: invalid UTF-8 in string"]"#])
    }

    @Test func `a fault in a text is named with the path to it`() async throws {
        let emitted = try await Sandbox().run(
            #"local ok, e = pcall(json.decode, '{"a":{"b":[1,2,x]}}') emit(e.message)"#
        )
        #expect(emitted == [#"["malformed JSON at byte 16, in a.b[3]: unexpected character"]"#])
    }

    @Test func `messages stay UTF-8 however names and tokens are cut`() async throws {
        let name = String(repeating: "ü", count: 40)
        let emitted = try await Sandbox().run(
            """
            for shift = 0, 3 do
              local name = ("x"):rep(shift) .. "\(name)"
              emit((select(2, pcall(json.encode, { [name] = emit })).message:gsub("%s.*", "")))
              emit((select(2, pcall(json.encode, { 1, [name] = 1 })).message:gsub("%s.*", "")))
              emit((select(2, pcall(json.decode, '{"' .. name .. '":x}')).message:gsub("%s.*", "")))
              emit((select(2, pcall(json.decode, '{"a" "' .. name .. '"}')).message))
              emit((select(2, pcall(json.decode, '[1 "' .. name .. '"]')).message))
            end
            """
        )
        #expect(emitted.count == 20)
    }

    @Test func `128 levels cross and 129 do not`() async throws {
        let emitted = try await Sandbox().run(
            """
            local function nest(n) local t = {} for _ = 2, n do t = { t } end return t end
            local function text(n) return ("["):rep(n) .. ("]"):rep(n) end
            emit((pcall(json.encode, nest(128))), (pcall(json.encode, nest(129))))
            emit((pcall(json.decode, text(128))), (pcall(json.decode, text(129))))
            emit(select(2, pcall(json.decode, text(100000))).message:sub(-29))
            """
        )
        #expect(emitted == ["[true,false]", "[true,false]", #"["nested deeper than 128 levels"]"#])
    }

    @Test func `many empty lists in one list do not upset the stack`() async throws {
        let emitted = try await Sandbox { $0.cpuBetweenCalls = .seconds(5) }.run(
            """
            local t = {}
            for i = 1, 20000 do t[i] = json.array {} end
            emit(#json.encode(t), #json.encode { a = json.array {}, b = json.array { json.array {} }, c = 1 })
            """
        )
        #expect(emitted == ["[60001,23]"])
    }

    @Test func `a text beyond the limit is refused both ways`() async throws {
        let sandbox = try await Sandbox { $0.jsonSize = 1000 }
        let emitted = try await sandbox.run(
            """
            local big = ("x"):rep(2000)
            local list = {}
            for i = 1, 1000 do list[i] = i end
            emit((pcall(json.encode, big)), (pcall(json.encode, list)), (pcall(echo, list)), (pcall(json.decode, '"' .. big .. '"')))
            emit((pcall(json.encode, { [big] = 1 })), (pcall(json.encode, ("x"):rep(998))), (pcall(json.encode, ("x"):rep(999))))
            """
        )
        #expect(emitted == ["[false,false,false,false]", "[false,true,false]"])
    }

    @Test func `the options of decode`() async throws {
        let emitted = try await Sandbox().run(
            """
            local t = json.decode('{"a":null,"b":[null]}', { null = "drop" })
            emit(t.a == nil, t.b[1] == json.null)
            emit(next(json.decode('{"a":1,"a":null}', { null = "drop" })) == nil)
            emit(json.decode("[9223372036854775808,-9223372036854775809]", { bigint = "string" }))
            emit((pcall(json.decode, '{"a":1,"a":2}', { duplicates = "error" })))
            emit((pcall(json.decode, '{"a":{"b":1},"c":{"b":1}}', { duplicates = "error" })))
            emit((pcall(json.decode, '{"a":1,"\\\\u0061":2}', { duplicates = "error" })))
            """
        )
        #expect(
            emitted == [
                "[true,true]", "[true]", #"[["9223372036854775808","-9223372036854775809"]]"#, "[false]", "[true]",
                "[false]",
            ]
        )
    }

    @Test func `what a host function answers drops the members that are null`() async throws {
        let emitted = try await Sandbox().run(
            """
            local t = echo({ a = json.null, b = { json.null, 1 } })[1]
            emit(t.a == nil, t.b[1] == json.null, t.b[2])
            emit(tostring(json.null), type(json.null), json.null == json.decode("null"), not not json.null)
            """
        )
        #expect(emitted == ["[true,true,1]", #"["null","userdata",true,true]"#])
    }

    @Test func `pretty text reads back`() async throws {
        let emitted = try await Sandbox().run(
            #"emit(json.encode({ b = { 1, {} }, a = json.array {}, c = { d = "x" } }, { pretty = true }))"#
        )
        let text = """
            {
              "a": [],
              "b": [
                1,
                {}
              ],
              "c": {
                "d": "x"
              }
            }
            """
        let expected = try JSONDecoder().decode([String].self, from: Data(emitted.joined().utf8))
        #expect(expected == [text])
    }

    @Test func `marks cannot be reached or replaced`() async throws {
        let emitted = try await Sandbox().run(
            """
            local list = json.decode("[1]")
            emit(getmetatable(list), (pcall(setmetatable, list, {})), (pcall(setmetatable, json.array {}, nil)))
            local own = setmetatable({}, { __metatable = "mine" })
            emit((pcall(json.array, own)), getmetatable(own))
            """
        )
        #expect(emitted == ["[false,false,false]", #"[false,"mine"]"#])
    }

    @Test func `random documents agree with Foundation's reader`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(20) }
        try await sandbox.vm.run(
            LuaChunk(name: "again.lua", source: Array("function again(s) emit(json.decode(s)) end".utf8))
        )
        var random = SeededRandom(seed: 20_260_701)
        for _ in 0..<300 {
            let text = random.document(depth: 0)
            sandbox.emitted.texts.withLock { $0 = [] }
            let level = String(repeating: "=", count: 5)
            try await sandbox.run("again([\(level)[\(text)]\(level)])")
            let ours = try #require(sandbox.emitted.texts.withLock { $0.first })
            let options: JSONSerialization.ReadingOptions = [.fragmentsAllowed]
            let expected = try JSONSerialization.jsonObject(with: Data("[\(text)]".utf8), options: options)
            let found = try JSONSerialization.jsonObject(with: Data(ours.utf8), options: options)
            #expect((expected as? NSArray) == (found as? NSArray), "\(text) became \(ours)")
        }
    }
}

extension SeededRandom {
    /// A JSON text with every kind of value, white space and escapes in it.
    mutating func document(depth: Int) -> String {
        let space = ["", " ", "\n\t", ""].randomElement(using: &self) ?? ""
        switch Int.random(in: 0..<(depth > 5 ? 6 : 9), using: &self) {
        case 0: return space + ["true", "false", "null"][Int.random(in: 0..<3, using: &self)]
        case 1: return String(Int64.random(in: .min ... .max, using: &self))
        case 2: return String(Int64.random(in: -100...100, using: &self)) + space
        case 3: return "\(Double.random(in: -1e6...1e6, using: &self))"
        case 4: return "\(Int.random(in: -99...99, using: &self))e\(Int.random(in: -20...20, using: &self))"
        case 5: return string()
        case 6, 7:
            let elements = (0..<Int.random(in: 0...6, using: &self)).map { _ in document(depth: depth + 1) }
            return "[" + elements.joined(separator: space + ",") + space + "]"
        default:
            let members = (0..<Int.random(in: 0...20, using: &self)).map { index in
                "\(index % 7 == 0 ? "\"k\(index)\"" : "\"\(index)" + string().dropFirst())\(space):\(document(depth: depth + 1))"
            }
            return "{" + members.joined(separator: ",") + space + "}"
        }
    }

    private mutating func string() -> String {
        let parts = [
            "a", "Grüße", "🎉", "\\n", "\\u00e9", "\\ud83c\\udf89", "\\\"", "\\\\", "/", "日本語",
            "plain text of some length", "\\u0001",
        ]
        return "\""
            + (0..<Int.random(in: 0...6, using: &self)).map { _ in parts.randomElement(using: &self) ?? "" }.joined()
            + "\""
    }
}
