/// The lines of a vCard or an iCalendar stream (RFC 6350, section 3; RFC 5545, section 3.1).
struct ContentLines {
    /// Lines of up to 75 bytes, each with its CRLF; what was longer is folded.
    private(set) var text = ""

    private static let maximumLength = 75

    /// Adds a line with a value that needs no escaping.
    mutating func add(_ name: String, raw value: String) {
        var length = 0
        for scalar in "\(name):\(value)".unicodeScalars where !Self.isControl(scalar) {
            let size = UTF8.width(scalar)
            if length + size > Self.maximumLength {
                text += "\r\n "
                length = 1
            }
            text.unicodeScalars.append(scalar)
            length += size
        }
        text += "\r\n"
    }

    /// Adds a line with a text; none if there is no text.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        add(name, raw: Self.escape(value))
    }

    /// Adds a line with a text that has several parts; none if all are missing.
    mutating func add(_ name: String, parts: [String?]) {
        guard parts.contains(where: { $0?.isEmpty == false }) else { return }
        add(name, raw: parts.map { Self.escape($0 ?? "") }.joined(separator: ";"))
    }

    private static func escape(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing(";", with: "\\;").replacing(",", with: "\\,")
            .replacing("\r\n", with: "\\n").replacing("\n", with: "\\n").replacing("\r", with: "\\n")
    }

    /// A parameter's value, in quotation marks, which it cannot hold itself.
    static func quoted(_ value: String) -> String {
        "\"" + value.filter { $0 != "\"" && !$0.isNewline } + "\""
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F
    }
}
