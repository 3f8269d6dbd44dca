import ArgumentParser
import Foundation
import GraphClient

extension HeraldCommand {
    /// `herald login`.
    struct Login: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "login",
            abstract: "Sign in to Microsoft Graph or to a Herald server.",
            discussion: """
                Shows a code to be entered in a browser on any device, and waits until that is done. With --browser, \
                signs in by a browser on this machine. The sign-in is kept under a name, as a profile, in accounts.json in \
                the state folder, and renewed when needed; HERALD_KEY, if it is set, encrypts its tokens.

                For Microsoft's clouds, --client-id or HERALD_CLIENT_ID names an application that is registered in \
                Microsoft Entra as a public client.

                Examples:

                  herald login --backend http://127.0.0.1:8080
                  herald login --backend global --client-id ID --tenant contoso.com
                  herald login --backend global --profile work --browser
                """
        )

        /// How Herald calls itself where nobody registers applications.
        private static let heraldClient = "herald"

        @Option(
            help: ArgumentHelp(
                "Where: the address of a Herald server or of Microsoft Graph, or a cloud (global, usgov, usgov-dod, "
                    + "china). By default the one that the profile has.",
                valueName: "address"
            )
        )
        var backend: String?
        @Option(
            help: ArgumentHelp(
                "The tenant: a domain or an id. By default the profile's, else the one that the person belongs to.",
                valueName: "tenant"
            )
        )
        var tenant: String?
        @Option(help: ArgumentHelp("The application's (client) id.", valueName: "id"))
        var clientID: String?
        @Option(help: ArgumentHelp("What to call this sign-in.", valueName: "name"))
        var profile: String?
        @Flag(help: "Sign in by a browser on this machine.")
        var browser = false
        @Option(
            name: .customLong("scope"),
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Permissions to ask for. By default Group-Conversation.ReadWrite.All, GroupMember.Read.All and User.Read.",
                valueName: "permission"
            )
        )
        var scopes: [String] = []
        @Option(
            help: ArgumentHelp(
                "Groups that runs with this profile may write to, as for herald run; may be given more than once.",
                valueName: "pattern"
            )
        )
        var allowGroups: [String] = []
        @Flag(help: "Runs with this profile may write to every group.")
        var allowAllGroups = false
        @Option(help: ArgumentHelp("How many posts a run with this profile may make.", valueName: "number"))
        var maxPosts: Int?

        func validate() throws {
            guard maxPosts ?? 0 >= 0 else { throw ValidationError("--max-posts is a number from 0.") }
            if let profile, !Self.isName(profile) {
                throw ValidationError(
                    "A profile's name has letters, digits, '.', '-' and '_' only, and up to 64 of them."
                )
            }
            guard let backend else { return }
            guard backend.lowercased() != "embedded" else {
                throw ValidationError("Nobody signs in to the embedded store.")
            }
            do { _ = try GraphCloud(backend) } catch { throw ValidationError(error.message) }
        }

        private static func isName(_ text: String) -> Bool {
            (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy { $0 < 0x80 && ($0.isLetterOrDigit || ".-_".utf8.contains($0)) }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let accounts = try Accounts(herald)
            let (backend, name, known) = try place(accounts)
            let cloud = try GraphCloud(backend)
            let clientID = try client(for: cloud, known, herald)
            // A Herald server has one tenant, and another one after its state was lost.
            let tenant = tenant ?? (cloud.kind == .microsoftGraph ? known?.tenant : nil) ?? "organizations"
            let authority = AuthorityClient(variables: herald.variables)
            let endpoints = try await authority.endpoints(of: cloud, tenant: tenant)
            var signIn = SignIn(
                authority: authority,
                endpoints: endpoints,
                client: clientID,
                scopes: scopes.isEmpty ? SignInScopes(for: cloud) : SignInScopes(scopes, for: cloud),
                uptime: herald.uptime,
                wait: herald.wait
            )
            signIn.claims = known?.claims
            signIn.hint = known?.account.address
            let answer = try await tokens(&signIn, herald)
            let profile = try await accounts.file.keep(
                answer,
                as: .init(
                    name: name,
                    backend: cloud.origin,
                    tenant: tenant,
                    clientID: clientID,
                    scopes: signIn.scopes,
                    endpoints: endpoints,
                    grants: grants
                ),
                keys: accounts.keys,
                now: herald.now()
            )
            let claims = try await accounts.file.claims(of: name, profile, keys: accounts.keys)
            try report(name, profile, claims, cloud, to: herald.error)
            return .done
        }

        // MARK: Where and as what

        private func place(_ accounts: Accounts) throws -> (backend: String, name: String, known: Profile?) {
            let profiles = try accounts.file.profiles()
            if let profile, let known = profiles[profile] {
                guard let backend, let cloud = try? GraphCloud(backend), cloud.origin != known.backend else {
                    return (known.backend, profile, known)
                }
                return (backend, profile, nil)
            }
            if let backend {
                let name = try profile ?? Self.name(for: GraphCloud(backend))
                return (backend, name, profiles[name])
            }
            if profile == nil, profiles.count == 1, let (name, known) = profiles.first {
                return (known.backend, name, known)
            }
            throw Failure(
                .usage,
                "Say where to sign in: herald login --backend ADDRESS, a Herald server's or a cloud's (global, usgov, "
                    + "usgov-dod, china)."
                    + (profiles.isEmpty
                        ? ""
                        : " Or whose sign-in to renew with --profile: \(profiles.keys.sorted().joined(separator: ", ")).")
            )
        }

        /// What a sign-in is called if nobody says: the cloud, or host and port.
        private static func name(for cloud: GraphCloud) -> String {
            if let name = GraphCloud.named.first(where: { $0.value.origin == cloud.origin })?.key { return name }
            let place = cloud.origin.split(separator: "://").last.map(String.init) ?? cloud.origin
            return String(
                place.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) ? $0 : "-" }.prefix(64)
            )
        }

        private func client(for cloud: GraphCloud, _ known: Profile?, _ herald: HeraldEnvironment) throws -> String {
            if let id = clientID ?? known?.clientID ?? herald.variable("HERALD_CLIENT_ID") { return id }
            guard cloud.kind == .microsoftGraph else { return Self.heraldClient }
            throw Failure(
                .usage,
                """
                Microsoft signs in to registered applications only: give the id of one with --client-id or \
                HERALD_CLIENT_ID. To register one: in the Microsoft Entra admin center, App registrations, New \
                registration; under Authentication add the platform "Mobile and desktop applications" with the redirect \
                URI http://localhost, and allow public client flows; under API permissions add the delegated permissions \
                Group-Conversation.ReadWrite.All, GroupMember.Read.All and User.Read of Microsoft Graph, and have an \
                administrator consent. The id stands on its overview as "Application (client) ID".
                """
            )
        }

        private var grants: Grants? {
            guard !allowGroups.isEmpty || allowAllGroups || maxPosts != nil else { return nil }
            return Grants(
                groups: allowGroups,
                allGroups: allowAllGroups,
                maximumPosts: maxPosts ?? Grants.defaultMaximumPosts
            )
        }

        // MARK: Signing in

        private func tokens(_ signIn: inout SignIn, _ herald: HeraldEnvironment) async throws -> TokenAnswer {
            do {
                return try await attempt(signIn, herald)
            } catch let refusal as TokenRefusal {
                guard let fallback = scopes.isEmpty ? signIn.scopes.after(refusal) : nil else {
                    throw failure(refusal, signIn)
                }
                try herald.error.line(
                    herald.error.shown(
                        "\(refusal) Trying again with Group.ReadWrite.All, which the tenant may have consented to."
                    )
                )
                if let address = adminConsent(refusal, signIn) { try herald.error.line(address) }
                signIn.scopes = fallback
            }
            do {
                return try await attempt(signIn, herald)
            } catch let refusal as TokenRefusal {
                throw failure(refusal, signIn)
            }
        }

        private func attempt(_ signIn: SignIn, _ herald: HeraldEnvironment) async throws -> TokenAnswer {
            let screen = herald.error
            guard browser else {
                return try await signIn.byDeviceCode { code in
                    try screen.line(screen.shown(code.message))
                    if try QRCode.show(code.completeAddress ?? code.address, in: herald) {
                        try screen.line(
                            screen.shown("\(code.address)  code: ") + screen.styled(screen.shown(code.userCode), .bold)
                        )
                    }
                }
            }
            return try await signIn.byBrowser { address in
                let isOpened = Browser.open(address, in: herald)
                try screen.line(
                    isOpened
                        ? "A browser was opened. If it does not show, open this address:"
                        : "Open this address in a browser on this machine:"
                )
                try screen.line(screen.shown(address))
            }
        }

        private func adminConsent(_ refusal: TokenRefusal, _ signIn: SignIn) -> String? {
            guard refusal.isAboutConsent else { return nil }
            return signIn.endpoints.adminConsent(client: signIn.client, scopes: signIn.scopes).map {
                "An administrator consents for everybody at this address: \($0)"
            }
        }

        private func failure(_ refusal: TokenRefusal, _ signIn: SignIn) -> Failure {
            Failure(
                .failed,
                ["Nobody was signed in. \(refusal)", adminConsent(refusal, signIn)].compactMap(\.self).joined(
                    separator: "\n"
                )
            )
        }

        private func report(
            _ name: String,
            _ profile: Profile,
            _ claims: TokenClaims?,
            _ cloud: GraphCloud,
            to screen: ByteSink
        ) throws {
            let who = profile.account.address ?? profile.account.name ?? "somebody whom the token does not name"
            try screen.line(screen.shown("Signed in at \(cloud) as \(who); this is the profile '\(name)'."))
            if !profile.isRenewable {
                try screen.line("The authority gave nothing to renew the sign-in with; it ends with its first token.")
            }
            for right in claims?.rights ?? [] where !right.isAllowed {
                try screen.line("It does not allow to \(right.action): \(right.reason ?? "")")
            }
        }
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
