import EmbeddedGraph
import GraphModel
import GraphServer
import Logging
import ServiceLifecycle
import Testing

struct GracefulEndTests {
    /// Tells that it was asked, and answers when it is told to.
    private struct Patient: GraphService {
        let asked: AsyncStream<Void>.Continuation
        let go: AsyncStream<Void>

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            asked.yield()
            for await _ in go { break }
            return GraphResponse(json: Array(#"{"answered":true}"#.utf8))
        }
    }

    @Test func `a request in flight is answered when the server is told to end, and then it ends`() async throws {
        let (asked, askedContinuation) = AsyncStream.makeStream(of: Void.self)
        let (go, goContinuation) = AsyncStream.makeStream(of: Void.self)
        let (ports, portContinuation) = AsyncStream.makeStream(of: Int.self)
        let caller = Caller(id: GroupID.random().text, displayName: "", address: "", kind: .operator)
        let server = GraphServer(
            Patient(asked: askedContinuation, go: go),
            authenticator: DevelopmentToken(RunningServer.token, caller: caller),
            address: .tcp(host: "127.0.0.1", port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { 0 },
            onListening: { portContinuation.yield($0) }
        )
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let request =
                "GET /v1.0/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(RunningServer.token)\r\n\r\n"
            async let answer = RawClient.exchange(port, request)
            for await _ in asked { break }
            await group.triggerGracefulShutdown()
            goContinuation.yield()
            #expect(try await answer.contains(#"{"answered":true}"#))
            try await tasks.waitForAll()
        }
    }
}
