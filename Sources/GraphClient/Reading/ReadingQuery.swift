import GraphModel

/// The options of a query by their names, to be read, changed and written again.
struct ReadingQuery: Sendable, Equatable {
    private static let known: Set<String> = [
        "top", "skip", "select", "expand", "filter", "count", "skiptoken", "deltatoken", "orderby", "search", "format",
    ]

    /// Options of OData in lower case without "$", decoded; what else there is, as it came.
    private var pairs: [(name: String, value: String, isKnown: Bool)] = []

    init(_ query: String) {
        for piece in query.split(separator: "&") {
            let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.decode(String(halves[0]), plusIsSpace: true)
            let option = (name.hasPrefix("$") ? String(name.dropFirst()) : name).lowercased()
            let value = halves.count == 2 ? String(halves[1]) : ""
            if Self.known.contains(option) {
                pairs.append((option, PercentEncoding.decode(value, plusIsSpace: true), true))
            } else {
                pairs.append((String(piece), "", false))
            }
        }
    }

    /// The value of an option; the last, if it is there twice.
    ///
    /// Setting replaces, nil removes.
    subscript(option: String) -> String? {
        get { pairs.last { $0.isKnown && $0.name == option }?.value }
        set {
            pairs.removeAll { $0.isKnown && $0.name == option }
            if let newValue { pairs.append((option, newValue, true)) }
        }
    }

    var text: String {
        pairs.map { $0.isKnown ? "$\($0.name)=\(PercentEncoding.encode($0.value))" : $0.name }.joined(separator: "&")
    }

    /// A whole number from 0; nil if the option is missing, or no number.
    func number(_ option: String) -> Int? {
        self[option].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    var asksForCount: Bool { self["count"]?.lowercased() == "true" }

    /// Whether it asks for something that Microsoft Graph does not do on mailboxes.
    var isSelective: Bool { self["filter"] != nil || self["orderby"] != nil || self["search"] != nil }

    static func == (a: ReadingQuery, b: ReadingQuery) -> Bool { a.text == b.text }
}
