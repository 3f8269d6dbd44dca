import AsyncHTTPClient
import Foundation
import GraphModel
import ServerStage
import Testing

@testable import GraphClient

/// What must not be sent any more is not sent, however late that shows.
struct SendPermitTests {
    private struct Superseded: Error, CustomStringConvertible {
        var description: String { "Another process has gone on with the run." }
    }

    private struct NobodySignedIn: TokenSource {
        func token(insteadOf refused: String?, claims: String?) async throws -> String {
            throw SignInRequired("Sign in again.")
        }
    }

    private func answer(
        of server: RunningHerald,
        _ tokens: any TokenSource
    ) async throws -> Result<GraphResponse, NoAnswer> {
        let client = HTTPGraph.client(concurrency: 1, proxy: nil)
        let root = server.root + "/v1.0"
        // A pacer would try again what was certainly not done, for as long as its patience lasts.
        let service = PacedService(
            HTTPGraph(root: root, tokens: tokens, client: client),
            limits: PacingLimits(),
            keepsKeys: false,
            clock: SystemPacingClock()
        )
        let nobody = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let request = GraphRequest(.post, "/groups", body: Array("{}".utf8), caller: nobody, serviceRoot: root)
        let result: Result<GraphResponse, NoAnswer>
        do { result = .success(try await service.respond(to: request)) } catch {
            result = .failure(error as? NoAnswer ?? NoAnswer(.unknown, "\(error)"))
        }
        try await client.shutdown()
        return result
    }

    @Test func `a write that must not leave any more does not, and is not tried again`() async throws {
        try await RunningHerald.with { server in
            let result = try await SendPermit.$current.withValue(SendPermit { throw Superseded() }) {
                try await answer(of: server, GivenToken("any"))
            }
            let reason = #expect(throws: NoAnswer.self) { try result.get() }
            #expect(reason?.outcome == .notDone && reason?.isFinal == true)
            #expect(reason?.message == "Another process has gone on with the run.")
        }
    }

    @Test func `a sign-in that has ended ends the request at once`() async throws {
        try await RunningHerald.with { server in
            let result = try await answer(of: server, NobodySignedIn())
            let reason = #expect(throws: NoAnswer.self) { try result.get() }
            #expect(reason?.isFinal == true && reason?.message.contains("Sign in again.") == true)
        }
    }
}
