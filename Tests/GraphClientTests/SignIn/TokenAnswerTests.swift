import Foundation
import GraphModel
import Testing

@testable import GraphClient

/// Reference, sections 16.1 and 16.2.
struct TokenAnswerTests {
    @Test(
        "expires_in is a number or a string",
        arguments: [
            ("3599", 3599), (#""3599""#, 3599), ("3599.0", 3599), ("-1", 0), ("null", 3600), ("1e300", 31_536_000),
        ]
    )
    func lifetime(text: String, expected: Int64) throws {
        let body = #"{"token_type":"Bearer","access_token":"abc","expires_in":\#(text)}"#
        #expect(try TokenAnswer(Array(body.utf8)).lifetime == expected)
    }

    @Test(
        "an answer without a token that can be used is a fault",
        arguments: [
            "", "[]", "{}", #"{"access_token":""}"#, #"{"access_token":"a\nb"}"#,
            #"{"access_token":"a","token_type":"pop"}"#,
            "<html>",
        ]
    )
    func unusable(body: String) {
        #expect(throws: SignInFault.self) { try TokenAnswer(Array(body.utf8)) }
    }

    @Test func `a refusal is read with its numbers and claims, and without what names the request`() {
        let body = #"""
            {"error":"interaction_required","error_description":"AADSTS50076: Use MFA. Trace ID: 1 Correlation ID: 2\r\nX",
            "error_codes":[50076],"claims":"{\"access_token\":{}}"}
            """#
        let refusal = TokenRefusal(status: 400, body: Array(body.utf8))
        #expect(refusal.code == "interaction_required")
        #expect(refusal.message == "AADSTS50076: Use MFA.")
        #expect(refusal.numbers == [50076])
        #expect(refusal.claims == #"{"access_token":{}}"#)
        #expect(refusal.needsPerson)
    }

    @Test func `an error page counts by its status`() {
        #expect(TokenRefusal(status: 503, body: Array("<html>".utf8)).isTemporary)
        #expect(TokenRefusal(status: 429, body: []).isTemporary)
        #expect(!TokenRefusal(status: 404, body: []).isTemporary)
    }

    @Test func `missing consent is told by code or by number`() {
        #expect(TokenRefusal(code: "consent_required").isAboutConsent)
        #expect(TokenRefusal(code: "invalid_grant", numbers: [65001]).isAboutConsent)
        let page = TokenRefusal(
            status: 400,
            body: Array(#"{"error":"invalid_grant","error_description":"AADSTS65001: x"}"#.utf8)
        )
        #expect(page.isAboutConsent)
        #expect(!TokenRefusal(code: "invalid_grant").isAboutConsent)
    }

    @Test(
        "each refusal tells a person what to do",
        arguments: [
            ("authorization_declined", "declined"), ("access_denied", "declined"), ("expired_token", "herald login"),
            ("bad_verification_code", "herald login"), ("invalid_grant", "ended"), ("invalid_client", "public client"),
            ("unauthorized_client", "public client"), ("consent_required", "administrator"),
            ("invalid_scope", "permission"), ("temporarily_unavailable", "later"), ("server_error", "later"),
            ("invalid_request", "invalid_request"),
        ]
    )
    func texts(code: String, part: String) {
        #expect(TokenRefusal(code: code).description.contains(part))
    }
}

/// Reference, sections 16.1 and 17.
struct SignInEndpointsTests {
    @Test(
        "each cloud signs in at its own host, and its scopes name its own host",
        arguments: [
            ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
            ("usgov", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
            ("usgov-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
            ("china", "https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
        ]
    )
    func clouds(name: String, login: String, graph: String) throws {
        let cloud = try GraphCloud(name)
        let endpoints = SignInEndpoints(login: try #require(cloud.login), tenant: "contoso.example")
        #expect(endpoints.token == login + "/contoso.example/oauth2/v2.0/token")
        #expect(endpoints.deviceCode == login + "/contoso.example/oauth2/v2.0/devicecode")
        #expect(endpoints.authorize == login + "/contoso.example/oauth2/v2.0/authorize")
        #expect(
            SignInScopes(for: cloud).text
                == "\(graph)/Group-Conversation.ReadWrite.All \(graph)/GroupMember.Read.All \(graph)/User.Read "
                + "offline_access openid profile"
        )
    }

    @Test func `without consent to the narrow permission the wide one is asked for, once`() throws {
        let scopes = SignInScopes(for: try GraphCloud("global"))
        let refusal = TokenRefusal(code: "consent_required")
        let fallback = try #require(scopes.after(refusal))
        #expect(fallback.text.hasPrefix("https://graph.microsoft.com/Group.ReadWrite.All "))
        #expect(fallback.after(refusal) == nil)
        #expect(scopes.after(TokenRefusal(code: "access_denied")) == nil)
        #expect(
            SignInScopes(["Group.Read.All openid"], for: try GraphCloud("http://localhost:1")).after(refusal) == nil
        )
    }

    @Test func `what the user asks for is completed with what a renewal needs`() throws {
        let scopes = SignInScopes(["Group.Read.All openid", "https://other.example/X"], for: try GraphCloud("global"))
        #expect(
            scopes.text
                == "https://graph.microsoft.com/Group.Read.All https://other.example/X offline_access openid profile"
        )
    }

    @Test func `the address for an administrator names client and permissions`() throws {
        let cloud = try GraphCloud("global")
        let endpoints = SignInEndpoints(login: try #require(cloud.login), tenant: "contoso.example")
        let address = endpoints.adminConsent(client: "id", scopes: SignInScopes(for: cloud))
        #expect(
            address?.hasPrefix(
                "https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?client_id=id&scope=https%3A"
            )
                == true
        )
        #expect(address?.contains("redirect_uri=") == true)
    }

    @Test func `endpoints at another place are not trusted`() throws {
        func document(_ token: String) -> [UInt8] {
            Array(
                #"""
                {"device_authorization_endpoint":"http://localhost:1/d","authorization_endpoint":"http://localhost:1/a",
                "token_endpoint":"\#(token)"}
                """#.utf8
            )
        }
        let origin = "http://localhost:1"
        #expect(try SignInEndpoints(discovered: document(origin + "/t"), origin: origin).token == origin + "/t")
        for elsewhere in ["http://localhost:12/t", "https://evil.example/t", "http://localhost:1@evil.example/t"] {
            #expect(throws: SignInFault.self) { try SignInEndpoints(discovered: document(elsewhere), origin: origin) }
        }
        #expect(throws: SignInFault.self) { try SignInEndpoints(discovered: Array("{}".utf8), origin: origin) }
        #expect(throws: SignInFault.self) { try SignInEndpoints(discovered: Array("<p>".utf8), origin: origin) }
    }
}

/// RFC 7636 and RFC 6749, section 4.1.2.
struct AuthorizationAttemptTests {
    private let attempt = AuthorizationAttempt(
        port: 8400,
        state: "xyz",
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )

    @Test func `the challenge is that of RFC 7636, appendix B`() {
        #expect(attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test func `verifier and state are new and long enough each time`() {
        let (one, other) = (AuthorizationAttempt(port: 1), AuthorizationAttempt(port: 1))
        #expect(one.verifier != other.verifier)
        #expect(one.state != other.state)
        #expect(one.verifier.count == 43)
    }

    @Test func `the address has what the authority asks for, and not the verifier`() throws {
        let endpoints = SignInEndpoints(login: "https://login.example", tenant: "organizations")
        let scopes = SignInScopes(["User.Read"], for: try GraphCloud("http://localhost:1"))
        let address = attempt.address(
            at: endpoints,
            client: "id",
            scopes: scopes,
            hint: "adele@contoso.example",
            claims: "{}"
        )
        for part in [
            "https://login.example/organizations/oauth2/v2.0/authorize?client_id=id", "response_type=code",
            "redirect_uri=http%3A%2F%2Flocalhost%3A8400", "state=xyz", "code_challenge_method=S256",
            "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "claims=%7B%7D",
            "login_hint=adele%40contoso.example", "scope=User.Read%20offline_access%20openid%20profile",
        ] { #expect(address.contains(part)) }
        #expect(!address.contains(attempt.verifier))
    }

    @Test func `a redirect gives its code only with the state that was sent`() {
        #expect(attempt.read(query: "code=a%2Bb&state=xyz&session_state=1") == .code("a+b"))
        for foreign in [
            "", "code=a", "code=a&state=xyZ", "code=&state=xyz", "state=xyz", "code=a&state=xyz&state=xyz",
            "error=access_denied", "error=access_denied&state=other",
        ] { #expect(attempt.read(query: foreign) == .foreign, "\(foreign)") }
    }

    @Test func `an error in the redirect is shown with what the authority says`() {
        let redirect = attempt.read(
            query: "error=access_denied&error_description=AADSTS65004%3A+The+person+declined.&state=xyz"
        )
        #expect(
            redirect
                == .refused(
                    TokenRefusal(code: "access_denied", message: "AADSTS65004: The person declined.", numbers: [65004])
                )
        )
    }
}
