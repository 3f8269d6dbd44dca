/// The members of a request's body that mean nothing to the service, which takes no notice of them (reference,
/// section 6.3).
package final class IgnoredMembers {
    /// Whether such members are refused instead, as Graph does.
    let isRefusing: Bool
    /// Their names, each once.
    package private(set) var names: [String] = []

    package init(mode: ServerMode = .lenient) {
        isRefusing = mode == .strict
    }

    /// The header that tells a client of them.
    package static let header = "x-ignored-members"
    private static let maximumCount = 20
    private static let maximumLength = 60

    /// Notes members that nobody has read.
    package func add(_ unread: [String]) {
        // OData's annotations are about the text; nobody expects anything of them.
        for name in unread where !name.contains("@odata.") && !names.contains(name) && names.count < Self.maximumCount {
            names.append(name)
        }
    }

    /// The names with commas between, what no header can hold percent-encoded; nil if there are none.
    package var field: String? {
        guard !names.isEmpty else { return nil }
        return names.map { PercentEncoding.encode(String($0.prefix(Self.maximumLength))) }.joined(separator: ", ")
    }
}
