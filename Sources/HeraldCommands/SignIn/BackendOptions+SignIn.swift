import GraphClient

extension BackendOptions {
    /// Where a command goes, once a profile has had its say.
    struct Place {
        var cloud: GraphCloud
        var tokens: any TokenSource
        var grants: Grants
    }

    /// The backend, which the profile may name.
    func cloud(in herald: HeraldEnvironment) throws -> GraphCloud {
        guard backend.lowercased() == "embedded", let profile else { return try GraphCloud(backend) }
        return try GraphCloud(try Accounts(herald).profile(named: profile).backend)
    }

    /// Finds the backend, the tokens for it and what may be written there.
    ///
    /// A program that prints tokens comes first, then HERALD_TOKEN, then who is signed in.
    func place(in herald: HeraldEnvironment) throws -> Place {
        let accounts = try Accounts(herald)
        let named = try profile.map { (name: $0, profile: try accounts.profile(named: $0)) }
        let cloud = try cloud(in: herald)
        if let named, let home = try? GraphCloud(named.profile.backend), home.origin != cloud.origin {
            throw Failure(
                .usage,
                "The profile '\(named.name)' is for \(home), and its token is not sent to \(cloud). Leave --backend out, or "
                    + "sign in there: herald login --backend \(cloud)"
            )
        }
        if let tokenCommand {
            return Place(cloud: cloud, tokens: CommandToken(tokenCommand), grants: grants(named?.profile))
        }
        if profile == nil, let token = herald.variable("HERALD_TOKEN") {
            try warn(TokenClaims(token), cloud, herald)
            return Place(cloud: cloud, tokens: GivenToken(token), grants: grants(nil))
        }
        guard let found = try named ?? accounts.profile(for: cloud) else {
            throw Failure(
                .usage,
                "Nobody is signed in at \(cloud). Sign in: herald login --backend \(backend). Or put an access token into "
                    + "HERALD_TOKEN, or name a program that prints one with --token-command."
            )
        }
        return Place(cloud: cloud, tokens: accounts.tokens(of: found.name), grants: grants(found.profile))
    }

    /// What may be written: what the command line says, else the profile.
    private func grants(_ profile: Profile?) -> Grants {
        let isSaid = allowAllGroups || !allowGroups.isEmpty
        return Grants(
            groups: isSaid ? allowGroups : profile?.allowGroups ?? [],
            allGroups: isSaid ? allowAllGroups : profile?.allowAllGroups ?? false,
            maximumPosts: maxPosts ?? profile?.maxPosts ?? Grants.defaultMaximumPosts
        )
    }

    /// Says at once what Microsoft Graph would refuse to an application, post by post.
    private func warn(_ claims: TokenClaims?, _ cloud: GraphCloud, _ herald: HeraldEnvironment) throws {
        guard cloud.kind == .microsoftGraph, claims?.kind == .application else { return }
        try herald.error.line("herald: nothing can be announced: \(TokenClaims.applicationCannotPost)")
    }
}
