import Foundation
import GraphModel
import NIOPosix
import Synchronization
import Testing

@testable import GraphServer

struct AuthorityTests {
    // Reference, section 16.1.
    @Test func `a device code ends in tokens once a person has approved`() async throws {
        try await RunningAuthority.with { authority in
            let begun = try await authority.post(
                "/organizations/oauth2/v2.0/devicecode",
                ["client_id": RunningAuthority.client, "scope": "User.Read Group.Read.All openid offline_access"]
            )
            #expect(begun.status == 200)
            #expect(begun["verification_uri"] == authority.root + "/devicelogin")
            #expect(begun.json["interval"]?.double == 5)
            #expect(begun.json["expires_in"]?.double == 900)
            #expect(begun.headers["cache-control"] == "no-store")
            let userCode = try #require(begun["user_code"])
            #expect(begun["message"]?.contains(userCode) == true)
            let poll = [
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                "device_code": try #require(begun["device_code"]),
            ]
            let pending = try await authority.token(poll)
            #expect(pending.status == 400)
            #expect(pending.error == "authorization_pending")
            #expect(pending.numbers == [.integer(70016)])
            let tooQuick = try await authority.token(poll)
            #expect(tooQuick.error == "slow_down")
            authority.clock.advance(seconds: 9)
            let stillTooQuick = try await authority.token(poll)
            #expect(stillTooQuick.error == "slow_down")
            let page = try await authority.send("GET", "/devicelogin")
            #expect(page.status == 200)
            #expect(page.text.contains("adele@contoso.example"))
            let form = [
                "user_code": userCode.lowercased().replacing("-", with: " "), "user": "adele@contoso.example",
                "decision": "approve",
            ]
            let guessed = try await authority.post("/devicelogin", form.merging(["sign_in_code": "guess"]) { $1 })
            #expect(guessed.status == 400)
            let approved = try await authority.post(
                "/devicelogin",
                form.merging(["sign_in_code": RunningAuthority.code]) { $1 }
            )
            #expect(approved.status == 200, "\(approved.text)")
            let other = try await authority.token(poll.merging(["client_id": "other"]) { $1 })
            #expect(other.error == "bad_verification_code")
            let tokens = try await authority.token(poll)
            #expect(tokens.status == 200)
            #expect(tokens["token_type"] == "Bearer")
            #expect(tokens.json["expires_in"]?.double == 3600)
            #expect(tokens["refresh_token"] != nil)
            #expect(tokens["id_token"] != nil)
            let me = try await authority.get("/v1.0/me", bearing: try #require(tokens["access_token"]))
            #expect(me.status == 200)
            #expect(me["id"] == authority.adele)
            let again = try await authority.token(poll)
            #expect(again.error == "bad_verification_code")
        }
    }

    // Reference, section 16.2.
    @Test func `a device code is declined, ends, or was never given`() async throws {
        try await RunningAuthority.with { authority in
            func begin() async throws -> (String, [String: String]) {
                let begun = try await authority.post(
                    "/common/oauth2/v2.0/devicecode",
                    ["client_id": RunningAuthority.client, "scope": "User.Read"]
                )
                let code = try #require(begun["device_code"])
                return (try #require(begun["user_code"]), ["grant_type": "device_code", "device_code": code])
            }
            let (userCode, poll) = try await begin()
            let form = ["user_code": userCode, "sign_in_code": RunningAuthority.code, "decision": "deny"]
            let declined = try await authority.post("/devicelogin", form)
            #expect(declined.status == 200)
            let answer = try await authority.token(poll)
            #expect(answer.error == "authorization_declined")
            let (lateCode, latePoll) = try await begin()
            authority.clock.advance(seconds: 901)
            let late = try await authority.token(latePoll)
            #expect(late.error == "expired_token")
            let tooLate = try await authority.post(
                "/devicelogin",
                [
                    "user_code": lateCode, "sign_in_code": RunningAuthority.code, "decision": "approve",
                    "user": "alex@contoso.example",
                ]
            )
            #expect(tooLate.status == 400)
            let unknown = try await authority.token(["grant_type": "device_code", "device_code": "nobody's"])
            #expect(unknown.status == 400)
            #expect(unknown.error == "bad_verification_code")
        }
    }

    // Reference, section 16.1; RFC 7636.
    @Test func `a code with PKCE ends in tokens for whom the person chose`() async throws {
        try await RunningAuthority.with { authority in
            let query = RunningAuthority.encode(RunningAuthority.authorization)
            let page = try await authority.send("GET", "/\(authority.tenant)/oauth2/v2.0/authorize?\(query)")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["x-frame-options"] == "DENY")
            #expect(page.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
            #expect(page.text.contains("Group.Read.All User.Read"))
            #expect(page.text.contains("<label for=\"user\">"))
            let back = try await authority.approve()
            #expect(back.status == 303)
            #expect(back.headers["location"]?.hasPrefix(RunningAuthority.redirect + "?") == true)
            #expect(back.redirected["state"] == "xyz")
            let code = try #require(back.redirected["code"])
            let tokens = try await authority.redeem(code, ["client_info": "1"])
            #expect(tokens.status == 200)
            #expect(tokens["refresh_token"] == nil)
            #expect(tokens["id_token"] == nil)
            #expect(tokens["scope"] == "Group.Read.All User.Read")
            let info = try #require(tokens["client_info"].flatMap { Base64URL.decode($0) })
            #expect(try JSONValue(info)["uid"]?.string == authority.adele)
            let token = try #require(tokens["access_token"])
            let groups = try await authority.get("/v1.0/groups", bearing: token)
            #expect(groups.status == 200)
            let post = try await authority.send(
                "POST",
                RunningServer.groupPath + "/conversations",
                body: RunningServer.conversation("Rest"),
                headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
            )
            #expect(post.status == 403)
            #expect(post.json["error"]?["code"]?.string == "ErrorAccessDenied")
            #expect(post.json["error"]?["message"]?.string?.contains("Group-Conversation.ReadWrite.All") == true)
            authority.clock.advance(seconds: 3600 + 300)
            let expired = try await authority.get("/v1.0/groups", bearing: token)
            #expect(expired.status == 401)
            #expect(expired.headers["www-authenticate"]?.contains(#"error="invalid_token""#) == true)
        }
    }

    // RFC 6749, sections 4.1.2 and 10.5; RFC 7636, section 4.6.
    @Test func `a code is good once, for its client, its address and its verifier`() async throws {
        try await RunningAuthority.with { authority in
            func code() async throws -> String { try #require(try await authority.approve().redirected["code"]) }
            for changes in [
                ["client_id": "other"], ["redirect_uri": "http://localhost:8401/"],
                ["code_verifier": String(repeating: "a", count: 43)], ["code_verifier": "short"],
            ] {
                let code = try await code()
                let wrong = try await authority.redeem(code, changes)
                #expect(wrong.status == 400, "\(changes)")
                #expect(wrong.error == "invalid_grant")
                let then = try await authority.redeem(code)
                #expect(then.error == "invalid_grant", "a code that was shown is used")
            }
            let missing = try await authority.token(["grant_type": "authorization_code", "code": try await code()])
            #expect(missing.error == "invalid_request")
            let late = try await code()
            authority.clock.advance(seconds: 300)
            let ended = try await authority.redeem(late)
            #expect(ended.error == "invalid_grant")
            let good = try await authority.approve(["scope": "User.Read offline_access"])
            let tokens = try await authority.redeem(try #require(good.redirected["code"]))
            #expect(tokens.status == 200)
            let replayed = try await authority.redeem(try #require(good.redirected["code"]))
            #expect(replayed.error == "invalid_grant")
            let refreshed = try await authority.token([
                "grant_type": "refresh_token", "refresh_token": try #require(tokens["refresh_token"]),
            ])
            #expect(refreshed.error == "invalid_grant", "what came of a stolen code ends")
        }
    }

    // RFC 6749, section 4.1.2.1; RFC 8252, section 7.3.
    @Test func `nobody is sent to an address that is not the client's`() async throws {
        try await RunningAuthority.with { authority in
            for uri in [
                "https://evil.example/", "http://localhost.evil.example/", "http://localhost@evil.example/",
                "http://evil.example/#http://localhost/", "javascript:alert(1)", "http://localhost:8400/#x", "",
                "https://localhost/", "//localhost/", "http://localhost:8400/\"><script>",
                "https://app.contoso.example/back",
            ] {
                let answer = try await authority.approve(["redirect_uri": uri])
                #expect(answer.status == 400, "\(uri)")
                #expect(answer.headers["location"] == nil)
                #expect(!answer.text.contains("<script"))
            }
            for uri in [
                "http://localhost/", "http://localhost:1/cb?a=b", "http://127.0.0.1:65535/x", "http://[::1]:9/",
            ] {
                let answer = try await authority.approve(["redirect_uri": uri])
                #expect(answer.status == 303, "\(uri)")
            }
            let registered = try await authority.approve([
                "redirect_uri": "https://app.contoso.example/back", "client_id": RunningAuthority.program,
            ])
            #expect(registered.status == 303)
        }
    }

    // RFC 6749, section 4.1.2.1.
    @Test func `faults that the client can know of go back to it`() async throws {
        try await RunningAuthority.with { authority in
            let cases = [
                (["response_type": "token"], "unsupported_response_type"), (["scope": "Mail.Send"], "invalid_scope"),
                (["code_challenge": ""], "invalid_request"), (["code_challenge": "x"], "invalid_request"),
                (["code_challenge_method": "plain"], "invalid_request"), (["prompt": "none"], "interaction_required"),
                (["decision": "deny"], "access_denied"), (["response_mode": "fragment"], "invalid_request"),
            ]
            for (changes, error) in cases {
                let answer = try await authority.approve(changes)
                #expect(answer.status == 303)
                #expect(answer.redirected["error"] == error)
                #expect(answer.redirected["state"] == "xyz")
                #expect(answer.redirected["code"] == nil)
            }
            for changes in [["sign_in_code": "guess"], ["user": "nobody@contoso.example"], ["user": ""]] {
                let answer = try await authority.approve(changes)
                #expect(answer.status == 400)
                #expect(answer.text.contains("role=\"alert\""))
                #expect(answer.headers["location"] == nil)
            }
            let posted = try await authority.approve(["response_mode": "form_post", "state": "\"><b>"])
            #expect(posted.status == 200)
            #expect(posted.text.contains("name=\"code\""))
            #expect(posted.text.contains("&quot;&gt;&lt;b&gt;"))
        }
    }

    // Reference, section 16.1; RFC 9700, section 4.14.2.
    @Test func `a refresh token gives the next one, and the old one ends the sign-in`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-authority-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let last = Last()
        try await RunningAuthority.with(folder: folder) { authority in
            let back = try await authority.approve(["scope": "Group.Read.All User.Read offline_access"])
            let tokens = try await authority.redeem(try #require(back.redirected["code"]))
            let first = try #require(tokens["refresh_token"])
            let next = try await authority.token(["grant_type": "refresh_token", "refresh_token": first])
            #expect(next.status == 200)
            let second = try #require(next["refresh_token"])
            #expect(second != first)
            let less = try await authority.token([
                "grant_type": "refresh_token", "refresh_token": second, "scope": "User.Read",
            ])
            #expect(less["scope"]?.contains("Group.Read.All") == false)
            let third = try #require(less["refresh_token"])
            let more = try await authority.token([
                "grant_type": "refresh_token", "refresh_token": third, "scope": "Group.ReadWrite.All",
            ])
            #expect(more.error == "consent_required")
            let other = try await authority.token([
                "grant_type": "refresh_token", "refresh_token": third, "client_id": "other",
            ])
            #expect(other.error == "invalid_grant")
            await last.set([first, third])
        }
        let file = folder.appending(path: "refresh-tokens.json").path
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        for token in await last.tokens {
            let secret = try #require(token.split(separator: ".").last)
            #expect(try !String(contentsOfFile: file, encoding: .utf8).contains(secret))
        }
        try await RunningAuthority.with(folder: folder) { authority in
            let tokens = await last.tokens
            let survived = try await authority.token(["grant_type": "refresh_token", "refresh_token": tokens[1]])
            #expect(survived.status == 200, "a restart changes nothing")
            #expect(survived["scope"]?.contains("Group.Read.All") == true)
            let newest = try #require(survived["refresh_token"])
            let old = try await authority.token(["grant_type": "refresh_token", "refresh_token": tokens[0]])
            #expect(old.error == "invalid_grant")
            let ended = try await authority.token(["grant_type": "refresh_token", "refresh_token": newest])
            #expect(ended.error == "invalid_grant", "a token that was used twice ends all of its sign-in")
        }
    }

    private actor Last {
        var tokens: [String] = []
        func set(_ tokens: [String]) { self.tokens = tokens }
    }

    // Reference, section 16.1.
    @Test func `a program gets a token for its secret, with its roles and no refresh token`() async throws {
        try await RunningAuthority.with { authority in
            let form = [
                "grant_type": "client_credentials", "client_id": RunningAuthority.program,
                "client_secret": RunningAuthority.secret, "scope": "https://graph.microsoft.com/.default",
            ]
            let tokens = try await authority.token(form)
            #expect(tokens.status == 200)
            #expect(tokens["refresh_token"] == nil)
            let token = try #require(tokens["access_token"])
            let groups = try await authority.get("/v1.0/groups", bearing: token)
            #expect(groups.status == 200)
            let me = try await authority.get("/v1.0/me", bearing: token)
            #expect(me.status == 400)
            let users = try await authority.get("/v1.0/users", bearing: token)
            #expect(users.status == 403)
            #expect(users.json["error"]?["code"]?.string == "Authorization_RequestDenied")
            for (changes, error, status) in [
                (["client_secret": "wrong"], "invalid_client", 401), (["client_secret": ""], "invalid_client", 401),
                (["client_id": "unknown"], "invalid_client", 401), (["scope": "Group.Read.All"], "invalid_scope", 400),
                (["grant_type": "password"], "unsupported_grant_type", 400),
                (["grant_type": ""], "invalid_request", 400),
            ] {
                let refused = try await authority.token(form.merging(changes) { $1 })
                #expect(refused.status == status, "\(changes)")
                #expect(refused.error == error, "\(changes)")
                #expect(!refused.text.contains(RunningAuthority.secret))
            }
            let basic = Base64.encode(Array("\(RunningAuthority.program):\(RunningAuthority.secret)".utf8))
            let byHeader = try await authority.post(
                "/common/oauth2/v2.0/token",
                ["grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"],
                headers: ["Authorization": "Basic \(basic)"]
            )
            #expect(byHeader.status == 200)
        }
    }

    // Reference, section 16.2.
    @Test func `an error has all that Microsoft's have`() async throws {
        try await RunningAuthority.with { authority in
            let id = "7b6ac9ba-0c5e-4f0d-a8d3-2c3a8e3b7d11"
            let answer = try await authority.post(
                "/\(authority.tenant)/oauth2/v2.0/token",
                ["client_id": "x", "grant_type": "refresh_token", "refresh_token": "x.y"],
                headers: ["client-request-id": id]
            )
            #expect(answer.status == 400)
            #expect(answer.error == "invalid_grant")
            #expect(answer["error_description"]?.hasPrefix("AADSTS70000: ") == true)
            #expect(answer.numbers == [.integer(70000)])
            #expect(answer["timestamp"] == "2026-02-02 02:40:00Z")
            #expect(answer["correlation_id"] == id)
            #expect(answer["trace_id"].flatMap { GroupID($0) } != nil)
            let twice = try await authority.send(
                "POST",
                "/common/oauth2/v2.0/token",
                body: "grant_type=refresh_token&grant_type=password",
                headers: ["Content-Type": "application/x-www-form-urlencoded"]
            )
            #expect(twice.error == "invalid_request")
            let json = try await authority.send(
                "POST",
                "/common/oauth2/v2.0/token",
                body: "{}",
                headers: ["Content-Type": "application/json"]
            )
            #expect(json.error == "invalid_request")
            let get = try await authority.send("GET", "/common/oauth2/v2.0/token")
            #expect(get.status == 405)
            #expect(get.headers["allow"] == "POST")
            let tenant = try await authority.send("GET", "/contoso.example/v2.0/.well-known/openid-configuration")
            #expect(tenant.status == 400)
            #expect(tenant.error == "invalid_tenant")
        }
    }

    // Reference, section 16.
    @Test func `discovery names every endpoint, and the keys check the tokens`() async throws {
        try await RunningAuthority.with { authority in
            let discovery = try await authority.send("GET", "/organizations/v2.0/.well-known/openid-configuration")
            #expect(discovery.status == 200)
            #expect(discovery["issuer"] == "\(authority.root)/\(authority.tenant)/v2.0")
            for name in ["authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "jwks_uri"] {
                let url = try #require(discovery[name])
                #expect(url.hasPrefix(authority.root))
                let path = String(url.dropFirst(authority.root.count))
                #expect(Authority.endpoint(path)?.tenant == authority.tenant)
            }
            let place = try #require(discovery["jwks_uri"])
            let keys = try KeySource(at: place, folder: "/", logger: TestTokens.silent, now: { 0 })
            try await keys.load()
            let back = try await authority.approve(["scope": "openid User.Read", "nonce": "n-0S6_WzA2Mj"])
            let tokens = try await authority.redeem(try #require(back.redirected["code"]))
            let idToken = try SignedToken(try #require(tokens["id_token"]))
            let key = try #require(try await keys.key(idToken.keyID))
            #expect(key.accepts(idToken.signature, over: idToken.signedText))
            #expect(idToken.claims["iss"]?.string == discovery["issuer"])
            #expect(idToken.claims["aud"]?.string == RunningAuthority.client)
            #expect(idToken.claims["nonce"]?.string == "n-0S6_WzA2Mj")
            #expect(idToken.claims["preferred_username"]?.string == "adele@contoso.example")
            let asAccess = try await authority.get("/v1.0/me", bearing: try #require(tokens["id_token"]))
            #expect(asAccess.status == 401, "an ID token opens nothing")
        }
    }

    // Reference, section 13.2.
    @Test func `a request without a good token is asked for one`() async throws {
        try await RunningAuthority.with { authority in
            let none = try await authority.send("GET", "/v1.0/groups")
            #expect(none.status == 401)
            #expect(none.json["error"]?["code"]?.string == "InvalidAuthenticationToken")
            #expect(none.json["error"]?["message"]?.string?.hasPrefix("Access token is empty.") == true)
            #expect(none.headers["www-authenticate"] == #"Bearer realm="herald""#)
            for field in ["Basic eDp5", "Bearer", "Bearer ", "bearer x", "Bearer a b"] {
                let answer = try await authority.send("GET", "/v1.0/groups", headers: ["Authorization": field])
                #expect(answer.status == 401, "\(field)")
                #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer ") == true)
            }
        }
    }

    // Reference, sections 4 and 12.
    @Test func `each item of a batch needs its own permission`() async throws {
        try await RunningAuthority.with { authority in
            let back = try await authority.approve()
            let tokens = try await authority.redeem(try #require(back.redirected["code"]))
            let token = try #require(tokens["access_token"])
            let answer = try await authority.send(
                "POST",
                "/v1.0/$batch",
                body: #"{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":"2","method":"GET","url":"/users"},"#
                    + #"{"id":"3","method":"DELETE","url":"/groups/\#(RunningServer.group)"}]}"#,
                headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
            )
            #expect(answer.status == 200)
            let statuses = answer.json["responses"]?.elements?.map { $0["status"]?.double }
            #expect(statuses == [200, 403, 403])
        }
    }

    @Test func `the signing key is made once, and refused if others can read it`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-key-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = Authority.keyPath(in: folder.path)
        let key = try SigningKey.inFile(path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try SigningKey.inFile(path).id == key.id)
        #expect(GroupID(key.tenant) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        try FileManager.default.setAttributes([.posixPermissions: NSNumber(value: 0o640)], ofItemAtPath: path)
        #expect { try SigningKey.inFile(path) } throws: { "\($0)".contains("chmod 600") }
        try FileManager.default.setAttributes([.posixPermissions: NSNumber(value: 0o600)], ofItemAtPath: path)
        try Data("no key".utf8).write(to: URL(filePath: path))
        #expect { try SigningKey.inFile(path) } throws: { "\($0)".contains("no RSA key") }
    }

    @Test func `only permissions of the table are issued`() throws {
        let issuer = TokenIssuer(key: try TestTokens.shared.get().rsa, now: { 0 })
        let person = Person(id: TestTokens.user, displayName: "Adele", address: "adele@contoso.example")
        for scope in ["Mail.Send", "group.read.all", "", "Group.Create"] {
            #expect(throws: GraphError.self) { try issuer.accessToken(for: person, scopes: [scope], client: "x") }
        }
        #expect(throws: GraphError.self) { try issuer.applicationToken(for: "x", name: "x", roles: ["User.Read"]) }
    }

    @Test func `the authority does its work beside the threads of the connections`() async throws {
        let loops = Mutex<[Bool]>([])
        let note: @Sendable () -> Void = {
            loops.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop != nil) }
        }
        try await RunningAuthority.with(atWork: note) { authority in
            loops.withLock { $0 = [] }
            let approved = try await authority.approve(["scope": "User.Read offline_access"])
            let code = try #require(approved.redirected["code"])
            let first = try await authority.redeem(code)
            let token = try #require(first["refresh_token"])
            #expect(try await authority.token(["grant_type": "refresh_token", "refresh_token": token]).status == 200)
        }
        #expect(loops.withLock { !$0.isEmpty && !$0.contains(true) })
    }
}
