import Foundation
import Synchronization
import Testing

@testable import GraphServer

/// Two servers on one state folder share one file of refresh tokens.
struct RefreshTokenTests {
    private static let grant = Result {
        try RefreshTokens.Grant(client: "announcer", person: "adele", scopes: ScopeRequest("User.Read"))
    }

    /// Two that know nothing of each other but the file.
    private static func pair() throws -> (folder: URL, one: RefreshTokens, other: RefreshTokens) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-refresh-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "refresh-tokens.json").path
        let now: @Sendable () -> Int64 = { 1_770_000_000_000_000 }
        return (folder, try RefreshTokens(path: path, now: now), try RefreshTokens(path: path, now: now))
    }

    @Test func `a token that one server gave is used up at the other, for both`() throws {
        let (folder, one, other) = try Self.pair()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try one.issue(Self.grant.get()).token
        let second = try other.rotate(first, client: "announcer")
        #expect(try one.grant(of: second, client: "announcer") == Self.grant.get())
        // Whoever comes with the old token may have stolen it: the sign-in ends everywhere.
        #expect(throws: OAuthError.self) { try one.grant(of: first, client: "announcer") }
        #expect(throws: OAuthError.self) { try other.grant(of: second, client: "announcer") }
    }

    @Test func `a sign-in that one server ended has ended at the other`() throws {
        let (folder, one, other) = try Self.pair()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (token, family) = try one.issue(Self.grant.get())
        _ = try other.grant(of: token, client: "announcer")
        try one.revoke(family)
        #expect(throws: OAuthError.self) { try other.grant(of: token, client: "announcer") }
    }

    @Test func `what two servers write at once is kept whole`() async throws {
        let (folder, one, other) = try Self.pair()
        defer { try? FileManager.default.removeItem(at: folder) }
        let tokens = try await withThrowingTaskGroup(of: String.self) { tasks in
            for number in 0..<40 {
                tasks.addTask {
                    let server = number.isMultiple(of: 2) ? one : other
                    return try server.rotate(server.issue(Self.grant.get()).token, client: "announcer")
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        for token in tokens {
            for server in [one, other] { #expect(try server.grant(of: token, client: "announcer") == Self.grant.get()) }
        }
    }
}
