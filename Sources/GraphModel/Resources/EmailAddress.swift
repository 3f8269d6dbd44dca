/// A person or group that mail can reach (Graph's `emailAddress`).
package struct EmailAddress: Sendable, Equatable {
    package var name: String?
    package var address: String

    package init(name: String?, address: String) {
        self.name = name
        self.address = address
    }

    /// What is wrong with an address, for a person; nil if it may be one (RFC 5321, sections 4.1.2 and 4.5.3.1).
    package static func fault(in address: String) -> String? {
        if address.isEmpty { return "an address is missing" }
        if address.utf8.count > 254 { return "it is longer than 254 bytes" }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "it needs one '@', as in adele@contoso.example" }
        let (local, domain) = (parts[0], parts[1])
        if local.isEmpty || local.utf8.count > 64 { return "what stands before '@' must have 1 to 64 bytes" }
        if local.hasPrefix(".") || local.hasSuffix(".") || local.contains("..") {
            return "a dot before '@' must stand between two other characters"
        }
        if address.unicodeScalars.contains(where: {
            $0.value <= 0x20 || $0.value == 0x7F || "<>()[]\\,;:\"".unicodeScalars.contains($0)
        }) {
            return "it holds a character that no address has"
        }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2,
            labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 && !$0.hasPrefix("-") && !$0.hasSuffix("-") })
        else { return "what stands behind '@' must be a domain, as in contoso.example" }
        return nil
    }

    /// Reads `{"emailAddress": {"name":, "address":}}`.
    init(recipient reader: inout JSONReader) throws {
        var found: EmailAddress?
        try reader.object { reader, name in
            guard name.matches("emailAddress") else { return }
            var person = EmailAddress(name: nil, address: "")
            try reader.object { reader, name in
                switch name {
                case "name": if try !reader.null() { person.name = try reader.string() }
                case "address": if try !reader.null() { person.address = try reader.string() }
                default: break
                }
            }
            found = person
        }
        guard let found else { throw reader.fault("a recipient needs an emailAddress") }
        self = found
    }

    /// Reads a list of recipients.
    static func list(_ reader: inout JSONReader) throws -> [EmailAddress] {
        var list: [EmailAddress] = []
        try reader.list { reader, index in
            let person = try EmailAddress(recipient: &reader)
            if let reason = fault(in: person.address) {
                throw InvalidRecipient(reason: reason, address: person.address, index: index)
            }
            list.append(person)
        }
        return list
    }
}

/// A recipient's address that is none.
struct InvalidRecipient: Error {
    var reason: String
    var address: String
    var index: Int
}

extension JSONReader {
    /// Reads an array; an empty object counts as an empty array, because Lua has one empty table.
    mutating func list(_ element: (inout JSONReader, Int) throws -> Void) throws {
        guard kind == .object else { return try array(element) }
        try object { reader, _ in throw reader.fault("expected an array, found an object") }
    }
}

extension JSONWriter {
    /// Writes `{"emailAddress": {"name":, "address":}}`.
    package mutating func recipient(_ person: EmailAddress) {
        object { writer in
            writer.name("emailAddress")
            writer.object { writer in
                writer.member("name", person.name)
                writer.member("address", person.address)
            }
        }
    }
}
