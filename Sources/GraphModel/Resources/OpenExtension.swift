/// Data of a program's own on a post: `openTypeExtension` (reference, section 8.1).
package struct OpenExtension: Sendable, Equatable {
    /// As it was first written; compared without regard to letter case.
    package var name: String
    /// The data: primitives, and arrays of primitives.
    package var values: [String: JSONValue]

    /// The most extensions of one post.
    package static let maximumCount = 10
    /// The most data of one extension, in bytes of JSON.
    package static let maximumSize = 8192

    package init(name: String, values: [String: JSONValue]) {
        self.name = name
        self.values = values
    }

    /// What answers give as the id of an extension.
    package var id: String { "microsoft.graph.openTypeExtension." + name }

    /// The key under which an extension is found: its name, or a qualified name of either spelling, in lower case.
    package static func key(_ name: String) -> String {
        unqualified(name).lowercased()
    }

    private static func unqualified(_ name: String) -> String {
        for prefix in ["microsoft.graph.opentypeextension.", "microsoft.outlookservices.opentypeextension."]
        where name.lowercased().hasPrefix(prefix) {
            return String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// Reads a new extension.
    package static func read(_ body: [UInt8]) throws(GraphError) -> OpenExtension {
        try RequestBody.read(body) { try OpenExtension(from: &$0) }
    }

    /// Reads what a change gives: values to be set, and with null those to be removed.
    package static func readChange(_ body: [UInt8]) throws(GraphError) -> [String: JSONValue] {
        try RequestBody.read(body) { reader in
            var name: String?
            return try members(&reader, name: &name)
        }
    }

    /// Reads a list of them in a new post.
    static func list(_ reader: inout JSONReader) throws -> [OpenExtension] {
        var extensions: [OpenExtension] = []
        try reader.list { reader, _ in
            let fault = reader.fault("a post has \(maximumCount) extensions at most, each with a name of its own")
            let new = try OpenExtension(from: &reader)
            guard extensions.count < maximumCount, !extensions.contains(where: { key($0.name) == key(new.name) }) else {
                throw fault
            }
            extensions.append(new)
        }
        return extensions
    }

    private init(from reader: inout JSONReader) throws {
        let fault = reader.fault(
            "an extension needs an extensionName of 1 to 128 letters, digits, '.', '-' and '_', as in 'com.contoso.estimate'"
        )
        let tooLarge = reader.fault("an extension has \(Self.maximumSize) bytes at most", code: .tooLarge)
        var given: String?
        let values = try Self.members(&reader, name: &given).filter { $0.value != .null }
        let name = Self.unqualified(given ?? "")
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ Self.isAllowed($0) }) else { throw fault }
        self.init(name: name, values: values)
        guard json.count <= Self.maximumSize else { throw tooLarge }
    }

    /// The data as JSON.
    package var json: [UInt8] { JSONWriter.bytes { $0.value(.object(values)) } }

    private static func members(_ reader: inout JSONReader, name given: inout String?) throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        try reader.object { reader, name in
            switch name {
            case "@odata.type": try reader.type(oneOf: "opentypeextension")
            case "extensionName": given = try reader.string()
            case "id": try reader.ignore(.string)
            // What clients say about other members, or send back of an answer.
            case _ where name.string.contains("@odata."): break
            default:
                let fault = reader.unexpected("a text, a number, true, false, null, or an array of these")
                let value = try JSONValue(from: &reader)
                guard isPlain(value) else { throw fault }
                values[name.string] = value
            }
        }
        return values
    }

    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .object: false
        case .array(let elements):
            elements.allSatisfy { element in
                switch element {
                case .array, .object: false
                default: true
                }
            }
        default: true
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
