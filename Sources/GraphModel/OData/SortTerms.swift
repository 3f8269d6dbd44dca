/// A `$orderby`: by which properties a collection is sorted, the most important first (reference, section 9).
package struct SortTerms<Place: Sendable>: Sendable {
    /// One of the properties, and which way.
    package struct Term: Sendable {
        package var property: FilterProperty<Place>
        package var isDescending: Bool
    }

    package private(set) var terms: [Term] = []

    /// Reads an order such as `displayName desc,id`.
    ///
    /// - Parameters:
    ///   - text: The order.
    ///   - properties: The type's properties; collections and restricted ones cannot be sorted by.
    /// - Throws: ``GraphError`` for what cannot be sorted by.
    package init(_ text: String, _ properties: [FilterProperty<Place>]) throws(GraphError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= SortTermLimits.maximum else {
            throw Self.refusal("it names more than \(SortTermLimits.maximum) properties")
        }
        for part in parts {
            let words = part.split(separator: " ")
            guard let name = words.first, words.count <= 2 else {
                throw Self.refusal("'\(part.prefix(60))' is not a property, with asc or desc behind it")
            }
            let direction = words.count == 2 ? words[1].lowercased() : "asc"
            guard direction == "asc" || direction == "desc" else {
                throw Self.refusal("'\(words[1].prefix(40))' is neither asc nor desc")
            }
            guard let property = properties.first(where: { $0.name.lowercased() == name.lowercased() }),
                Self.sorts(property)
            else {
                let names = properties.filter(Self.sorts).map(\.name)
                throw Self.refusal(
                    "'\(name.prefix(60))' cannot be sorted by; what can: \(names.joined(separator: ", "))"
                )
            }
            terms.append(Term(property: property, isDescending: direction == "desc"))
        }
    }

    private static func sorts(_ property: FilterProperty<Place>) -> Bool {
        switch property.kind {
        case .text, .identifier, .guid, .moment, .boolean: true
        case .propertyID, .extensionName, .textList, .rows, .closed: false
        }
    }

    private static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .badRequest, "Invalid $orderby: \(reason).")
    }
}

/// How much one `$orderby` may say.
package enum SortTermLimits {
    /// The most properties by which one collection is sorted.
    package static let maximum = 8
}
