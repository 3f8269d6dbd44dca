/// A person or group that mail can reach (Graph's `emailAddress`).
package struct EmailAddress: Sendable, Equatable {
    package var name: String?
    package var address: String

    package init(name: String?, address: String) {
        self.name = name
        self.address = address
    }

    /// The most bytes of an address (RFC 5321, section 4.5.3.1.3, less the angle brackets).
    package static let maximumLength = 254

    /// Why a text is no address that mail could be sent to, as part of a sentence; nil if it may be one.
    ///
    /// The rules are those of a mailbox in RFC 5321, section 4.1.2, with the letters of RFC 6531: a dot-string or quoted
    /// string of up to 64 bytes, `@`, and a domain of letters, digits and hyphens or an address literal in brackets.
    package static func fault(in address: String) -> String? {
        let bytes = Array(address.utf8)
        guard !bytes.isEmpty else { return "an address is missing" }
        guard bytes.count <= maximumLength else { return "it is longer than \(maximumLength) bytes" }
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            return "it needs an '@', as in adele@contoso.example"
        }
        let local = bytes[..<at]
        let domain = bytes[(at + 1)...]
        if local.isEmpty { return "nothing stands before the '@'" }
        if local.count > 64 { return "more than 64 bytes stand before the '@'" }
        if domain.isEmpty { return "nothing stands after the '@'" }
        return localFault(local) ?? domainFault(domain)
    }

    private static func localFault(_ local: ArraySlice<UInt8>) -> String? {
        if local.count >= 2, local.first == UInt8(ascii: "\""), local.last == UInt8(ascii: "\"") {
            var escaped = false
            for byte in local.dropFirst().dropLast() {
                if byte < 0x20 || byte == 0x7F { return "a control character stands before the '@'" }
                if !escaped && byte == UInt8(ascii: "\"") { return "a quote stands unescaped before the '@'" }
                escaped = !escaped && byte == UInt8(ascii: "\\")
            }
            return escaped ? "a backslash stands alone before the '@'" : nil
        }
        var previous = UInt8(ascii: ".")
        for byte in local {
            switch byte {
            case UInt8(ascii: "."):
                if previous == byte { return "a dot is misplaced before the '@'" }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                break
            case _ where "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte): break
            case UInt8(ascii: " "): return "a space stands before the '@'"
            case UInt8(ascii: "@"): return "it has more than one '@'"
            case 0..<0x20, 0x7F: return "a control character stands before the '@'"
            default: return "'\(Character(Unicode.Scalar(byte)))' may not stand before the '@'"
            }
            previous = byte
        }
        return previous == UInt8(ascii: ".") ? "a dot is misplaced before the '@'" : nil
    }

    private static func domainFault(_ domain: ArraySlice<UInt8>) -> String? {
        if domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]") {
            let inner = domain.dropFirst().dropLast()
            let isLiteral = inner.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
            return isLiteral && !inner.isEmpty ? nil : "what stands in brackets is no network address"
        }
        var label = 0
        var previous = UInt8(ascii: ".")
        for byte in domain {
            switch byte {
            case UInt8(ascii: "."):
                if label == 0 { return "the domain has an empty part" }
                if previous == UInt8(ascii: "-") { return "a part of the domain ends with a hyphen" }
                label = -1
            case UInt8(ascii: "-"):
                if label == 0 { return "a part of the domain begins with a hyphen" }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                break
            case UInt8(ascii: " "): return "a space stands in the domain"
            default: return "the domain holds a character that no domain may hold"
            }
            label += 1
            if label > 63 { return "a part of the domain is longer than 63 bytes" }
            previous = byte
        }
        if label == 0 { return "the domain has an empty part" }
        // RFC 5321 knows names of one part, but in an address that somebody has typed such a name is a slip.
        guard domain.contains(UInt8(ascii: ".")) else { return "the domain has no dot, as contoso.example has" }
        return previous == UInt8(ascii: "-") ? "a part of the domain ends with a hyphen" : nil
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

    /// Reads a list of recipients, each of whom must have an address that mail could be sent to.
    static func list(_ reader: inout JSONReader) throws -> [EmailAddress] {
        var list: [EmailAddress] = []
        try reader.list { reader, _ in
            var fault = reader.fault("", code: .invalidRecipients)
            let person = try EmailAddress(recipient: &reader)
            if let reason = Self.fault(in: person.address) {
                fault.reason = "'\(person.address.prefix(80))' is no address: \(reason)"
                fault.path = [.member("emailAddress"), .member("address")]
                throw fault
            }
            list.append(person)
        }
        return list
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
