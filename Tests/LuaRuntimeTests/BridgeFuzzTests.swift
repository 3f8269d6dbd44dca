import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// Random texts and random tables through the bridge.
///
/// `HERALD_FUZZ_CASES` says how many of each.
@Suite struct BridgeFuzzTests {
    static let cases =
        ProcessInfo.processInfo.environment["HERALD_FUZZ_CASES"].flatMap { Int($0) } ?? 3000

    /// What the script is given, and what it found.
    private final class Feed: Sendable {
        struct State {
            var texts = JSONTexts(random: SeededRandom(seed: 7))
            var left: Int
            var current: [UInt8] = []
            var accepted = 0
            var problems: [String] = []
        }

        let state: Mutex<State>

        init(cases: Int) { state = Mutex(State(left: cases)) }

        /// The next text, as a list of its bytes.
        func take() -> [UInt8] {
            state.withLock { state in
                guard state.left > 0, state.problems.count < 10 else { return [] }
                state.left -= 1
                repeat { state.current = state.texts.next() } while state.current.isEmpty
                return Array("[\(state.current.map(String.init).joined(separator: ","))]".utf8)
            }
        }

        /// What the script says of the text: whether it was accepted, its new encoding, and whether it has duplicates.
        func judge(_ arguments: [UInt8]) {
            struct Verdict: Decodable {
                var isAccepted: Bool
                var text: String?
                var hasDuplicates: Bool?
            }
            state.withLock { state in
                let text = state.current
                guard let verdict = try? JSONDecoder().decode([Verdict].self, from: Data(arguments)).first else {
                    state.problems.append("no verdict: \(String(decoding: arguments, as: UTF8.self))")
                    return
                }
                if verdict.isAccepted { state.accepted += 1 }
                if verdict.isAccepted != JSONJudge.accepts(text) {
                    state.problems.append("accepted: \(verdict.isAccepted): \(Self.show(text))")
                } else if let again = verdict.text, verdict.hasDuplicates == false,
                    !Self.isSame(text, Array(again.utf8))
                {
                    state.problems.append("\(Self.show(text)) became \(again)")
                }
            }
        }

        private static func show(_ text: [UInt8]) -> String { String(decoding: text, as: UTF8.self).debugDescription }

        /// Whether Foundation reads the same from both; true where it cannot read the first.
        private static func isSame(_ text: [UInt8], _ again: [UInt8]) -> Bool {
            guard let one = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed) else {
                return true
            }
            guard let other = try? JSONSerialization.jsonObject(with: Data(again), options: .fragmentsAllowed) else {
                return false
            }
            return isSameValue(one, other)
        }

        private static func isSameValue(_ one: Any, _ other: Any) -> Bool {
            switch (one, other) {
            case (let one as [Any], let other as [Any]):
                one.count == other.count && zip(one, other).allSatisfy { isSameValue($0, $1) }
            case (let one as [String: Any], let other as [String: Any]):
                one.count == other.count
                    && one.allSatisfy { key, value in other[key].map { isSameValue(value, $0) } ?? false }
            case (let one as NSNumber, let other as NSNumber):
                // Foundation keeps more digits of a fraction than a double has, and rounds them in its own way.
                one == other
                    || (Int64(one.stringValue) == nil
                        && abs(one.doubleValue - other.doubleValue) <= abs(one.doubleValue) * 1e-14)
            default: (one as? NSObject)?.isEqual(other) ?? false
            }
        }
    }

    @Test func `what the bridge takes is what JSON is, and comes back the same`() async throws {
        let feed = Feed(cases: Self.cases)
        let vm = try await ScriptVM(
            limits: ScriptLimits(),
            functions: [
                HostFunction(name: "take", body: .immediate { _ throws(HostError) in feed.take() }),
                HostFunction(
                    name: "raw",
                    body: .immediate { _ throws(HostError) in feed.state.withLock { $0.current } }
                ),
                HostFunction(
                    name: "judge",
                    body: .immediate { json throws(HostError) in
                        feed.judge(json)
                        return []
                    }
                ),
            ],
            prelude: [
                LuaChunk(
                    name: "=[herald]",
                    source: Array(
                        "local host, globals, internal = ... globals.host = host globals.json = internal".utf8
                    )
                )
            ]
        )
        let script = """
            local decode, encode = json.decode, json.encode
            local function same(a, b)
              if type(a) ~= "table" then return a == b and math.type(a) == math.type(b) end
              for k, v in pairs(a) do if not same(v, b[k]) then return false end end
              for k in pairs(b) do if a[k] == nil then return false end end
              return true
            end
            while true do
              local bytes = host.take()
              if not bytes then break end
              local text = string.char(table.unpack(bytes))
              local ok, value = pcall(decode, text)
              assert(pcall(host.raw) == ok, "the answer of a host function is read by other rules")
              if ok then
                local again = encode(value)
                local back = decode(again)
                assert(same(value, back), again)
                assert(encode(back) == again, again)
                assert(same(value, decode(encode(value, { pretty = true }))), again)
                host.judge({ isAccepted = true, text = again, hasDuplicates = not pcall(decode, text, { duplicates = "error" }) })
              else
                local at = value.code == "badJSON" and tonumber(value.message:match("^malformed JSON at byte (%d+)"))
                assert(at and at >= 1 and at <= #text + 1, value.message)
                host.judge({ isAccepted = false })
              end
            end
            """
        do {
            try await vm.run(LuaChunk(name: "fuzz.lua", source: Array(script.utf8)))
        } catch {
            Issue.record(
                "\(error), for \(feed.state.withLock { String(decoding: $0.current, as: UTF8.self).debugDescription })"
            )
        }
        let state = feed.state.withLock { $0 }
        #expect(state.problems == [])
        #expect(state.accepted > Self.cases / 20 && state.accepted < Self.cases * 19 / 20)
    }

    @Test func `what the bridge writes is what its rules say, and comes back the same`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(20) }
        let emitted = try await sandbox.run(
            """
            math.randomseed(11)
            local random, encode, decode = math.random, json.encode, json.decode
            local texts = { "", "a", "name", "é", "1", "-1", "\\0", "\\n\\"", "\\xff", "\\xed\\xa0\\x80", ("x"):rep(70), "😀" }
            local numbers = { 0, 1, -1, 0.5, -0.0, 1 << 53, (1 << 53) + 1, math.maxinteger, math.mininteger, 1e308, 5e-324, 0.1, 1e15, 123456.789 }
            local odd = { 0 / 0, math.huge, -math.huge, next, coroutine.running() }
            local all
            local function key()
              local turn = random(30)
              if turn == 1 then return random() elseif turn == 2 then return true elseif turn == 3 then return {} end
              if turn < 7 then return random(-2, 5) end
              return texts[random(turn == 7 and #texts or 8)]
            end
            local function make(depth)
              local turn = random(depth > 6 and 6 or 12)
              if turn == 1 then return random(2) == 1 end
              if turn <= 3 then return random(60) == 1 and odd[random(#odd)] or numbers[random(#numbers)] end
              if turn <= 5 then return texts[random(random(20) == 1 and #texts or 8)] end
              if turn == 6 then return json.null end
              local t = {}
              if random(20) == 1 and #all > 0 then t = all[random(#all)] end
              all[#all + 1] = t
              if turn <= 9 then
                for i = 1, random(0, 4) do t[i] = make(depth + 1) end
                if random(20) == 1 then t = { t, [3] = 3, [2] = make(depth + 1) } end
                if random(40) == 1 then t[key()] = 1 end
              else
                local n = random(20) == 1 and random(30, 80) or random(0, 4)
                for i = 1, n do t[texts[random(8)] .. i] = make(depth + 1) end
                if random(15) == 1 then t[key()] = 1 end
              end
              local mark = random(15)
              if mark == 1 then json.array(t) elseif mark == 2 then json.object(t) end
              if random(300) == 1 then for _ = 1, random(110, 135) do t = random(2) == 1 and { t } or { a = t } end end
              return t
            end
            local function mark_of(t)
              if getmetatable(t) ~= false then return nil end
              return tostring(t)
            end
            local function encodable(v, depth, on_the_way)
              local kind = type(v)
              if kind == "string" then return utf8.len(v) ~= nil end
              if kind == "number" then return v == v and v ~= math.huge and v ~= -math.huge end
              if kind == "boolean" or v == json.null then return true end
              if kind ~= "table" or depth >= 128 or on_the_way[v] then return false end
              on_the_way[v] = true
              local count, integers, texts, largest, names, right = 0, 0, 0, 0, {}, true
              for k, member in next, v do
                count = count + 1
                if math.type(k) == "integer" then
                  integers = integers + 1
                  if k < 1 then largest = math.huge elseif k > largest then largest = k end
                elseif type(k) == "string" then texts = texts + 1 right = right and utf8.len(k) ~= nil
                else right = false end
                if names[tostring(k)] then right = right and mark_of(v) ~= "object" end
                names[tostring(k)] = true
                right = right and encodable(member, depth + 1, on_the_way)
              end
              on_the_way[v] = nil
              local mark = mark_of(v)
              if mark == "object" then return right end
              if mark == "array" then return right and texts == 0 and largest == count end
              return right and (texts == count or (integers == count and largest == count))
            end
            local accepted = 0
            for case = 1, \(Self.cases) do
              all = {}
              local v = make(0)
              local expected = encodable(v, 0, {})
              local ok, text = pcall(encode, v)
              if ok ~= expected then error(("case %d: %s, expected %s: %s"):format(case, ok, expected, tostring(text))) end
              if ok then
                accepted = accepted + 1
                local again = encode(decode(text))
                if again ~= text then error(text .. " became " .. again) end
                assert(encode(decode(encode(v, { pretty = true }))) == again)
              else
                assert(text.code == "badJSON" and text.message:find("^cannot encode ") and utf8.len(text.message), text.message)
              end
              assert(pcall(emit, v) == ok)
              nothing()
            end
            assert(accepted > \(Self.cases / 20) and accepted < \(Self.cases * 19 / 20), accepted)
            emit("end")
            """,
            name: "fuzz.lua"
        )
        #expect(emitted.last == #"["end"]"#)
    }
}
