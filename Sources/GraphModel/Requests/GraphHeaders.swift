/// HTTP header fields by name, names compared without regard to letter case (RFC 9110, section 5.1).
package struct GraphHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// The fields in the order in which they were set.
    package private(set) var fields: [(name: String, value: String)] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// The value of a field; setting replaces, nil removes.
    package subscript(name: String) -> String? {
        get { fields.first { $0.name.isSameIgnoringCase(name) }?.value }
        set {
            let index = fields.firstIndex { $0.name.isSameIgnoringCase(name) }
            switch (index, newValue) {
            case (let index?, let value?): fields[index].value = value
            case (let index?, nil): fields.remove(at: index)
            case (nil, let value?): fields.append((name, value))
            case (nil, nil): break
            }
        }
    }

    package static func == (a: GraphHeaders, b: GraphHeaders) -> Bool {
        a.fields.count == b.fields.count && a.fields.allSatisfy { b[$0.name] == $0.value }
    }
}
