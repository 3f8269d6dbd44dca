import Foundation
import Testing

@testable import ServerCommands

struct AuthOptionsTests {
    @Test(arguments: [
        ["--auth", "jwks"], ["--auth", "jwks", "--jwks", "keys.json"], ["--jwks", "keys.json"],
        ["--issuer", "x"],
        ["--audience", "x"], ["--auth", "jwks", "--jwks", "k", "--issuer", "https://x/{tenantid}/"], ["--tenant", "x"],
        ["--auth", "local", "--jwks", "x"], ["--clients", "x"],
        ["--auth", "jwks", "--jwks", "k", "--issuer", "i", "--clients", "x"], ["--auth", "none"],
    ])
    func `options that say nothing together are wrong usage`(_ arguments: [String]) async {
        #expect(await ServerCommand.run(arguments) == 2)
    }

    @Test(arguments: [
        ["token"], ["token", "--user", "adele@contoso.example"], ["token", "--scope", "User.Read"],
        ["token", "--user", "a", "--app", "b", "--scope", "User.Read"],
        ["token", "--user", "a", "--scope", "User.Read", "--expires", "31d"],
        ["token", "--user", "a", "--scope", "User.Read", "--expires", "soon"],
    ])
    func `a token without a bearer, a permission or an end is wrong usage`(
        _ arguments: [String]
    )
        async
    {
        #expect(await ServerCommand.run(arguments) == 2)
    }

    @Test func `lifetimes are read with their unit`() {
        let read = ["90s": 90, "30m": 1800, "8h": 28_800, "30d": 2_592_000]
        for (text, seconds) in read { #expect(TokenLifetime(argument: text)?.seconds == seconds) }
        for text in ["", "h", "0h", "-1h", "1w", "1.5h", "99999999999999999999h", "31d"] {
            #expect(TokenLifetime(argument: text) == nil, "\(text)")
        }
        #expect("\(TokenLifetime(seconds: 3600))" == "1h")
    }
}
