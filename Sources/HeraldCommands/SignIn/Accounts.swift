import GraphClient

/// The profiles of a user, and what a command needs to use them.
struct Accounts: Sendable {
    let file: AccountFile
    let keys: AccountKeys
    private let herald: HeraldEnvironment

    init(_ herald: HeraldEnvironment) throws {
        self.herald = herald
        file = AccountFile(folder: try herald.stateFolder())
        keys = AccountKeys(password: herald.variable("HERALD_KEY"), searchPath: herald.variable("PATH") ?? "")
    }

    /// The profile of a name.
    ///
    /// - Throws: ``Failure`` that lists those that are there.
    func profile(named name: String) throws -> Profile {
        let profiles = try file.profiles()
        guard let profile = profiles[name] else {
            let known = profiles.keys.sorted()
            throw Failure(
                .usage,
                "There is no profile '\(name)'. "
                    + (known.isEmpty ? "Nobody is signed in" : "There are: \(known.joined(separator: ", "))")
                    + ". Sign in: herald login --profile \(name)"
            )
        }
        return profile
    }

    /// The one profile for a backend; nil if there is none.
    ///
    /// - Throws: ``Failure`` if there are several.
    func profile(for cloud: GraphCloud) throws -> (name: String, profile: Profile)? {
        let fitting = try file.profiles().filter { (try? GraphCloud($0.value.backend))?.origin == cloud.origin }
        guard fitting.count <= 1 else {
            throw Failure(
                .usage,
                "Several profiles are for \(cloud): \(fitting.keys.sorted().joined(separator: ", ")). Choose one with "
                    + "--profile."
            )
        }
        return fitting.first.map { ($0.key, $0.value) }
    }

    /// Gives the token of a profile, renewed when needed.
    func tokens(of name: String) -> ProfileToken {
        ProfileToken(
            name,
            file: file,
            keys: keys,
            authority: AuthorityClient(variables: herald.variables),
            now: herald.now,
            wait: herald.wait
        )
    }
}
