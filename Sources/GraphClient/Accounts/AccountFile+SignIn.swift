import GraphModel

extension AccountFile {
    /// What a new sign-in is kept under, and with what.
    package struct NewProfile: Sendable {
        package var name: String
        /// What ``GraphCloud/init(_:)`` takes.
        package var backend: String
        package var tenant: String
        package var clientID: String
        package var scopes: SignInScopes
        package var endpoints: SignInEndpoints
        /// What runs may write; nil leaves what the profile of that name says, if it is for the same backend.
        package var grants: Grants?

        package init(
            name: String,
            backend: String,
            tenant: String,
            clientID: String,
            scopes: SignInScopes,
            endpoints: SignInEndpoints,
            grants: Grants?
        ) {
            self.name = name
            self.backend = backend
            self.tenant = tenant
            self.clientID = clientID
            self.scopes = scopes
            self.endpoints = endpoints
            self.grants = grants
        }
    }

    /// Keeps what a sign-in gave.
    ///
    /// - Parameters:
    ///   - answer: The tokens.
    ///   - new: What they are kept with.
    ///   - keys: Seal them.
    ///   - now: Microseconds since 1970.
    /// - Returns: The profile.
    /// - Throws: ``SignInFault`` if the file cannot be written.
    package func keep(
        _ answer: TokenAnswer,
        as new: NewProfile,
        keys: AccountKeys,
        now: Int64
    ) async throws -> Profile {
        try await locked { draft in
            // What was allowed at one place is not allowed at another.
            let previous = try draft.profiles()[new.name].flatMap { $0.backend == new.backend ? $0 : nil }
            let claims = TokenClaims(answer.accessToken)
            let identity = answer.idToken.flatMap { TokenClaims($0) }
            var profile = Profile(
                backend: new.backend,
                tenant: claims?.tenant ?? new.tenant,
                clientID: new.clientID,
                account: .init(
                    id: claims?.objectID ?? identity?.objectID,
                    name: claims?.name ?? identity?.name,
                    address: claims?.address ?? identity?.address
                ),
                scope: new.scopes.text,
                tokenEndpoint: new.endpoints.token,
                expires: now / 1_000_000 + answer.lifetime,
                isRenewable: answer.refreshToken != nil,
                allowGroups: previous?.allowGroups,
                allowAllGroups: previous?.allowAllGroups,
                maxPosts: previous?.maxPosts,
                secret: StoredSecret(protection: .fileMode, value: "")
            )
            if let grants = new.grants {
                profile.allowGroups = grants.groups.isEmpty ? nil : grants.groups
                profile.allowAllGroups = grants.allGroups ? true : nil
                profile.maxPosts = grants.maximumPosts
            }
            let secrets = ProfileSecrets(accessToken: answer.accessToken, refreshToken: answer.refreshToken)
            profile.secret = await keys.seal(
                secrets.bytes,
                context: profile.context(name: new.name),
                previous: previous?.secret
            )
            try draft.set(new.name, profile)
            return profile
        }
    }

    /// What the access token of a profile says of itself; nil if it is opaque.
    ///
    /// - Throws: ``SignInRequired`` if the token cannot be unsealed.
    package func claims(of name: String, _ profile: Profile, keys: AccountKeys) async throws -> TokenClaims? {
        let bytes = try await keys.open(profile.secret, context: profile.context(name: name), name: name)
        return TokenClaims(try ProfileSecrets(bytes, of: name).accessToken)
    }
}

extension Profile {
    /// How its tokens are protected, for a person.
    package var protection: String {
        switch secret.protection {
        case .fileMode: "by the file's mode alone; set HERALD_KEY to have them encrypted"
        case .password: "encrypted with HERALD_KEY"
        case .secretService: "encrypted with a key of the desktop's secret service"
        }
    }
}
