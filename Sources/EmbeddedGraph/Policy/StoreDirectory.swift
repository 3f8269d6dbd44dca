package import GraphModel
import Storage

/// Tells of groups in the embedded store, many in one read, what requests for each would tell.
package struct StoreDirectory: GroupDirectory {
    private let store: EmbeddedGraph
    private let caller: Caller

    /// A directory.
    ///
    /// - Parameters:
    ///   - store: Where the groups are.
    ///   - caller: Who is to post to them.
    package init(_ store: EmbeddedGraph, caller: Caller) {
        self.store = store
        self.caller = caller
    }

    package func facts(of groups: [GroupID]) async throws -> [GroupID: TargetFacts] {
        let (caller, mode) = (caller, store.mode)
        return try await store.reading { connection in
            let find = try connection.prepare(
                """
                SELECT displayName, isUnified, (SELECT count(*) FROM member WHERE groupID = $1)
                FROM "group" WHERE id = $1 AND deletedAt IS NULL
                """
            )
            var facts: [GroupID: TargetFacts] = [:]
            facts.reserveCapacity(groups.count)
            for group in groups {
                find.bind(group.text, 1)
                guard try find.step() else {
                    facts[group] = TargetFacts(refusal: .missing)
                    continue
                }
                let (name, isUnified, members) = (find.text(0), find.integer(1) == 1, Int(find.integer(2)))
                find.reset()
                guard isUnified else {
                    facts[group] = TargetFacts(name: name, refusal: .noMailbox)
                    continue
                }
                var found = TargetFacts(name: name, members: members)
                if caller.kind == .delegated {
                    let policy = try PostingPolicy(caller, in: group, connection, mode: mode)
                    found.refusal = policy.refusalToPost.map { TargetFacts.Refusal($0) }
                }
                facts[group] = found
            }
            return facts
        }
    }
}

extension TargetFacts.Refusal {
    /// What a refusal to post is to who plans one.
    fileprivate init(_ refusal: PostingPolicy.Refusal) {
        switch refusal {
        case .rejected: self = .rejected
        case .notAccepted: self = .notAccepted
        case .notMember, .guest, .onlyMembersPost: self = .membersOnly
        }
    }
}
