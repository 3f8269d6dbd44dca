package import GraphModel
import Testing

/// An answer of the store with its body read.
struct Answer: Sendable {
    var response: GraphResponse
    /// The body; `null` if there is none, or if it is no JSON.
    var json: JSONValue

    init(_ response: GraphResponse) {
        self.response = response
        json = (try? JSONValue(response.body)) ?? .null
    }

    var status: Int { response.status }
    var headers: GraphHeaders { response.headers }
    var text: String { String(decoding: response.body, as: UTF8.self) }
    /// The items of a collection.
    var items: [JSONValue] { json["value"]?.elements ?? [] }
    /// The ids of a collection's items.
    var ids: [String] { items.compactMap { $0["id"]?.string } }
    /// The path and query of the link to the next page.
    var next: (path: String, query: String)? {
        guard let link = json["@odata.nextLink"]?.string, link.hasPrefix(Fixture.root) else { return nil }
        let parts = link.dropFirst(Fixture.root.count).split(separator: "?", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    func id() throws -> String { try #require(json["id"]?.string) }

    /// Whether this is the refusal with a status and a code, and a message that is no mere code.
    func isRefusal(_ status: Int, _ code: GraphError.Code) -> Bool {
        self.status == status && response.error?.code == code.rawValue && response.error?.message.isEmpty == false
    }

    var message: String { response.error?.message ?? "" }
    var target: String? { response.error?.target }
}

extension Answer: CustomTestStringConvertible {
    var testDescription: String {
        let fields = headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
        return "\(status) [\(fields)] \(text.prefix(600))"
    }
}

extension JSONValue {
    subscript(index: Int) -> JSONValue? {
        guard let elements, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// The names of an object's members.
    var names: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
