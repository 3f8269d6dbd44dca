import GraphModel

/// Where the value of a property stands in an answer: the names of members, from the outside in.
package struct JSONPlace: Sendable {
    package var names: [String]
    /// Whether it begins at the element that a lambda is about, not at the item.
    package var isOfElement = false

    package init(_ names: String..., isOfElement: Bool = false) {
        self.names = names
        self.isOfElement = isOfElement
    }

    /// The value at this place; nil if there is none, or null.
    func value(in item: JSONValue, element: JSONValue?) -> JSONValue? {
        var value = isOfElement ? element : item
        for name in names { value = value?[name] }
        return value == .null ? nil : value
    }
}

/// A text as it is compared: its bytes, ASCII letters without regard to case, as in the embedded store.
struct FoldedText: Comparable {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    static func < (a: FoldedText, b: FoldedText) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    func contains(_ other: FoldedText) -> Bool {
        let count = other.bytes.count
        guard count <= bytes.count else { return false }
        return (0...(bytes.count - count)).contains { bytes[$0...].starts(with: other.bytes) }
    }

    func starts(with other: FoldedText) -> Bool { bytes.starts(with: other.bytes) }
    func ends(with other: FoldedText) -> Bool { bytes.reversed().starts(with: other.bytes.reversed()) }
}
