import Foundation
import GraphModel
import Testing

@testable import GraphClient

/// Reference, section 16.3; section 1, fact 2.
struct TokenClaimsTests {
    private func token(_ claims: String) -> String {
        "e30." + Base64.urlText(Array(claims.utf8)) + ".c2ln"
    }

    @Test func `scp makes a token delegated`() throws {
        let claims = try #require(
            TokenClaims(
                token(
                    #"""
                    {"scp":"User.Read Group-Conversation.ReadWrite.All","name":"Adele Vance","upn":"adele@contoso.example",
                    "tid":"t","oid":"o","appid":"c","exp":1700000000,"roles":["Something"]}
                    """#
                )
            )
        )
        #expect(claims.kind == .delegated)
        #expect(claims.permissions == ["Group-Conversation.ReadWrite.All", "User.Read"])
        #expect(claims.address == "adele@contoso.example")
        #expect(claims.expires == 1_700_000_000)
        #expect(claims.rights.first { $0.action.contains("create") }?.isAllowed == true)
        #expect(claims.rights.first { $0.action == "find groups" }?.isAllowed == false)
    }

    @Test(
        "roles without scp, and idtyp app, make it an application's",
        arguments: [
            #"{"roles":["Group.ReadWrite.All"]}"#, #"{"idtyp":"app"}"#, #"{"idtyp":"app","scp":"Group.ReadWrite.All"}"#,
        ]
    )
    func application(text: String) throws {
        let claims = try #require(TokenClaims(token(text)))
        #expect(claims.kind == .application)
        let right = try #require(claims.rights.first { $0.action.contains("create") })
        #expect(!right.isAllowed)
        #expect(right.reason?.contains("only signed-in users") == true)
        #expect(right.reason?.contains("herald login") == true)
    }

    @Test func `a token with neither says nothing`() {
        #expect(TokenClaims(token("{}"))?.kind == .unknown)
        #expect(TokenClaims(token(#"{"scp":""}"#))?.kind == .unknown)
    }

    @Test(
        "posting takes one of two delegated permissions, in any letter case",
        arguments: [
            ("Group-Conversation.ReadWrite.All", true), ("group.readwrite.all", true), ("Group.Read.All", false),
            ("Group-Conversation.Read.All", false), ("Directory.ReadWrite.All", false),
        ]
    )
    func posting(permission: String, isEnough: Bool) {
        let rights = TokenClaims(kind: .delegated, permissions: [permission]).rights
        #expect(rights.first { $0.action.contains("create") }?.isAllowed == isEnough)
    }

    @Test(
        "what is no JSON Web Token is opaque",
        arguments: ["", "abc", "a.b", "a.b.c.d", "a.!!.c", "e30.W10.x", "e30.e30", "..."]
    )
    func opaque(text: String) {
        #expect(TokenClaims(text) == nil)
    }
}
