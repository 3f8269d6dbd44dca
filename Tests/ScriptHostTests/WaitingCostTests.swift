import Foundation
import LuaRuntime
import Testing

@testable import ScriptHost

/// What a function of a script holds while it waits, in bytes that Lua accounts for: the same on every machine.
@Suite struct WaitingCostTests {
    @Test func `a call that waits holds 1.2 kilobytes of a script's memory`() async throws {
        let output = try await ScriptWorld().run(
            """
            local items = {}
            for i = 1, 2000 do items[i] = i end
            collectgarbage()
            local before, after = collectgarbage("count"), nil
            parallel(items, function(item)
              if item == #items then
                collectgarbage()
                after = collectgarbage("count")
              end
              time.sleep(0.001)
            end, { limit = #items })
            print((after - before) * 1024 / #items)
            """,
            limits: { $0.requests = 2000 }
        )
        let bytes = try #require(Double(output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(bytes <= 1250, "1,201")
    }
}
