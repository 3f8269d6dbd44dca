package import GraphModel

/// What a name in a template can stand for.
package enum TemplateValue: Sendable {
    case text(String)
    case boolean(Bool)
    case list([TemplateValue])
    case object(any TemplateSource)
}

/// Where a template finds the values of its names.
package protocol TemplateSource: Sendable {
    /// The value of a name; nil if it is missing.
    func value(named name: String) -> TemplateValue?
}

extension TemplateValue {
    /// A value that came from a script; nil for `null`, which counts as missing.
    package init?(_ json: JSONValue) {
        switch json {
        case .null: return nil
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .text(String(value))
        case .number(let value): self = .text(value.description)
        case .string(let value): self = .text(value)
        case .array(let elements): self = .list(elements.compactMap { TemplateValue($0) })
        case .object(let members): self = .object(TemplateObject(members: members))
        }
    }
}

/// A table of a script as a source of values.
package struct TemplateObject: TemplateSource {
    package var members: [String: JSONValue]

    package func value(named name: String) -> TemplateValue? {
        members[name].flatMap { TemplateValue($0) }
    }
}
