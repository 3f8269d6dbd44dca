import GraphModel

/// What a run may write on a backend that is not its own.
package struct Grants: Sendable, Equatable {
    /// Which groups: ids, or patterns of mail addresses, nicknames and display names with `*` and `?`.
    package var groups: [String]
    /// Whether every group may be written to.
    package var allGroups: Bool
    /// How many posts may be made, replies included.
    package var maximumPosts: Int

    /// How many posts a run may make if nothing else is said.
    package static let defaultMaximumPosts = 100

    package init(groups: [String] = [], allGroups: Bool = false, maximumPosts: Int = Grants.defaultMaximumPosts) {
        self.groups = groups
        self.allGroups = allGroups
        self.maximumPosts = maximumPosts
    }

    /// For people: `groups sales-*, team-?; 100 posts`.
    package var text: String {
        let groups = allGroups ? "all groups" : groups.isEmpty ? "no group" : "groups " + groups.joined(separator: ", ")
        return "\(groups); \(maximumPosts) posts"
    }

    /// Whether a name that a group goes by is granted.
    func covers(_ names: [String]) -> Bool {
        allGroups || groups.contains { pattern in names.contains { Self.matches($0, pattern) } }
    }

    /// Whether nothing at all may be written.
    var coversNothing: Bool { !allGroups && groups.isEmpty }

    /// Whether knowing the id alone does not decide.
    var needsNames: Bool { !allGroups && groups.contains { GroupID($0) == nil } }

    /// Compares without regard to letter case; `*` stands for any characters, `?` for one.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let text = Array(text.lowercased())
        let pattern = Array(pattern.lowercased())
        var t = 0
        var p = 0
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                p = last.pattern + 1
                t = last.text + 1
                star = (last.pattern, t)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
