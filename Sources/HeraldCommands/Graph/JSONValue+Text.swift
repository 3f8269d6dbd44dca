import GraphModel

extension JSONValue {
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
        case .integer(let value): String(value)
        case .number(let value): value.description
        case .string(let text): text
        case .array(let values): values.map(\.text).joined(separator: ", ")
        case .object: "…"
        }
    }

    /// A recipient, or a list of them, as in the header of a mail: `Adele Vance <AdeleV@contoso.example>`.
    var recipients: String {
        if case .array(let values) = self { return values.map(\.recipients).joined(separator: ", ") }
        let name = self["emailAddress", "name"]?.text ?? ""
        let address = self["emailAddress", "address"]?.text ?? ""
        if name.isEmpty || name == address { return address }
        return address.isEmpty ? name : "\(name) <\(address)>"
    }
}
