import GraphModel

/// What of a query is carried out here, and what the service is asked for instead.
struct LocalQuery {
    let filter: FilterCondition<JSONPlace>?
    let order: SortTerms<JSONPlace>?
    let search: SearchTerms?
    /// The options for the service.
    private(set) var fetched: ReadingQuery
    private let select: [String]
    /// Members that the service is asked for, and those who asked did not want.
    private(set) var added: Set<String> = []

    /// Reads the options of a query.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - collection: What it is about.
    /// - Throws: ``GraphError`` as the embedded store says it, for what cannot be asked.
    init(_ query: ReadingQuery, _ collection: MailboxCollection) throws(GraphError) {
        let properties = collection.properties
        var condition: FilterCondition<JSONPlace>?
        var expression: FilterExpression?
        if let text = query["filter"] {
            condition = try FilterCondition(text, properties)
            expression = try FilterParser.parse(text)
        }
        filter = condition
        order = try query["orderby"].map { text throws(GraphError) in try SortTerms(text, properties) }
        search = try query["search"].map { text throws(GraphError) in try SearchTerms(text) }
        fetched = query
        for option in ["filter", "orderby", "search", "top", "skip", "count", "skiptoken", "format"] {
            fetched[option] = nil
        }
        select = query["select"]?.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() } ?? []
        var needed = Set(expression?.members ?? []).union(order?.terms.map { $0.property.place.names[0] } ?? [])
        if search != nil, collection.kind == .posts { needed.insert("body") }
        let expansions = ["singleValueExtendedProperties", "extensions"]
        needed = Set(needed.map { name in expansions.first { $0.lowercased() == name.lowercased() } ?? name })
        for name in expansions where needed.remove(name) != nil {
            guard collection.kind == .posts else {
                throw GraphError(
                    501,
                    .filteringOnConversations,
                    "The service does not filter \(collection.kind.rawValue) by the extended properties of posts, and "
                        + "they do not hold them. Filter the posts of a thread instead."
                )
            }
            let known = fetched["expand"] ?? ""
            guard !known.lowercased().contains(name.lowercased()) else { continue }
            let expansion = name + (name == "extensions" ? "" : Self.options(expression?.propertyIDs ?? []))
            fetched["expand"] = known.isEmpty ? expansion : "\(known),\(expansion)"
            added.insert(name)
        }
        if !select.isEmpty {
            let missing = needed.filter { !select.contains($0.lowercased()) && $0.lowercased() != "id" }
            added.formUnion(missing)
            if !missing.isEmpty {
                fetched["select"] = ((query["select"].map { [$0] } ?? []) + missing.sorted()).joined(separator: ",")
            }
        }
    }

    /// Graph gives only the extended properties that are named.
    private static func options(_ ids: [String]) -> String {
        guard !ids.isEmpty else { return "" }
        let parts = ids.map { "id eq '\($0.replacing("'", with: "''"))'" }
        return "($filter=\(parts.joined(separator: " or ")))"
    }

    /// An item as it was asked for.
    func shown(_ item: JSONValue) -> JSONValue {
        guard !added.isEmpty, case .object(var members) = item else { return item }
        for name in added {
            members = members.filter { $0.key != name && !$0.key.hasPrefix(name + "@") }
        }
        return .object(members)
    }

    /// The context without what was added: `…/threads(id,topic)`.
    func shown(context: String) -> String {
        guard !added.isEmpty, context.hasSuffix(")"), let open = context.lastIndex(of: "(") else { return context }
        let names = context[context.index(after: open)...].dropLast().split(separator: ",")
        guard names.contains(where: { added.contains(String($0)) }) else { return context }
        return context[..<open] + "(" + names.filter { !added.contains(String($0)) }.joined(separator: ",") + ")"
    }
}

extension FilterExpression {
    /// The members of an item that it looks at, by their first names.
    fileprivate var members: [String] { members(beside: nil) }

    private func members(beside variable: String?) -> [String] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap { $0.members(beside: variable) }
        case .not(let inner): inner.members(beside: variable)
        case .holds(let operand), .compare(let operand, _, _), .isIn(let operand, _), .call(_, let operand, _):
            operand.path.names[0].lowercased() == variable ? [] : [operand.path.names[0]]
        case .lambda(_, let path, let variable, let body):
            [path.names[0]] + (body?.members(beside: variable?.lowercased()) ?? [])
        }
    }

    /// The ids of extended properties that it names.
    fileprivate var propertyIDs: [String] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap(\.propertyIDs)
        case .not(let inner): inner.propertyIDs
        case .lambda(_, let path, _, let body)
        where path.text.lowercased() == "singlevalueextendedproperties": body?.ids ?? []
        case .lambda, .holds, .compare, .isIn, .call: []
        }
    }

    private var ids: [String] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap(\.ids)
        case .not(let inner): inner.ids
        case .compare(let operand, _, .text(let id)) where operand.path.names.last?.lowercased() == "id": [id]
        default: []
        }
    }
}
