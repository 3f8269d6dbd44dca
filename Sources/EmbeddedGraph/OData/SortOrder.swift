import GraphModel

/// A `$orderby`: by which columns a collection is sorted, the most important first (reference, section 9).
struct SortOrder {
    struct Key {
        /// Never NULL, so that every row has a place.
        var expression: String
        var isText: Bool
        var isDescending: Bool
    }

    private(set) var keys: [Key] = []

    /// The most properties by which one collection is sorted.
    static let maximumKeys = 8

    /// Reads an order such as `displayName desc,id`.
    ///
    /// - Parameters:
    ///   - text: The order.
    ///   - properties: The type's properties; collections and restricted ones cannot be sorted by.
    /// - Throws: ``GraphError`` for what cannot be sorted by.
    init(_ text: String, _ properties: [Filter.Property]) throws(GraphError) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= Self.maximumKeys else {
            throw Self.refusal("it names more than \(Self.maximumKeys) properties")
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
                let key = Self.key(property, isDescending: direction == "desc")
            else {
                let names = properties.filter { Self.key($0, isDescending: false) != nil }.map(\.name)
                throw Self.refusal(
                    "'\(name.prefix(60))' cannot be sorted by; what can: \(names.joined(separator: ", "))"
                )
            }
            keys.append(key)
        }
    }

    private static func key(_ property: Filter.Property, isDescending: Bool) -> Key? {
        let column = property.column
        return switch property.kind {
        case .text:
            // What has no value stands with the empty texts, before all others.
            Key(expression: "lower(coalesce(\(column), ''))", isText: true, isDescending: isDescending)
        case .identifier, .guid: Key(expression: column, isText: true, isDescending: isDescending)
        case .moment, .boolean: Key(expression: column, isText: false, isDescending: isDescending)
        case .propertyID, .extensionName, .textList, .rows, .closed: nil
        }
    }

    private static func refusal(_ reason: String) -> GraphError {
        GraphError(400, .badRequest, "Invalid $orderby: \(reason).")
    }
}
