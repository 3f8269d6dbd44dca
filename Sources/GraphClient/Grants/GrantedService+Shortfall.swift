package import GraphModel

extension GrantedService {
    /// How many groups are looked up at once where their names decide.
    private static var width: Int { 16 }

    /// What keeps one post to each of these groups from being sent, found without sending any.
    ///
    /// Where names decide, each group is looked up, once in a run. One that cannot be read is passed over here: it is
    /// the target's fault, which the write itself will show.
    ///
    /// - Parameters:
    ///   - groups: The groups that are to be written to.
    ///   - posts: How many posts that makes.
    ///   - caller: Who asks.
    ///   - serviceRoot: What links begin with.
    /// - Returns: What is missing; nil if all was granted.
    /// - Throws: ``NoAnswer`` if a group could not be looked up.
    package func shortfall(
        to groups: Set<GroupID>,
        posts: Int,
        caller: Caller,
        serviceRoot: String
    ) async throws -> GrantShortfall? {
        let refused = try await refused(groups, caller: caller, serviceRoot: serviceRoot)
        let excess = max(0, posts - postsLeft)
        guard refused.count + excess > 0 else { return nil }
        return GrantShortfall(
            targets: groups.count,
            posts: posts,
            refused: refused.count,
            examples: Array(refused.sorted().prefix(GrantShortfall.named)),
            isNothingGranted: refused.count > 0 && grants.coversNothing,
            excess: excess,
            maximumPosts: grants.maximumPosts
        )
    }

    private func refused(
        _ groups: Set<GroupID>,
        caller: Caller,
        serviceRoot: String
    ) async throws -> [String] {
        if grants.allGroups { return [] }
        let open = groups.map(\.text).filter { !grants.covers([$0]) }
        guard grants.needsNames else { return open }
        return try await withThrowingTaskGroup(of: String?.self) { tasks in
            var rest = open.makeIterator()
            func addNext() {
                guard let group = rest.next() else { return }
                let request = GraphRequest(.get, "/groups/\(group)", caller: caller, serviceRoot: serviceRoot)
                tasks.addTask { try await self.verdict(on: group, like: request) == false ? group : nil }
            }
            for _ in 0..<Self.width { addNext() }
            var refused: [String] = []
            while let answer = try await tasks.next() {
                if let answer { refused.append(answer) }
                addNext()
            }
            return refused
        }
    }
}
