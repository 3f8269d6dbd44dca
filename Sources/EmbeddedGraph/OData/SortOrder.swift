import GraphModel

/// A `$orderby` as SQL: by which columns a collection is sorted, the most important first.
struct SortOrder {
    struct Key {
        /// Never NULL, so that every row has a place.
        var expression: String
        var isText: Bool
        var isDescending: Bool
    }

    let keys: [Key]

    /// The most properties by which one collection is sorted.
    static let maximumKeys = SortTermLimits.maximum

    /// Reads an order such as `displayName desc,id`.
    ///
    /// - Parameters:
    ///   - text: The order.
    ///   - properties: The type's properties; collections and restricted ones cannot be sorted by.
    /// - Throws: ``GraphError`` for what cannot be sorted by.
    init(_ text: String, _ properties: [Filter.Property]) throws(GraphError) {
        keys = try SortTerms(text, properties).terms.map { term in
            let column = term.property.column
            return switch term.property.kind {
            case .text:
                // What has no value stands with the empty texts, before all others.
                Key(expression: "lower(coalesce(\(column), ''))", isText: true, isDescending: term.isDescending)
            case .identifier, .guid: Key(expression: column, isText: true, isDescending: term.isDescending)
            default: Key(expression: column, isText: false, isDescending: term.isDescending)
            }
        }
    }
}
