import LuaRuntime
import Testing

@testable import ScriptHost

@Suite struct ScriptHeaderTests {
    private func tightened(_ source: String) throws(LuaError) -> ScriptLimits {
        try ScriptHeader.tighten(ScriptLimits(), by: LuaChunk(name: "test.lua", source: Array(source.utf8)))
    }

    @Test func `a script's opening comments ask for tighter limits`() throws {
        let limits = try tightened(
            """
            #!/usr/bin/env herald
            -- Greets everybody.
            -- limit-memory 32
            --limit-cpu: 0.5
            --   limit-wall = 60

            -- limit-requests 2
            local x = 1
            -- limit-memory 1
            """
        )
        #expect(limits.memory == 32 << 20)
        #expect(limits.cpuBetweenCalls == .milliseconds(500))
        #expect(limits.wall == .seconds(60))
        #expect(limits.requests == 2)
        #expect(limits.output == nil)
    }

    @Test(
        "what cannot be granted is refused at its line",
        arguments: [
            ("-- limit-memory 128", 1, "more than it is granted; allow it with --limit-memory 128"),
            ("--\n-- limit-memory much", 2, "must be followed by one number"),
            ("-- limit-memory", 1, "must be followed by one number"),
            ("-- limit-disk 3", 1, "there is no limit-disk"),
        ]
    )
    func faults(source: String, line: Int, message: String) throws {
        let error = #expect(throws: LuaError.self) { try tightened(source) }
        #expect(error?.line == line && error?.kind == .syntax)
        #expect(error?.message.contains(message) == true)
    }

    @Test func `a header's limit ends the script`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run("-- limit-memory 4\nlocal t = {} for i = 1, 1e7 do t[i] = {} end")
        }
        #expect(error?.kind == .memory && error?.line == 2)
    }
}
