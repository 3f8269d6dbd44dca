import Foundation
import Testing

@testable import LuaRuntime

@Suite struct ReachableTests {
    /// Everything that a script can reach from its globals by indexing and by `getmetatable`, but for what the test's own
    /// prelude adds.
    static let allowed = """
        _G:table _VERSION:string assert:function collectgarbage:function coroutine:table coroutine.close:function
        coroutine.create:function coroutine.isyieldable:function coroutine.resume:function coroutine.running:function
        coroutine.status:function coroutine.wrap:function coroutine.yield:function error:function getmetatable:function
        ipairs:function load:function math:table math.abs:function math.acos:function math.asin:function
        math.atan:function math.ceil:function math.cos:function math.deg:function math.exp:function math.floor:function
        math.fmod:function math.huge:number math.log:function math.max:function math.maxinteger:number math.min:function
        math.mininteger:number math.modf:function math.pi:number math.rad:function math.random:function
        math.randomseed:function math.sin:function math.sqrt:function math.tan:function math.tointeger:function
        math.type:function math.ult:function next:function os:table os.clock:function os.date:function
        os.difftime:function os.time:function pairs:function pcall:function rawequal:function rawget:function
        rawlen:function rawset:function select:function setmetatable:function string:table string.byte:function
        string.char:function string.find:function string.format:function string.gmatch:function string.gsub:function
        string.len:function string.lower:function string.match:function string.pack:function string.packsize:function
        string.rep:function string.reverse:function string.sub:function string.unpack:function string.upper:function
        table:table table.concat:function table.insert:function table.move:function table.pack:function
        table.remove:function table.sort:function table.unpack:function tonumber:function tostring:function
        type:function utf8:table utf8.char:function utf8.charpattern:string utf8.codepoint:function utf8.codes:function
        utf8.len:function utf8.offset:function xpcall:function
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    static let ofTheTest = """
        echo:function emit:function forever:function json:table json.array:function json.decode:function
        json.encode:function json.null:userdata json.object:function later:function together:function nothing:function
        refuse:function wrapped:function same:function count:function kinds:function seven:function refuse7:function
        rest:function abandon:function
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test func `a script reaches what is allowed and nothing else`() async throws {
        let emitted = try await Sandbox().run(
            """
            local seen, found = { [_G] = true }, {}
            local walk
            local function visit(path, value)
              found[#found + 1] = path .. ":" .. type(value)
              local meta = getmetatable(value)
              if meta then visit(path .. "(metatable)", meta) end
              if type(value) == "table" and not seen[value] then seen[value] = true walk(path .. ".", value) end
            end
            function walk(prefix, t)
              for k, v in next, t do
                if type(k) ~= "string" then visit(prefix .. "(key)", k) end
                visit(prefix .. tostring(k), v)
              end
            end
            walk("", _G)
            local meta = getmetatable(_G)
            if meta then visit("(metatable)", meta) end
            -- The functions of strings may be another table than `string`, but no larger one.
            for k in next, string do assert(type((""):rep(0)[k]) == "function") end
            for _, k in ipairs { "dump", "__index", "__name", "loaded", "_G" } do assert((""):rep(0)[k] == nil) end
            table.sort(found)
            emit(found)
            """
        )
        let text = try #require(emitted.first)
        let found = try JSONDecoder().decode([[String]].self, from: Data(text.utf8))[0]
        #expect(Set(found).subtracting(Self.allowed + Self.ofTheTest) == [])
        #expect(Set(Self.allowed + Self.ofTheTest).subtracting(found) == [])
    }
}
