import Testing

@testable import HeraldCommands

@Suite struct TextTableTests {
    private func written(isTerminal: Bool, columns: Int, _ table: TextTable) throws -> [String] {
        let capture = Capture()
        try table.write(to: ByteSink(isTerminal: isTerminal, width: { columns }, put: { capture.append($0) }))
        return capture.text.split(separator: "\n").map(String.init)
    }

    private var table: TextTable {
        var table = TextTable([.whole("ID"), .text("NAME"), .number("POSTS")])
        table.add(["P123", "人事部・仙台 🎉", "7"])
        table.add(["P4", "Book Club\u{1B}[2J", "1,200"])
        return table
    }

    @Test func `aligns columns by what a terminal shows`() throws {
        #expect(
            try written(isTerminal: true, columns: 80, table) == [
                "ID    NAME                POSTS",
                "P123  人事部・仙台 🎉         7",
                "P4    Book Club\\u{1B}[2J  1,200",
            ]
        )
    }

    @Test func `cuts text on a terminal, never ids, never below the minimum`() throws {
        #expect(
            try written(isTerminal: true, columns: 22, table) == [
                "ID    NAME       POSTS",
                "P123  人事部・…      7",
                "P4    Book Clu…  1,200",
            ]
        )
        let narrow = try written(isTerminal: true, columns: 5, table)
        #expect(narrow[1].hasPrefix("P123  人事部"))
    }

    @Test func `cuts nothing in a pipe`() throws {
        var table = TextTable([.text("TOPIC")])
        table.add([String(repeating: "x", count: 200)])
        #expect(try written(isTerminal: false, columns: 80, table)[1].count == 200)
    }
}
