extension FilterExpression {
    /// Whether it asks for nothing but what a collection's elements are like.
    package func concernsOnly(_ collection: String) -> Bool {
        switch self {
        case .and(let parts), .or(let parts): parts.allSatisfy { $0.concernsOnly(collection) }
        case .not(let inner): inner.concernsOnly(collection)
        case .lambda(_, let path, _, _): path.text.lowercased() == collection.lowercased()
        case .holds, .compare, .isIn, .call: false
        }
    }

    /// Whether it asks anywhere what a collection's elements are like.
    package func concerns(_ collection: String) -> Bool {
        switch self {
        case .and(let parts), .or(let parts): parts.contains { $0.concerns(collection) }
        case .not(let inner): inner.concerns(collection)
        case .lambda(_, let path, _, _): path.text.lowercased() == collection.lowercased()
        case .holds, .compare, .isIn, .call: false
        }
    }

    /// Whether the directory answers it only from its index, which lags behind: `ne`, `not`, `endswith`.
    package var isAdvanced: Bool {
        switch self {
        case .and(let parts), .or(let parts): parts.contains(where: \.isAdvanced)
        case .not, .compare(_, .ne, _), .call(.endswith, _, _): true
        case .lambda(_, _, _, let inner): inner?.isAdvanced ?? false
        case .holds, .compare, .isIn, .call: false
        }
    }
}
