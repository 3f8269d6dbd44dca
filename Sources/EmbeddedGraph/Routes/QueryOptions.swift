import GraphModel

/// The OData options of a query, checked (reference, section 9).
struct QueryOptions: Sendable {
    var top: Int?
    var skip = 0
    var select: Set<String>?
    var expand: String?
    var filter: String?
    var orderBy: String?
    var search: String?
    var count = false
    /// The link of `$id` or `@id`, which says what reference to remove (reference, section 11.3).
    var reference: String?
    /// Where a page begins: the sort key and the id of the last item before it.
    var token: PageToken?

    /// The options as they came, to be repeated in links.
    private(set) var pairs: [(name: String, value: String)] = []

    /// Reads the query of a path.
    ///
    /// - Parameters:
    ///   - query: The query as on the wire.
    ///   - admitsReference: Whether `$id` and `@id` mean something there; else they are unknown as any other.
    /// - Throws: ``GraphError`` for an option that is not known, or has a value of another kind.
    init(_ query: String, admitsReference: Bool = false) throws(GraphError) {
        for piece in query.split(separator: "&") {
            let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentEncoding.decode(String(halves[0]), plusIsSpace: true)
            let value = halves.count == 2 ? PercentEncoding.decode(String(halves[1]), plusIsSpace: true) : ""
            if admitsReference, ["$id", "@id"].contains(name.lowercased()) {
                reference = value
                continue
            }
            try set(name, value)
        }
    }

    /// The options within the parentheses of an expansion, already decoded.
    init(nested: [(name: String, value: String)]) throws(GraphError) {
        for (name, value) in nested { try set(name, value) }
    }

    private mutating func set(_ name: String, _ value: String) throws(GraphError) {
        let option = name.hasPrefix("$") ? String(name.dropFirst()).lowercased() : name.lowercased()
        switch option {
        case "top": top = try Self.number(value, option)
        case "skip": skip = try Self.number(value, option)
        case "select": select = Set(value.split(separator: ",").map { String($0).trimmingSpaces })
        case "expand": expand = value
        case "filter": filter = value
        case "count":
            guard ["true", "false"].contains(value.lowercased()) else {
                throw GraphError(
                    400,
                    .badRequest,
                    "Invalid value '\(value.prefix(20))' for $count; it is true or false."
                )
            }
            count = value.lowercased() == "true"
        case "skiptoken":
            guard let token = PageToken(value) else {
                throw GraphError(400, .badRequest, "The $skiptoken is not one that this service gave.")
            }
            self.token = token
            return
        case "orderby": orderBy = value
        case "search": search = value
        case "format": break
        default:
            if name.hasPrefix("$") {
                throw GraphError(400, .badRequest, "The query option '\(name.prefix(40))' is not known.")
            }
            return
        }
        pairs.append((option, value))
    }

    private static func number(_ text: String, _ option: String) throws(GraphError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw GraphError(
                400,
                .badRequest,
                "Invalid value '\(text.prefix(20))' for $\(option); it is a whole number from 0."
            )
        }
        return number
    }

    /// Whether a member is to be written; `known` are the type's members.
    ///
    /// - Throws: ``GraphError`` for a selected property that the type has not.
    func selection(of type: String, _ known: Set<String>) throws(GraphError) -> Selection {
        guard let select, !select.isEmpty else { return Selection(names: nil) }
        let lowered = Dictionary(uniqueKeysWithValues: known.map { ($0.lowercased(), $0) })
        var names: Set<String> = ["id"]
        for name in select {
            guard let found = lowered[name.lowercased()] else {
                throw GraphError(
                    400,
                    .badRequest,
                    "Could not find a property named '\(name.prefix(60))' on type 'microsoft.graph.\(type)'."
                )
            }
            names.insert(found)
        }
        return Selection(names: names)
    }
}

/// Which members of a resource are to be written; all by default, but for those that are given on request only.
struct Selection: Sendable {
    /// nil: the default set.
    var names: Set<String>?

    func wants(_ name: String) -> Bool { names?.contains(name) ?? true }
    /// For members outside the default set.
    func asksFor(_ name: String) -> Bool { names?.contains(name) ?? false }

    /// What stands behind the type in a context: `(id,topic)`, or nothing.
    var context: String { names.map { "(" + $0.sorted().joined(separator: ",") + ")" } ?? "" }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
