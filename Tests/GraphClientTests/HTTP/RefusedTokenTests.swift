import AsyncHTTPClient
import Foundation
import GraphModel
import ServerStage
import Testing

@testable import GraphClient

/// Reference, section 13.2: the rows of 401, as the client meets them.
struct RefusedTokenTests {
    /// Gives tokens one after the other, and notes what it was asked for.
    private actor Tokens: TokenSource {
        private var rest: [String]
        private(set) var asked: [String?] = []

        init(_ tokens: [String]) { rest = tokens }

        func token(insteadOf refused: String?, claims: String?) -> String {
            asked.append(refused)
            if refused != nil, rest.count > 1 { rest.removeFirst() }
            return rest[0]
        }
    }

    private func get(_ path: String, at server: RunningHerald, _ tokens: any TokenSource) async throws -> GraphResponse
    {
        let client = HTTPGraph.client(concurrency: 1, proxy: nil)
        let root = server.root + "/v1.0"
        let nobody = Caller(id: "", displayName: "", address: "", kind: .delegated)
        do {
            let response = try await HTTPGraph(root: root, tokens: tokens, client: client)
                .respond(to: GraphRequest(.get, path, caller: nobody, serviceRoot: root))
            try await client.shutdown()
            return response
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func signIn(_ server: RunningHerald) async throws -> (answer: TokenAnswer, endpoints: SignInEndpoints) {
        let authority = AuthorityClient(variables: [:])
        let cloud = try GraphCloud(server.root)
        let endpoints = try await authority.endpoints(of: cloud, tenant: "organizations")
        let signIn = SignIn(
            authority: authority,
            endpoints: endpoints,
            client: "herald",
            scopes: SignInScopes(for: cloud),
            uptime: { .microseconds(server.clock.now) },
            wait: { server.clock.advance(by: $0) }
        )
        return (try await signIn.byDeviceCode { try await server.enter($0.userCode) }, endpoints)
    }

    // Row "garbage token".
    @Test func `a token that the service cannot read is refused, and the same one not sent twice`() async throws {
        try await RunningHerald.with { server in
            let tokens = Tokens(["canary"])
            let response = try await get("/me", at: server, tokens)
            #expect(response.status == 401)
            #expect(response.error?.code == "InvalidAuthenticationToken")
            #expect(await tokens.asked == [nil, "canary"])
        }
    }

    // Row "garbage token", with a better one at hand.
    @Test func `a newer token is tried once`() async throws {
        try await RunningHerald.with { server in
            let good = try await signIn(server).answer.accessToken
            let tokens = Tokens(["canary", good])
            #expect(try await get("/me", at: server, tokens).status == 200)
            let hopeless = Tokens(["canary", "another", "a third"])
            #expect(try await get("/me", at: server, hopeless).status == 401)
            #expect(await hopeless.asked == [nil, "canary"])
        }
    }

    // Row "expired".
    @Test func `a token that ended sooner than this machine's clock says is renewed, and the request done`()
        async throws
    {
        try await RunningHerald.with { server in
            let folder = FileManager.default.temporaryDirectory.appending(path: "herald-accounts-\(UUID())").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let (answer, endpoints) = try await signIn(server)
            let file = AccountFile(folder: folder)
            let keys = AccountKeys(password: nil, searchPath: "")
            let then = server.clock.now
            _ = try await file.keep(
                answer,
                as: .init(
                    name: "work",
                    backend: server.root,
                    tenant: server.tenant,
                    clientID: "herald",
                    scopes: SignInScopes(for: try GraphCloud(server.root)),
                    endpoints: endpoints,
                    grants: nil
                ),
                keys: keys,
                now: then
            )
            let tokens = ProfileToken(
                "work",
                file: file,
                keys: keys,
                authority: AuthorityClient(variables: [:]),
                now: { then }
            )
            #expect(try await get("/me", at: server, GivenToken(answer.accessToken)).status == 200)
            server.clock.advance(by: .seconds(2 * 3600))
            #expect(try await get("/me", at: server, GivenToken(answer.accessToken)).status == 401)
            #expect(try await get("/me", at: server, tokens).status == 200)
        }
    }

    // Row "CAE revocation / insufficient claims".
    @Test(
        "the claims that a refusal asks for are passed on as they are",
        arguments: ["eyJhIjp7ImIiOiI/PiJ9fQ==", "eyJhIjp7ImIiOiI/PiJ9fQ", "eyJhIjp7ImIiOiI_PiJ9fQ"]
    )
    func claims(encoded: String) throws {
        let challenge =
            #"Bearer realm="", authorization_uri="https://login.example", error="insufficient_claims", claims="\#(encoded)""#
        let response = GraphResponse(status: 401, headers: ["WWW-Authenticate": challenge])
        let claims = try #require(HTTPGraph.claims(in: response))
        #expect(claims == #"{"a":{"b":"?>"}}"#)
        let profile = Profile(
            backend: "https://graph.microsoft.com",
            tenant: "t",
            clientID: "c",
            scope: "s",
            tokenEndpoint: "e",
            expires: 0,
            isRenewable: true,
            secret: StoredSecret(protection: .fileMode, value: "")
        )
        #expect(profile.renewal("r", claims: claims).last?.1 == claims)
        #expect(!profile.renewal("r", claims: nil).contains { $0.0 == "claims" })
    }

    @Test func `a refusal without claims asks for none`() {
        #expect(HTTPGraph.claims(in: GraphResponse(status: 401)) == nil)
        #expect(HTTPGraph.claims(in: GraphResponse(status: 401, headers: ["WWW-Authenticate": "Bearer"])) == nil)
    }

    @Test func `who must sign in again is told so, and nothing was sent`() async throws {
        try await RunningHerald.with { server in
            let tokens = ProfileToken(
                "work",
                file: AccountFile(
                    folder: FileManager.default.temporaryDirectory.appending(path: "none-\(UUID())").path
                ),
                keys: AccountKeys(password: nil, searchPath: ""),
                authority: AuthorityClient(variables: [:]),
                now: { 0 }
            )
            let reason = try await #require(throws: NoAnswer.self) { try await get("/me", at: server, tokens) }
            #expect(reason.message.contains("herald login --profile work"))
            #expect(reason.outcome == .notDone)
        }
    }
}
