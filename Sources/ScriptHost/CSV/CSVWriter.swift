/// Writes comma-separated values (RFC 4180), with quotes only where they are needed.
package struct CSVWriter: Sendable {
    /// What has been written and not yet taken.
    package private(set) var bytes: [UInt8] = []

    private let separator: UInt8
    private let lineEnd: [UInt8]

    /// - Parameters:
    ///   - separator: What stands between values.
    ///   - lineEnd: What ends a row: LF as other tools on Unix write it, or CRLF as in the RFC.
    package init(separator: CSVSeparator = .comma, lineEnd: LineEnd = .lf) {
        self.separator = separator.byte
        self.lineEnd = Array(lineEnd.rawValue.utf8)
    }

    /// What ends a row.
    package enum LineEnd: String, Sendable {
        case lf = "\n"
        case crlf = "\r\n"
    }

    /// Writes one row.
    package mutating func row(_ values: some Collection<String>) {
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(separator) }
            isFirst = false
            append(value)
        }
        // A blank line would be no row.
        if values.count == 1, values.first?.isEmpty == true { bytes.append(contentsOf: "\"\"".utf8) }
        bytes.append(contentsOf: lineEnd)
    }

    /// Gives what has been written, and begins anew.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(_ value: String) {
        let text = value.utf8
        let needsQuotes = text.contains { byte in
            byte == separator || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
