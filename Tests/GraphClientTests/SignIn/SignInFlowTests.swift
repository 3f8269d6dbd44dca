import Foundation
import GraphModel
import ServerStage
import Synchronization
import Testing

@testable import GraphClient

/// The whole way, against a server with its own authority (reference, section 16).
struct SignInFlowTests {
    /// A sign-in whose waiting moves the server's clock.
    private func signIn(_ server: RunningHerald) async throws -> SignIn {
        let authority = AuthorityClient(variables: [:])
        let cloud = try GraphCloud(server.root)
        return SignIn(
            authority: authority,
            endpoints: try await authority.endpoints(of: cloud, tenant: "organizations"),
            client: "herald",
            scopes: SignInScopes(for: cloud),
            uptime: { .microseconds(server.clock.now) },
            wait: { server.clock.advance(by: $0) }
        )
    }

    @Test func `a device code that a person enters gives a token that can be renewed`() async throws {
        try await RunningHerald.with { server in
            let answer = try await signIn(server).byDeviceCode { code in
                #expect(code.address == server.root + "/devicelogin")
                #expect(code.message.contains(code.userCode))
                try await server.enter(code.userCode)
            }
            #expect(answer.refreshToken != nil)
            let claims = try #require(TokenClaims(answer.accessToken))
            #expect(claims.kind == .delegated)
            #expect(claims.address == "adele@contoso.example")
            #expect(claims.rights.filter { !$0.isAllowed } == [])
        }
    }

    @Test func `polling goes on while nobody has entered the code`() async throws {
        try await RunningHerald.with { server in
            var signIn = try await signIn(server)
            let polls = Mutex(0)
            let userCode = Mutex("")
            signIn.wait = { duration in
                server.clock.advance(by: duration)
                let count = polls.withLock { polls in
                    polls += 1
                    return polls
                }
                if count == 3 { try await server.enter(userCode.withLock { $0 }, as: "alex") }
            }
            let answer = try await signIn.byDeviceCode { code in userCode.withLock { $0 = code.userCode } }
            #expect(TokenClaims(answer.accessToken)?.address == "alex@contoso.example")
            #expect(polls.withLock { $0 } == 3)
        }
    }

    @Test func `a client that asks too early is told to slow down, and gets there`() async throws {
        try await RunningHerald.with { server in
            var signIn = try await signIn(server)
            let waits = Mutex<[Duration]>([])
            let userCode = Mutex("")
            signIn.wait = { duration in
                waits.withLock { $0.append(duration) }
                // The clock goes too slowly at first, so that the second question comes too early.
                let count = waits.withLock { $0.count }
                server.clock.advance(by: count == 2 ? .seconds(1) : duration)
                if count == 4 { try await server.enter(userCode.withLock { $0 }) }
            }
            _ = try await signIn.byDeviceCode { code in userCode.withLock { $0 = code.userCode } }
            #expect(waits.withLock { $0 } == [.seconds(5), .seconds(5), .seconds(10), .seconds(10)])
        }
    }

    @Test func `who declines is believed`() async throws {
        try await RunningHerald.with { server in
            let refusal = try await #require(throws: TokenRefusal.self) {
                try await signIn(server).byDeviceCode { try await server.enter($0.userCode, decision: "decline") }
            }
            #expect(refusal.description.contains("declined"))
        }
    }

    @Test func `a code that nobody enters ends`() async throws {
        try await RunningHerald.with { server in
            let refusal = try await #require(throws: TokenRefusal.self) {
                try await signIn(server).byDeviceCode { _ in }
            }
            #expect(refusal.code == "expired_token")
        }
    }

    @Test func `a browser that comes back with a code gives a token`() async throws {
        try await RunningHerald.with { server in
            let page = Mutex((status: 0, text: ""))
            let answer = try await signIn(server).byBrowser { address in
                let shown = try await server.browse(address)
                page.withLock { $0 = shown }
            }
            #expect(page.withLock { $0.status } == 200)
            #expect(page.withLock { $0.text }.contains("You are signed in"))
            #expect(TokenClaims(answer.accessToken)?.kind == .delegated)
            #expect(answer.refreshToken != nil)
        }
    }

    @Test func `a redirect with another state is turned away, and the right one still taken`() async throws {
        try await RunningHerald.with { server in
            let answer = try await signIn(server).byBrowser { address in
                let forged = try await server.browse(address) { $0.replacing("state=", with: "state=x") }
                #expect(forged.status == 400)
                #expect(try await server.browse(address).status == 200)
            }
            #expect(!answer.accessToken.isEmpty)
        }
    }

    @Test func `a refusal in the browser is told`() async throws {
        try await RunningHerald.with { server in
            let refusal = try await #require(throws: TokenRefusal.self) {
                try await signIn(server).byBrowser { address in
                    let page = try await server.browse(address, decision: "decline")
                    #expect(page.text.contains("Nobody was signed in"))
                }
            }
            #expect(refusal.code == "access_denied")
            #expect(refusal.numbers == [65004])
        }
    }

    @Test func `a server without an authority says what to do instead`() async throws {
        try await RunningHerald.with(hasAuthority: false) { server in
            let fault = try await #require(throws: SignInFault.self) { _ = try await signIn(server) }
            #expect(fault.message.contains("--auth local"))
            #expect(fault.message.contains("HERALD_TOKEN"))
        }
    }

    @Test func `a tenant that is not there is named`() async throws {
        try await RunningHerald.with { server in
            let fault = try await #require(throws: SignInFault.self) {
                _ = try await AuthorityClient(variables: [:]).endpoints(of: GraphCloud(server.root), tenant: "fabrikam")
            }
            #expect(fault.message.contains("fabrikam"))
        }
    }

    @Test func `a place where nobody answers is named`() async throws {
        let fault = try await #require(throws: SignInFault.self) {
            _ = try await AuthorityClient(variables: [:]).endpoints(
                of: GraphCloud("http://127.0.0.1:1"),
                tenant: "organizations"
            )
        }
        #expect(fault.message.contains("127.0.0.1"))
    }
}
