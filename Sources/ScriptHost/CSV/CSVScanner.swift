/// Walks over a table's text once, checks the form of every row, and notes where each begins.
struct CSVScanner {
    let text: CSVText
    let separator: UInt8
    private(set) var at: Int
    private var columns: [String] = []

    init(text: CSVText, separator: UInt8, at start: Int) {
        self.text = text
        self.separator = separator
        at = start
    }

    /// Reads the first row: the names of the columns.
    mutating func header() throws(CSVFault) -> [String] {
        var starts: [Int] = []
        var names: [String] = []
        repeat {
            starts.append(at)
            let field = try field(number: names.count)
            names.append(CSVText.value(text.bytes[field]))
        } while try separates()

        var seen: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if name.isEmpty {
                throw text.fault(
                    .emptyColumnName,
                    at: starts[index],
                    "column \(index + 1) has no name, expected one for each column",
                    "Name the column, or remove it from every row"
                )
            }
            if let other = seen.updateValue(index, forKey: name) {
                throw text.fault(
                    .duplicateColumn,
                    at: starts[index],
                    "columns \(other + 1) and \(index + 1) are both named \"\(name)\", expected different names",
                    "Rename one of them"
                )
            }
        }
        columns = names
        return names
    }

    /// Checks the rows that follow the header, and gives the offset at which each begins.
    mutating func rows() throws(CSVFault) -> [UInt32] {
        var starts: [UInt32] = []
        let end = text.bytes.count
        while at < end {
            let start = at
            if isBlankToTheEnd { break }
            var count = 0
            repeat {
                if count == columns.count { throw tooMany(from: start) }
                _ = try field(number: count)
                count += 1
            } while try separates()
            if count < columns.count { throw tooFew(count, from: start) }
            starts.append(UInt32(start))
        }
        return starts
    }

    // MARK: One value

    /// Moves over one value and gives its bytes, quotes and all.
    private mutating func field(number: Int) throws(CSVFault) -> Range<Int> {
        let bytes = text.bytes
        let end = bytes.count
        let start = at
        guard at < end, bytes[at] == UInt8(ascii: "\"") else {
            while at < end {
                let byte = bytes[at]
                if byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
                if byte == UInt8(ascii: "\"") { throw bareQuote(number) }
                at += 1
            }
            return start..<at
        }
        at += 1
        while true {
            while at < end, bytes[at] != UInt8(ascii: "\"") { at += 1 }
            if at == end { throw unterminated(start, number) }
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "\"") {
                at += 1
                continue
            }
            break
        }
        if at < end, bytes[at] != separator, bytes[at] != UInt8(ascii: "\n"), bytes[at] != UInt8(ascii: "\r") {
            throw textAfterQuote(number)
        }
        return start..<at
    }

    /// Moves over what stands after a value; whether it was a separator, not the end of the row.
    private mutating func separates() throws(CSVFault) -> Bool {
        let bytes = text.bytes
        guard at < bytes.count else { return false }
        if bytes[at] == separator {
            at += 1
            return true
        }
        if bytes[at] == UInt8(ascii: "\r") {
            guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\n") else {
                throw text.fault(
                    .lineEnd,
                    at: at,
                    "found a carriage return (CR) alone, expected CRLF or LF at the end of a line",
                    "Save the file with CRLF or LF line ends, or put the value in double quotes"
                )
            }
            at += 1
        }
        at += 1
        return false
    }

    private var isBlankToTheEnd: Bool {
        let bytes = text.bytes
        var index = at
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\r") else { return false }
            index += 1
        }
        return true
    }

    // MARK: Faults

    private func place(_ number: Int) -> String {
        columns.indices.contains(number) ? "in column \"\(columns[number])\"" : "in column \(number + 1)"
    }

    private func bareQuote(_ number: Int) -> CSVFault {
        text.fault(
            .bareQuote,
            at: at,
            "found a double quote inside a value without quotes \(place(number))",
            "Put the value in double quotes, and double each one inside it: \"say \"\"hello\"\"\""
        )
    }

    private func textAfterQuote(_ number: Int) -> CSVFault {
        text.fault(
            .textAfterQuote,
            at: at,
            "found text after a value's closing quote \(place(number)), expected a separator or the end of the line",
            "Double each double quote inside the value: \"say \"\"hello\"\"\""
        )
    }

    private func unterminated(_ start: Int, _ number: Int) -> CSVFault {
        text.fault(
            .unterminatedQuote,
            at: start,
            "the value that begins here \(place(number)) has an opening quote and no closing one",
            "Close it with a double quote"
        )
    }

    private func tooMany(from start: Int) -> CSVFault {
        text.fault(
            .raggedRow,
            at: at,
            "the row has more values than the \(columns.count) that the first row names",
            "Put a value that contains the separator in double quotes"
        )
    }

    private func tooFew(_ count: Int, from start: Int) -> CSVFault {
        let isBlank = count == 1 && (text.bytes[start] == UInt8(ascii: "\n") || text.bytes[start] == UInt8(ascii: "\r"))
        return text.fault(
            .raggedRow,
            at: start,
            isBlank
                ? "the line is empty, expected \(columns.count) values"
                : "the row has \(count) of \(columns.count) values; the first missing one is \"\(columns[count])\"",
            isBlank
                ? "Remove the line"
                : "Add what is missing; a value with a line break in it must stand in double quotes"
        )
    }
}
