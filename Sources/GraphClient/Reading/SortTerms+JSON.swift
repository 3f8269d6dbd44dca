package import GraphModel

// A `$orderby` carried out on objects as answers give them, with the meaning that it has in the embedded store.

extension SortTerms<JSONPlace> {
    private enum Key {
        case text([UInt8])
        case number(Int64)

        func isBefore(_ other: Key) -> Bool? {
            switch (self, other) {
            case (.text(let a), .text(let b)): a == b ? nil : a.lexicographicallyPrecedes(b)
            case (.number(let a), .number(let b)): a == b ? nil : a < b
            default: nil
            }
        }
    }

    /// The items in this order; those that are alike stand by their ids, in the direction of the last term.
    ///
    /// Answers give moments to the second. Within one, the order in which the service gave the items decides, which is
    /// that of time.
    ///
    /// - Parameters:
    ///   - items: The items in the order of the service.
    ///   - newestFirst: Whether that is from the newest to the oldest.
    /// - Returns: The items, sorted.
    package func sorted(_ items: [JSONValue], newestFirst: Bool) -> [JSONValue] {
        var rows: [(keys: [Key], id: [UInt8], place: Int)] = []
        rows.reserveCapacity(items.count)
        for (place, item) in items.enumerated() {
            rows.append((terms.map { Self.key($0.property, item) }, Array((item["id"]?.string ?? "").utf8), place))
        }
        rows.sort { a, b in
            guard a.place != b.place else { return false }
            for (index, term) in terms.enumerated() {
                if let isBefore = a.keys[index].isBefore(b.keys[index]) { return isBefore != term.isDescending }
                if case .moment = term.property.kind {
                    return (a.place < b.place) == (term.isDescending == newestFirst)
                }
            }
            let isBefore = a.id.lexicographicallyPrecedes(b.id)
            return terms.last?.isDescending == true ? a.id != b.id && !isBefore : isBefore
        }
        return rows.map { items[$0.place] }
    }

    private static func key(_ property: FilterProperty<JSONPlace>, _ item: JSONValue) -> Key {
        let value = property.place.value(in: item, element: nil)
        return switch property.kind {
        case .moment: .number(value?.string.flatMap { GraphDate($0)?.microseconds } ?? .min)
        case .boolean: .number(value == .boolean(true) ? 1 : 0)
        case .text: .text(FoldedText(value?.string ?? "").bytes)
        default: .text(Array((value?.string ?? "").utf8))
        }
    }
}
