/// What a run wants to write and was not granted, found before anything is sent.
package struct GrantShortfall: Sendable, Equatable {
    /// How many groups it wants to write to.
    package var targets: Int
    /// How many posts it wants to make.
    package var posts: Int
    /// How many of the groups were not granted.
    package var refused: Int
    /// A few of those, in the order of their ids.
    package var examples: [String]
    /// Whether no group at all was granted: then the option was forgotten.
    package var isNothingGranted: Bool
    /// How many posts it wants to make beyond what is left of its grant.
    package var excess: Int
    /// How many posts it was granted in all.
    package var maximumPosts: Int

    package init(
        targets: Int,
        posts: Int,
        refused: Int,
        examples: [String],
        isNothingGranted: Bool,
        excess: Int,
        maximumPosts: Int
    ) {
        self.targets = targets
        self.posts = posts
        self.refused = refused
        self.examples = examples
        self.isNothingGranted = isNothingGranted
        self.excess = excess
        self.maximumPosts = maximumPosts
    }

    /// How many groups are named.
    static let named = 3

    /// What is missing, and the options that allow it; without a final stop.
    package var message: String {
        var parts: [String] = []
        if isNothingGranted {
            parts.append(
                "nothing was granted that covers its \(targets) target\(targets == 1 ? "" : "s") (\(examplesText)): allow "
                    + "some with --allow-groups PATTERN…, or every group with --allow-all-groups"
            )
        } else if refused > 0 {
            parts.append(
                "\(refused) of its \(targets) target\(targets == 1 ? "" : "s") \(refused == 1 ? "was" : "were") not "
                    + "granted (\(examplesText)): allow more with --allow-groups, or every group with --allow-all-groups"
            )
        }
        if excess > 0 {
            parts.append(
                "it makes \(posts) post\(posts == 1 ? "" : "s"), \(excess) more than are left of the "
                    + "\(maximumPosts) that were granted: allow more with --max-posts NUMBER"
            )
        }
        return parts.joined(separator: "; ")
    }

    private var examplesText: String {
        examples.joined(separator: ", ") + (refused > examples.count ? ", …" : "")
    }
}
