import GraphModel

/// A table read from comma-separated values (RFC 4180), whose first row names the columns.
///
/// The file's bytes are kept once, with four bytes for each row; a value becomes a string when it is asked for. So a
/// table costs little more memory than its file, and copies of it share that memory. Lines may end in CRLF or LF. An
/// empty cell is the value "". Blank lines at the end, a byte order mark, and the `#TYPE` line that PowerShell 5 writes
/// before the header are passed over.
package struct CSVTable: Sendable {
    /// The largest file that is read, in bytes: 4 GiB, less one.
    package static let maximumSize = Int(UInt32.max)

    /// What a table and each of its rows hold on to: one object, since rows are many.
    fileprivate final class Content: Sendable {
        let name: String
        let columns: [String]
        let separator: CSVSeparator
        let bytes: [UInt8]
        let starts: [UInt32]
        let positions: [String: Int]
        /// The first column of each name in lower case.
        let lowercased: [String: Int]

        init(name: String, columns: [String], separator: CSVSeparator, bytes: [UInt8], starts: [UInt32]) {
            self.name = name
            self.columns = columns
            self.separator = separator
            self.bytes = bytes
            self.starts = starts
            positions = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
            lowercased = Dictionary(columns.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: min)
        }
    }

    fileprivate let content: Content

    /// The file's name, as the person who asked for it wrote it.
    package var name: String { content.name }
    /// The names of the columns, in order; each is there once, and none is empty.
    package var columns: [String] { content.columns }
    /// What stands between the values of a row.
    package var separator: CSVSeparator { content.separator }

    /// Reads a table, checking all of it.
    ///
    /// - Parameters:
    ///   - bytes: The file's content: UTF-8, with or without a byte order mark.
    ///   - name: The file's name, for faults.
    ///   - separator: What stands between values; nil finds out from the header: a comma, or, where the header has none,
    ///     a semicolon or a tab.
    /// - Throws: ``CSVFault`` for the first fault, with its place in the file.
    package init(_ bytes: [UInt8], name: String, separator: CSVSeparator? = nil) throws(CSVFault) {
        let text = CSVText(bytes, name: name)
        let start = try text.checkedStart()
        let found = separator ?? text.separator(ofHeaderAt: start)
        var scanner = CSVScanner(text: text, separator: found.byte, at: start)
        let columns = try scanner.header()
        let starts = try scanner.rows()
        content = Content(name: name, columns: columns, separator: found, bytes: bytes, starts: starts)
    }

    /// What tells the table's content from others: SHA-256.
    package var hash: [UInt8] {
        var hasher = SHA256()
        hasher.update([separator.byte])
        hasher.update(content.bytes)
        return hasher.finalize()
    }

    /// The rows below the header.
    package var rows: Rows { Rows(table: self) }

    /// The index of the column with exactly this name; nil if there is none.
    package func column(_ name: String) -> Int? { content.positions[name] }

    /// The index of the column with this name, in any letter case: the exact one before others, else the first.
    package func column(caseInsensitive name: String) -> Int? {
        content.positions[name] ?? content.lowercased[name.lowercased()]
    }

    /// The fault that a column is missing, naming those that are there.
    package func missingColumn(_ name: String) -> CSVFault {
        CSVFault(
            code: .missingColumn,
            file: self.name,
            line: CSVText(content.bytes, name: self.name).position(of: headerStart).line,
            column: 1,
            problem: "expected a column \"\(name)\", found \(columns.map { "\"\($0)\"" }.joined(separator: ", "))",
            remedy: "Add the column, or correct its name in the first row"
        )
    }

    private var headerStart: Int { CSVText(content.bytes, name: name).headerStart }
}

extension CSVTable {
    /// The rows of a table, in the order of the file.
    package struct Rows: RandomAccessCollection, Sendable {
        fileprivate let table: CSVTable

        package var startIndex: Int { 0 }
        package var endIndex: Int { table.content.starts.count }

        package subscript(index: Int) -> Row {
            let content = table.content
            let starts = content.starts
            precondition(starts.indices.contains(index), "There is no row \(index) among \(starts.count)")
            return Row(table: content, start: Int(starts[index]))
        }
    }

    /// One row of a table.
    ///
    /// It holds on to the table, and decodes a value each time that it is asked for it.
    package struct Row: Sendable {
        fileprivate let table: Content
        fileprivate let start: Int

        /// The value in the column with this index.
        package subscript(column: Int) -> String {
            precondition(table.columns.indices.contains(column), "There is no column \(column)")
            var at = start
            for _ in 0..<column { _ = field(&at) }
            return string(field(&at))
        }

        /// The value in the column with exactly this name; nil if there is no such column.
        package subscript(column: String) -> String? {
            table.positions[column].map { self[$0] }
        }

        /// All values, in the order of the columns.
        package var values: [String] {
            var at = start
            return table.columns.indices.map { _ in string(field(&at)) }
        }

        /// The line of the file on which the row begins, from 1; found by counting, so meant for messages.
        package var line: Int { CSVText(table.bytes, name: table.name).position(of: start).line }

        /// Moves over one value, whose form was checked when the table was read, and the separator or line end after it.
        private func field(_ at: inout Int) -> Range<Int> {
            let bytes = table.bytes
            let first = at
            if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
                at += 1
                while true {
                    if bytes[at] == UInt8(ascii: "\"") {
                        at += 1
                        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { break }
                    }
                    at += 1
                }
            } else {
                let separator = table.separator.byte
                while at < bytes.count, bytes[at] != separator, bytes[at] != UInt8(ascii: "\n"),
                    bytes[at] != UInt8(ascii: "\r")
                {
                    at += 1
                }
            }
            let end = at
            at += 1
            return first..<end
        }

        private func string(_ range: Range<Int>) -> String {
            CSVText.value(table.bytes[range])
        }
    }
}

/// What stands between the values of a row.
package enum CSVSeparator: String, Sendable, CaseIterable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"

    /// The separator as the one byte that it is in UTF-8.
    package var byte: UInt8 {
        switch self {
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: UInt8(ascii: "\t")
        }
    }
}
