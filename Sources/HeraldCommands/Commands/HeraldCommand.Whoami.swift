import ArgumentParser
import GraphClient
import GraphModel

extension HeraldCommand {
    /// `herald whoami`.
    struct Whoami: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "whoami",
            abstract: "Show who is signed in, and what that allows.",
            discussion: """
                Shows what HERALD_TOKEN or --token-command gives, or every profile. Tokens are read, not verified, and \
                nobody is asked over the network.

                Examples:

                  herald whoami
                  herald whoami --profile work --json
                  herald whoami --token-command 'az account get-access-token --query accessToken -o tsv'
                """
        )

        @Option(help: ArgumentHelp("Show this profile.", valueName: "name"))
        var profile: String?
        @Option(help: ArgumentHelp("Show what is used for this backend.", valueName: "address"))
        var backend: String?
        @Option(help: ArgumentHelp("Show the token that a program prints.", valueName: "command"))
        var tokenCommand: String?
        @Flag(help: "Write one JSON document.")
        var json = false

        func validate() throws {
            guard let backend else { return }
            do { _ = try GraphCloud(backend) } catch { throw ValidationError(error.message) }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let identities = try await identities(in: herald)
            if json {
                let document = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.name("value")
                        writer.array { writer in for identity in identities { identity.write(to: &writer) } }
                    }
                }
                try herald.output.write(document + [UInt8(ascii: "\n")])
                return identities.contains { $0.problem != nil } ? .failed : .done
            }
            for (index, identity) in identities.enumerated() {
                if index > 0 { try herald.output.line() }
                try identity.fields.write(to: herald.output)
            }
            return identities.contains { $0.problem != nil } ? .failed : .done
        }

        private func identities(in herald: HeraldEnvironment) async throws -> [Identity] {
            let now = herald.now()
            if let tokenCommand {
                let token = try await CommandToken(tokenCommand).token(insteadOf: nil, claims: nil)
                return [Identity(source: "--token-command", claims: TokenClaims(token), now: now)]
            }
            if profile == nil, let token = herald.variable("HERALD_TOKEN") {
                return [Identity(source: "HERALD_TOKEN", claims: TokenClaims(token), now: now)]
            }
            let accounts = try Accounts(herald)
            var profiles = try accounts.file.profiles()
            if let profile {
                profiles = [profile: try accounts.profile(named: profile)]
            } else if let backend {
                let cloud = try GraphCloud(backend)
                guard let (name, profile) = try accounts.profile(for: cloud) else {
                    throw Failure(
                        .failed,
                        "Nobody is signed in at \(cloud). Sign in: herald login --backend \(backend)"
                    )
                }
                profiles = [name: profile]
            }
            guard !profiles.isEmpty else {
                throw Failure(.failed, "Nobody is signed in. Sign in: herald login --backend ADDRESS")
            }
            var identities: [Identity] = []
            for (name, profile) in profiles.sorted(by: { $0.key < $1.key }) {
                var identity = Identity(source: name, claims: nil, now: now)
                identity.profile = profile
                do {
                    identity.claims = try await accounts.file.claims(of: name, profile, keys: accounts.keys)
                } catch let reason as SignInRequired {
                    // The profiles that can be read are shown nevertheless.
                    identity.problem = reason.message
                }
                identities.append(identity)
            }
            return identities
        }
    }
}
