import GraphModel

/// One sign-in at an authority, by one of the two ways for people (reference, section 16.1).
package struct SignIn: Sendable {
    package var authority: AuthorityClient
    package var endpoints: SignInEndpoints
    /// The client id.
    package var client: String
    package var scopes: SignInScopes
    /// What the service asked the token to state, if it did.
    package var claims: String?
    /// The user's address, if it is known.
    package var hint: String?
    /// The time since some moment in the past.
    package var uptime: @Sendable () -> Duration
    package var wait: @Sendable (Duration) async throws -> Void

    package init(
        authority: AuthorityClient,
        endpoints: SignInEndpoints,
        client: String,
        scopes: SignInScopes,
        uptime: @escaping @Sendable () -> Duration,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.authority = authority
        self.endpoints = endpoints
        self.client = client
        self.scopes = scopes
        self.uptime = uptime
        self.wait = wait
    }

    /// Signs in by a code that a person enters in a browser elsewhere.
    ///
    /// - Parameter show: Shows the code to the person.
    /// - Returns: The tokens.
    /// - Throws: ``TokenRefusal`` or ``SignInFault``.
    package func byDeviceCode(_ show: (DeviceCode) async throws -> Void) async throws -> TokenAnswer {
        let code = try await authority.deviceCode(at: endpoints, client: client, scopes: scopes)
        let start = uptime()
        try await show(code)
        var form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("client_id", client),
            ("device_code", code.deviceCode),
        ]
        if let claims { form.append(("claims", claims)) }
        var polling = DevicePolling(code)
        var action = polling.first
        while true {
            switch action {
            case .finish(let answer): return answer
            case .fail(let refusal): throw refusal
            case .ask(let seconds):
                try await wait(.seconds(seconds))
                let outcome = await authority.token(form, at: endpoints.token)
                action = polling.next(outcome, elapsed: (uptime() - start).components.seconds)
            }
        }
    }

    /// Signs in by a browser on this machine, which comes back to a loopback address.
    ///
    /// - Parameter open: Shows the address to the person, or opens it.
    /// - Returns: The tokens.
    /// - Throws: ``TokenRefusal`` or ``SignInFault``.
    package func byBrowser(_ open: (_ address: String) async throws -> Void) async throws -> TokenAnswer {
        try await LoopbackListener.with { listener in
            let attempt = AuthorizationAttempt(port: listener.port)
            listener.attempt(attempt)
            try await open(
                attempt.address(at: endpoints, client: client, scopes: scopes, hint: hint, claims: claims)
            )
            switch try await listener.redirect() {
            case .refused(let refusal): throw refusal
            case .foreign: throw SignInFault("Nobody came back from the browser.")
            case .code(let code):
                switch await authority.token(
                    attempt.redemption(of: code, client: client, scopes: scopes),
                    at: endpoints.token
                ) {
                case .granted(let answer): return answer
                case .refused(let refusal): throw refusal
                case .unreachable(let reason): throw SignInFault(reason)
                }
            }
        }
    }
}
