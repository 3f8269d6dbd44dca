import GraphModel
import Testing

@testable import GraphServer

// Reference, sections 4.1 to 4.3, each row; section 2.1, rows 12 and 16: any one of the permissions is enough.
struct CatalogueTests {
    @Test(arguments: CatalogueRow.conversations + CatalogueRow.threads + CatalogueRow.posts)
    func `conversations, threads and posts are served to whom the catalogue admits`(_ row: CatalogueRow) async throws {
        try await check(row)
    }

    @Test(arguments: CatalogueRow.groups + CatalogueRow.senders + CatalogueRow.personal)
    func `groups are served to whom the catalogue admits`(_ row: CatalogueRow) async throws {
        try await check(row)
    }

    @Test(arguments: CatalogueRow.people + CatalogueRow.joinedGroups)
    func `people and their groups are served to whom the catalogue admits`(_ row: CatalogueRow) async throws {
        try await check(row)
    }

    private func check(_ row: CatalogueRow) async throws {
        let shared = try await CatalogueWorld()
        if row.isAbsent {
            for kind in [Caller.Kind.delegated, .application] {
                let answer = try await shared.answer(row, kind, Set(Permission.allCases))
                #expect(answer.status == row.status && answer.error != nil, "\(kind): \(Self.text(answer))")
            }
            return
        }
        for (kind, admitted) in [(Caller.Kind.delegated, row.users.union(row.own)), (.application, row.programs)] {
            for permission in Permission.allCases {
                let isAdmitted = !permission.implied.union([permission]).isDisjoint(with: admitted)
                // What is refused changes nothing, and neither does reading.
                let world = row.method == .get || !isAdmitted ? shared : try await CatalogueWorld()
                let answer = try await world.answer(row, kind, [permission])
                // There is no me for a program, whether it is told so or what it lacks.
                let refusals = kind == .application && row.path.hasPrefix("/me") ? [400, 403] : [403]
                #expect(
                    isAdmitted ? answer.status == row.status : refusals.contains(answer.status),
                    "\(kind) with \(permission.rawValue): \(Self.text(answer))"
                )
            }
        }
    }

    private static func text(_ answer: GraphResponse) -> String {
        "\(answer.status) \(String(decoding: answer.body.prefix(300), as: UTF8.self))"
    }
}
