import EmbeddedGraph
import Foundation
import GraphModel
import Testing

@testable import Announcements

/// What many posts have in common is kept once, and arrives with each.
@Suite struct SharedPartTests {
    /// A file as a part of posts.
    static func part(_ text: String) -> SharedPart {
        let content = Data(text.utf8).base64EncodedString()
        return SharedPart(
            Array(
                ##","attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"a.txt","contentBytes":"\##(content)"}]"##
                    .utf8
            ),
            at: 0
        )
    }

    /// The only attachment of a group's only post, as it was stored.
    private func attachment(of group: GroupID, in world: World) async throws -> String? {
        let threads = try await world.read("/groups/\(group)/threads")
        let thread = threads["value"]?.elements?.first?["id"]?.string ?? ""
        let posts = try await world.read("/groups/\(group)/threads/\(thread)/posts", query: "$expand=attachments")
        return posts["value"]?.elements?.first?["attachments"]?.elements?.first?["contentBytes"]?.string
    }

    @Test func `a ledger with 500 posts and a file of 1 MiB stays small, and a resumed run sends it whole`()
        async throws
    {
        let world = try await World(groups: 500)
        let text = String(repeating: "0123456789abcdef", count: 1 << 16)
        let part = Self.part(text)
        let draft = try await world.draft("news")
        for group in world.groups where await draft.admit(group) {
            try await draft.add(World.post("hello", to: group, attached: part))
        }
        _ = try await draft.finish()
        let first = Set(world.groups.prefix(3))
        let number = try await world.ledger.announcement(named: "news", lease: world.lease(), at: 0)
        let outcome = try await world.delivery().deliver(
            announcement: number,
            named: "news",
            to: first,
            progress: { _ in }
        )
        #expect(outcome.sent == 3)
        for group in first {
            #expect(try await attachment(of: group, in: world) == Data(text.utf8).base64EncodedString())
        }
        try await world.ledger.end(world.lease("R1"), .interrupted, message: nil, at: 6)

        let rest = Set(world.groups[3..<6])
        let resumed = try await world.announce("news", "hello", to: Array(first.union(rest)), run: "R2", attached: part)
        #expect(resumed.tally.already == 3 && resumed.tally.sent == 3)
        for group in rest {
            #expect(try await attachment(of: group, in: world) == Data(text.utf8).base64EncodedString())
        }

        let path = world.ledger.path
        try world.ledger.close()
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
        #expect(size < 4 << 20)
    }

    @Test func `another file is other content`() async throws {
        let world = try await World(groups: 2)
        _ = try await world.announce("news", "hello", to: world.groups, attached: Self.part("one"))
        let same = try await world.announce("news", "hello", to: world.groups, run: "R2", attached: Self.part("one"))
        #expect(same.tally.already == 2)
        let other = try await world.announce("news", "hello", to: world.groups, run: "R2", attached: Self.part("two"))
        #expect(other.tally.changed == 2 && other.tally.sent == 0)
    }

    @Test func `posts with different files arrive with their own`() async throws {
        let world = try await World(groups: 6)
        let parts = [Self.part("one"), Self.part("two")]
        let draft = try await world.draft("news")
        for (index, group) in world.groups.enumerated() where await draft.admit(group) {
            try await draft.add(World.post("hello", to: group, attached: parts[index % 2]))
        }
        _ = try await draft.finish()
        let outcome = try await draft.deliver(by: world.delivery(), watcher: WaveWatcher())
        #expect(outcome.tally.sent == 6)
        for (index, group) in world.groups.enumerated() {
            #expect(try await attachment(of: group, in: world) == (index % 2 == 0 ? "b25l" : "dHdv"))
        }
    }
}
