/// A JSON value of any shape, for places where the shape is the user's and speed is not asked for.
package enum JSONValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads the next value.
    package init(from reader: inout JSONReader) throws {
        switch reader.kind {
        case .null:
            _ = try reader.null()
            self = .null
        case .boolean: self = .boolean(try reader.boolean())
        case .number:
            if let integer = try? reader.integer() {
                self = .integer(integer)
            } else {
                self = .number(try reader.number())
            }
        case .string: self = .string(try reader.string())
        case .array:
            var elements: [JSONValue] = []
            try reader.array { reader, _ in elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try reader.object { reader, name in members[name.string] = try JSONValue(from: &reader) }
            self = .object(members)
        case .none: throw reader.unexpected("a value")
        }
    }

    /// Reads a whole JSON text.
    package init(_ text: some Collection<UInt8>) throws {
        self = try JSONReader.read(text) { try JSONValue(from: &$0) }
    }

    /// A member of an object; nil if this is no object or has no such member.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The text, if this is a string.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value, if this is a number of either kind.
    package var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The elements, if this is an array; an empty object counts as an empty array, since Lua has one empty table.
    package var elements: [JSONValue]? {
        switch self {
        case .array(let elements): elements
        case .object(let members) where members.isEmpty: []
        default: nil
        }
    }
}

extension JSONWriter {
    /// Writes a value of any shape, the members of objects in the order of their names.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let boolean): self.boolean(boolean)
        case .integer(let integer): self.integer(integer)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            array { writer in
                for element in elements { writer.value(element) }
            }
        case .object(let members):
            object { writer in
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    writer.value(member)
                }
            }
        }
    }
}
