import LuaRuntime
import Synchronization

/// What the compiler of the Lua library itself says of texts, without running them.
enum StockLua {
    /// Whether each text is Lua.
    static func accepts(_ texts: [[UInt8]]) async throws -> [Bool] {
        let digits = Array("0123456789abcdef".utf8)
        let remaining = Mutex(texts[...])
        let verdicts = Mutex<[Bool]>([])
        let vm = try await ScriptVM(
            limits: ScriptLimits(),
            functions: [
                HostFunction(
                    name: "next",
                    body: .immediate { _ throws(HostError) in
                        guard let text = remaining.withLock({ $0.popFirst() }) else { return [] }
                        let hexadecimal = text.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
                        return [UInt8(ascii: "\"")] + hexadecimal + [UInt8(ascii: "\"")]
                    }
                ),
                HostFunction(
                    name: "judge",
                    body: .immediate { json throws(HostError) in
                        verdicts.withLock { $0.append(json == Array("[true]".utf8)) }
                        return []
                    }
                ),
            ],
            prelude: [
                LuaChunk(
                    name: "=[herald]",
                    source: Array("local host, globals = ...; globals.host = host".utf8)
                )
            ]
        )
        try await vm.run(
            LuaChunk(
                name: "judge.lua",
                source: Array(
                    """
                    for text in host.next do
                      text = text:gsub("..", function(digits) return string.char(tonumber(digits, 16)) end)
                      host.judge(load(text) ~= nil)
                    end
                    """.utf8
                )
            )
        )
        return verdicts.withLock { $0 }
    }

    /// Whether a text is Lua, read as the main script is.
    static func acceptsAsScript(_ text: String) async throws -> Bool {
        let vm = try await ScriptVM(limits: ScriptLimits(), functions: [], prelude: [])
        do {
            try await vm.run(LuaChunk(name: "text.lua", source: Array("do return end ".utf8) + Array(text.utf8)))
        } catch  where error.kind == .syntax {
            return false
        } catch {
            return true
        }
        return true
    }
}
