import GraphModel
import LuaRuntime
import Synchronization
import Testing

@testable import ScriptHost

@Suite struct TimeoutTests {
    /// Answers when it is told to.
    private final class SlowService: GraphService {
        private let gate = AsyncStream.makeStream(of: Void.self)
        let answered = Mutex(0)

        func open() { gate.continuation.finish() }

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            for await _ in gate.stream {}
            answered.withLock { $0 += 1 }
            return GraphResponse(status: 201, body: Array(#"{"id":"T1"}"#.utf8))
        }
    }

    @Test func `a read that is late is an error, and is given up`() async throws {
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run(
                "graph.groups:list { timeout = 0.01 }",
                service: SlowService()
            )
        }
        #expect(error?.code == "timeout" && error?.line == 1)
    }

    @Test func `a write that is late goes on, and the run waits for it at its end`() async throws {
        let service = SlowService()
        let world = try await ScriptWorld()
        let run = Task {
            try await world.run(
                """
                local done, err = pcall(graph.post, "/groups", { displayName = "x" }, { timeout = 0.01 })
                print(done, err.code, err.retryable)
                """,
                service: service
            )
        }
        while world.output.isEmpty { await Task.yield() }
        #expect(service.answered.withLock { $0 } == 0)
        service.open()
        #expect(try await run.value == "false\ttimeout\tfalse\n")
        #expect(service.answered.withLock { $0 } == 1)
    }

    @Test func `an answer in time is an answer`() async throws {
        #expect(try await ScriptWorld().run("print(#graph.groups:list { timeout = 60 }.value)") == "2\n")
        let error = await #expect(throws: LuaError.self) {
            try await ScriptWorld().run("graph.groups:list { timeout = 0 }")
        }
        #expect(error?.code == "badArgument")
    }
}
