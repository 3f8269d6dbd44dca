import GraphModel

/// Any JSON value, for showing what a backend answered, with members that this version may not know.
indirect enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    /// A number as it is written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads the next value of a text.
    init(_ reader: inout JSONReader) throws {
        switch reader.kind {
        case .boolean: self = .boolean(try reader.boolean())
        case .number: self = .number(String(decoding: try reader.raw(), as: UTF8.self))
        case .string: self = .string(try reader.string())
        case .array:
            var elements: [JSONValue] = []
            try reader.array { reader, _ in elements.append(try JSONValue(&reader)) }
            self = .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try reader.object { reader, name in
                let name = name.string
                members[name] = try JSONValue(&reader)
            }
            self = .object(members)
        case .null, .none:
            guard try reader.null() else { throw reader.unexpected("a value") }
            self = .null
        }
    }

    /// The value that the names lead to, from object to object; nil if there is none, or it is null.
    subscript(path: String...) -> JSONValue? {
        var value = self
        for name in path {
            guard case .object(let members) = value, let next = members[name] else { return nil }
            value = next
        }
        return value == .null ? nil : value
    }

    /// The value as text for a person; lists of values are joined with commas.
    var text: String {
        switch self {
        case .null: ""
        case .boolean(let value): value ? "yes" : "no"
        case .number(let text), .string(let text): text
        case .array(let values): values.map(\.text).joined(separator: ", ")
        case .object: "…"
        }
    }

    /// The elements, if this is an array.
    var elements: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }

    /// A recipient, or a list of them, as in the header of a mail: `Adele Vance <AdeleV@contoso.com>`.
    var recipients: String {
        if case .array(let values) = self { return values.map(\.recipients).joined(separator: ", ") }
        let name = self["emailAddress", "name"]?.text ?? ""
        let address = self["emailAddress", "address"]?.text ?? ""
        if name.isEmpty || name == address { return address }
        return address.isEmpty ? name : "\(name) <\(address)>"
    }
}
