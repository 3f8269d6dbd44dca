/// The bytes of a file that should hold a table: their encoding, their lines, and the faults that point into them.
struct CSVText {
    let bytes: [UInt8]
    let name: String

    init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    /// Checks the size and the encoding, and gives the offset of the header.
    func checkedStart() throws(CSVFault) -> Int {
        guard bytes.count <= CSVTable.maximumSize else {
            throw fault(.tooLarge, at: 0, "the file is larger than 4 GiB", "Split it into several files")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw fault(.encoding, at: 0, "this looks like UTF-16, expected UTF-8", Self.saveAsUTF8)
        }
        try checkUTF8()
        let start = headerStart
        guard start < bytes.count else {
            throw fault(
                .empty,
                at: 0,
                "the file is empty, expected a row with the names of the columns",
                "Add that row"
            )
        }
        return start
    }

    /// Where the header begins: after a byte order mark and after PowerShell's `#TYPE` line.
    var headerStart: Int {
        let start = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        guard bytes[start...].starts(with: "#TYPE ".utf8),
            let lineEnd = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
        else { return start }
        return lineEnd + 1
    }

    /// The separator that a header uses: a comma if it has one outside of quotes, else the commoner of the other two.
    func separator(ofHeaderAt start: Int) -> CSVSeparator {
        var counts: [CSVSeparator: Int] = [:]
        var isQuoted = false
        for byte in bytes[start...] {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") { break }
            if let separator = CSVSeparator.allCases.first(where: { $0.byte == byte }) {
                counts[separator, default: 0] += 1
            }
        }
        if counts[.comma] != nil { return .comma }
        let semicolons = counts[.semicolon, default: 0]
        let tabs = counts[.tab, default: 0]
        if semicolons == 0, tabs == 0 { return .comma }
        return semicolons >= tabs ? .semicolon : .tab
    }

    /// The text of a value, with its quotes taken off and doubled quotes made single.
    static func value(_ field: ArraySlice<UInt8>) -> String {
        guard field.first == UInt8(ascii: "\"") else { return String(decoding: field, as: UTF8.self) }
        let inner = field.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\"")) else { return String(decoding: inner, as: UTF8.self) }
        var plain: [UInt8] = []
        plain.reserveCapacity(inner.count)
        var index = inner.startIndex
        while index < inner.endIndex {
            plain.append(inner[index])
            index += inner[index] == UInt8(ascii: "\"") ? 2 : 1
        }
        return String(decoding: plain, as: UTF8.self)
    }

    // MARK: Faults

    /// The line and the place in it, both from 1, of a byte; everything before it must be valid UTF-8.
    func position(of offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var lineStart = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
        var index = lineStart
        while index < offset {
            if bytes[index] == UInt8(ascii: "\n") {
                line += 1
                lineStart = index + 1
            }
            index += 1
        }
        guard lineStart < offset else { return (line, 1) }
        let isContinuation = { (byte: UInt8) in byte & 0xC0 == 0x80 }
        return (line, 1 + bytes[lineStart..<offset].count { !isContinuation($0) })
    }

    /// A fault at a byte.
    func fault(_ code: CSVFault.Code, at offset: Int, _ problem: String, _ remedy: String) -> CSVFault {
        let (line, column) = position(of: offset)
        return CSVFault(code: code, file: name, line: line, column: column, problem: problem, remedy: remedy)
    }

    // MARK: Encoding

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let saveAsUTF8 = "Save it as \"CSV UTF-8\""

    private func checkUTF8() throws(CSVFault) {
        // Text in UTF-16 without a byte order mark is valid UTF-8 as long as it is ASCII, but every second byte is NUL.
        if let nul = bytes.firstIndex(of: 0) {
            let isWide = nul < 2 && bytes.count >= 4 && bytes[nul ^ 1] != 0 && bytes[nul + 2] == 0
            throw isWide
                ? fault(.encoding, at: 0, "this looks like UTF-16, expected UTF-8", Self.saveAsUTF8)
                : fault(
                    .nul,
                    at: firstInvalid ?? nul,
                    "found a NUL byte, expected text",
                    "Is this a CSV file? \(Self.saveAsUTF8)"
                )
        }
        guard let offset = firstInvalid else { return }
        let byte = bytes[offset]
        let shown = "0x" + String(byte, radix: 16, uppercase: true)
        if let character = WindowsLatin.character(byte) {
            throw fault(
                .encoding,
                at: offset,
                "found the byte \(shown), which is no UTF-8; in Windows-1252 it is \"\(character)\"",
                Self.saveAsUTF8
            )
        }
        throw fault(.encoding, at: offset, "found the byte \(shown), which is no UTF-8", Self.saveAsUTF8)
    }

    /// The offset of the first byte that is no UTF-8; nil if there is none.
    private var firstInvalid: Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}
