/// The languages in which an announcement is there.
struct Languages: Sendable {
    /// What a group's language comes to.
    enum Choice: Sendable, Equatable {
        /// The language whose texts are taken; empty where there is one text for all.
        case language(String)
        /// Nothing is there in the group's language, which is empty if it is not known.
        case missing(String)
    }

    /// Their tags in lower case (RFC 5646), in alphabetical order; empty where there is one text for all.
    let tags: [String]
    /// What groups get whose language is not among them.
    let fallback: String?

    init(_ tags: [String], fallback: String?) {
        self.tags = tags.sorted()
        self.fallback = fallback
    }

    /// The language in which a group is told, by lookup (RFC 4647, section 3.4): its own, the same without the region, or
    /// the fallback.
    ///
    /// - Parameter preferred: The group's language, as in `de-AT`; nil or empty if it is not known.
    /// - Returns: The language, or that there is none.
    func choice(for preferred: String?) -> Choice {
        guard !tags.isEmpty else { return .language("") }
        var wanted = Self.tag(preferred ?? "")[...]
        while !wanted.isEmpty {
            if tags.contains(String(wanted)) { return .language(String(wanted)) }
            wanted = wanted.lastIndex(of: "-").map { wanted[..<$0] } ?? ""
        }
        return fallback.map { .language($0) } ?? .missing(preferred?.trimmed ?? "")
    }

    /// What there is to say to somebody whose target has no text.
    func remedy(for missing: String) -> String {
        let known = tags.joined(separator: ", ")
        return missing.isEmpty
            ? "its preferredLanguage is not known; name the language that it gets: fallback = \"…\", one of \(known)"
            : "it prefers '\(missing)', and the languages are \(known); add it, or name a fallback"
    }

    /// A language's tag in the form in which tags are compared.
    static func tag(_ text: String) -> String { text.trimmed.lowercased().replacing("_", with: "-") }

    /// Whether a text, in lower case, has the form of a language's tag.
    static func isTag(_ text: String) -> Bool { text.wholeMatch(of: #/[a-z]{2,3}(-[a-z0-9]{1,8})*/#) != nil }
}
