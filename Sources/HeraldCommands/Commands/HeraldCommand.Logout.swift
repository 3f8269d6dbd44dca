import ArgumentParser
import GraphClient

extension HeraldCommand {
    /// `herald logout`.
    struct Logout: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "logout",
            abstract: "Forget a sign-in.",
            discussion: """
                The profile and its tokens go from this machine. What the authority gave holds until it ends; to take it \
                back at once, revoke the sessions of the user there.

                Examples:

                  herald logout
                  herald logout work
                  herald logout --all
                """
        )

        @Argument(help: "The profile; it may be left out if there is only one.")
        var profile: String?
        @Flag(help: "Forget all of them.")
        var all = false

        func validate() throws {
            if all, profile != nil { throw ValidationError("--all means every profile; leave '\(profile ?? "")' out.") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let accounts = try Accounts(herald)
            let known = try accounts.file.profiles().keys.sorted()
            if known.isEmpty, profile == nil {
                try herald.error.line("Nobody is signed in.")
                return .done
            }
            if let profile { _ = try accounts.profile(named: profile) }
            guard all || profile != nil || known.count == 1 else {
                throw Failure(.usage, "Say which profile to forget: \(known.joined(separator: ", ")); or --all.")
            }
            for name in try await accounts.file.remove(all ? nil : profile.map { [$0] } ?? known) {
                try herald.error.line("Signed out: \(name)")
            }
            return .done
        }
    }
}
