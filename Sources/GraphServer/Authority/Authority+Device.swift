import GraphModel

extension Authority {
    /// `POST devicecode`: begins a sign-in that a person finishes elsewhere (RFC 8628, section 3.1).
    func beginDevice(_ request: AuthorityRequest) throws(OAuthError) -> GraphResponse {
        let form = try request.form()
        let client = try form.required("client_id")
        try Self.check(client: client)
        let scopes = try ScopeRequest(try form.required("scope"))
        let (deviceCode, userCode) = try pending.beginDevice(
            client: clients[client.lowercased()]?.id ?? client,
            scopes: scopes
        )
        let uri = "\(request.origin)/devicelogin"
        return Self.json(
            JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("user_code", userCode)
                    writer.member("device_code", deviceCode)
                    writer.member("verification_uri", uri)
                    writer.member("expires_in", PendingGrants.deviceLifetime)
                    writer.member("interval", PendingGrants.interval)
                    writer.member(
                        "message",
                        "To sign in, use a web browser to open the page \(uri) and enter the code \(userCode) to authenticate."
                    )
                }
            }
        )
    }

    /// The page on which a person finishes it.
    func deviceLogin(_ request: AuthorityRequest) async throws -> GraphResponse {
        var page = SignInPage(
            action: "/devicelogin",
            title: "Sign in on another device",
            people: try await people.first(200)
        )
        page.asksForUserCode = true
        guard request.method == "POST" else { return page.response() }
        let form: FormParameters
        do {
            form = try request.form()
        } catch {
            page.problem = error.message
            return page.response(status: 400)
        }
        page.userCode = form["user_code"] ?? ""
        page.chosen = form["user"] ?? ""
        do {
            let decision = try await decision(form)
            guard let waiting = pending.waiting(page.userCode), pending.settle(page.userCode, decision.person) else {
                throw SignInPage.Problem(
                    "No sign-in waits under this code. Look at the other device; codes end after 15 minutes."
                )
            }
            return SignInPage.message(
                decision.person == nil ? "Declined" : "Done",
                decision.person.map {
                    "\(waiting.client) acts as \($0.displayName) with: \(waiting.scopes.text). You can close this page."
                } ?? "Nothing was given. You can close this page."
            )
        } catch let problem as SignInPage.Problem {
            page.problem = problem.message
            return page.response(status: 400)
        }
    }

    /// What a person decided on a page.
    ///
    /// - Returns: The decision.
    /// - Throws: ``SignInPage/Problem`` if the sign-in code or the user is wrong.
    func decision(_ form: FormParameters) async throws -> Decision {
        guard SecretHash.same(signInCode, SecretHash.of(form["sign_in_code"] ?? "")) else {
            throw SignInPage.Problem("The sign-in code is wrong. The server shows it when it starts.")
        }
        guard form["decision"] == "approve" else { return Decision(person: nil) }
        guard let name = form["user"] else { throw SignInPage.Problem("Choose the user to sign in as.") }
        guard let person = try await people.find(name) else {
            throw SignInPage.Problem("There is no user '\(name.prefix(120))' in the store.")
        }
        return Decision(person: person)
    }
}

/// What a person decided on a page.
struct Decision: Sendable {
    /// Whom they chose to be; nil if they declined.
    var person: Person?
}
