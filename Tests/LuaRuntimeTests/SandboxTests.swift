import Foundation
import Testing

@testable import LuaRuntime

@Suite struct SandboxTests {
    @Test func `the globals are those that are allowed`() async throws {
        let sandbox = try await Sandbox()
        let emitted = try await sandbox.run(
            """
            local names = {}
            for name in pairs(_G) do names[#names + 1] = name end
            table.sort(names)
            emit(table.concat(names, " "))
            """
        )
        #expect(
            emitted == [
                #"["_G _VERSION abandon assert collectgarbage coroutine count echo emit error forever getmetatable ipairs json kinds later load math next nothing os pairs pcall rawequal rawget rawlen rawset refuse refuse7 rest same select setmetatable seven string table together tonumber tostring type utf8 wrapped xpcall"]"#
            ]
        )
    }

    @Test(
        "what would open the sandbox is not there, or refuses",
        arguments: [
            "io", "debug", "package", "require", "dofile", "loadfile", "os.execute", "os.exit", "os.getenv",
            "os.remove",
            "string.dump", "getmetatable('')", "load(string.char(27) .. 'Lua')", "load('x', 'n', 'b')",
            "load(string.rep(' ', 70000))",
        ]
    )
    func absent(expression: String) async throws {
        #expect(try await Sandbox().run("emit((\(expression)) == nil)") == ["[true]"])
    }

    @Test(
        "hostile calls raise errors",
        arguments: [
            "setmetatable({}, { __gc = function() end })", "string.rep('x', 1 << 40)", "('x'):rep(1 << 62)",
            "table.move({}, 1, 1 << 60, 2)", "table.concat({}, '', 1, 1 << 50)",
            "table.unpack({}, 1, 1 << 40)", "load(function() end)", "collectgarbage('stop')",
            "coroutine.yield()", "setmetatable(json.null, {})",
        ]
    )
    func hostile(source: String) async throws {
        #expect(try await Sandbox().run("emit((pcall(function() \(source) end)))") == ["[false]"])
    }

    @Test func `no address shows`() async throws {
        let emitted = try await Sandbox().run(
            "emit(tostring({}), tostring(print), tostring(emit), tostring(coroutine.create(emit)))"
        )
        #expect(emitted == [#"["table","nil","function","thread"]"#])
    }

    @Test func `numeric strings still add up`() async throws {
        #expect(try await Sandbox().run("emit('10' + 1, ('x'):upper(), -'2')") == [#"[11,"X",-2]"#])
    }

    @Test func `deep chains of closing coroutines do not crash`() async throws {
        let sandbox = try await Sandbox { $0.cpuBetweenCalls = .seconds(5) }
        try await sandbox.run(
            """
            local function chain(n)
              if n == 0 then return nil end
              local inner = chain(n - 1)
              local co = coroutine.create(function()
                local x <close> = setmetatable({}, { __close = function() if inner then coroutine.close(inner) end end })
                coroutine.yield()
              end)
              coroutine.resume(co)
              return co
            end
            local ok = pcall(function() coroutine.close(chain(150)) end)
            """
        )
    }

    @Test func `no Swift file calls Lua's API`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var seen = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            seen += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.firstMatch(of: #/\blua(L)?_[a-z]+\s*\(/#) == nil, "\(file.lastPathComponent)")
        }
        #expect(seen > 20)
    }
}
