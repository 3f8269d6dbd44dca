/// A table for people: aligned columns under headings, cut to the width of the terminal.
struct TextTable {
    /// One column.
    struct Column: Sendable {
        var heading: String
        /// The width below which the column is not cut; nil if it is never cut, as ids and numbers are not.
        var minimum: Int?
        /// Whether values end at the right edge, as numbers do.
        var isNumeric: Bool

        /// A column that is shown whole.
        static func whole(_ heading: String) -> Column { Column(heading: heading, minimum: nil, isNumeric: false) }

        /// A column of numbers.
        static func number(_ heading: String) -> Column { Column(heading: heading, minimum: nil, isNumeric: true) }

        /// A column that may be cut, but not below so many columns of the terminal.
        static func text(_ heading: String, minimum: Int = 8) -> Column {
            Column(heading: heading, minimum: minimum, isNumeric: false)
        }
    }

    let columns: [Column]
    private var rows: [(cells: [String], note: String)] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row of data; a cell is one line, whatever is in it.
    ///
    /// - Parameters:
    ///   - cells: As many as there are columns.
    ///   - note: What stands below the row in a line of its own, if there is anything.
    mutating func add(_ cells: [String], note: String = "") {
        precondition(cells.count == columns.count, "A row has as many cells as the table has columns")
        rows.append(
            (cells.map { $0.escapingControls(keepingLines: false) }, note.escapingControls(keepingLines: false))
        )
    }

    /// Writes the table; only a terminal has it cut.
    func write(to sink: ByteSink) throws {
        let widths = widths(within: sink.isTerminal ? sink.columns : nil)
        var text = sink.styled(line(columns.map(\.heading), widths), .bold) + "\n"
        for row in rows {
            text += line(row.cells, widths) + "\n"
            guard !row.note.isEmpty else { continue }
            let indent = Self.gap + Self.gap
            let note = sink.isTerminal ? row.note.shortened(toColumns: sink.columns - indent.count) : row.note
            text += indent + note + "\n"
        }
        try sink.write(text)
    }

    private static let gap = "  "

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            if index > 0 { text += Self.gap }
            let short = cell.shortened(toColumns: widths[index])
            let isLast = index == cells.count - 1
            text +=
                isLast && !columns[index].isNumeric
                ? short : short.padded(toColumns: widths[index], onLeft: columns[index].isNumeric)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The columns' widths: what their content takes, or less where the limit asks for it, the widest first.
    private func widths(within limit: Int?) -> [Int] {
        var widths = columns.map(\.heading.terminalColumns)
        for row in rows {
            for (index, cell) in row.cells.enumerated() { widths[index] = max(widths[index], cell.terminalColumns) }
        }
        guard let limit else { return widths }
        var surplus = widths.reduce(0, +) + Self.gap.count * (columns.count - 1) - limit
        while surplus > 0 {
            let shrinkable = columns.indices.filter { index in
                columns[index].minimum.map { widths[index] > $0 } ?? false
            }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            surplus -= 1
        }
        return widths
    }
}
