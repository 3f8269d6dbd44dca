import Foundation
import Testing

@testable import ScriptHost

@Suite struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable {
        try CSVTable(Array(text.utf8), name: "groups.csv")
    }

    @Test func `reads values by row and column`() throws {
        let table = try table("id,displayName\n1,Wellness\n2,Book Club\n")
        #expect(table.columns == ["id", "displayName"])
        #expect(table.rows.count == 2)
        #expect(table.rows[1][1] == "Book Club")
        #expect(table.rows[0]["displayName"] == "Wellness")
        #expect(table.rows[0]["mail"] == nil)
        #expect(table.rows.map(\.values) == [["1", "Wellness"], ["2", "Book Club"]])
    }

    @Test(
        "reads one table however it is written",
        arguments: [
            "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "\u{FEFF}a,b\n1,2\n3,4\n", "a;b\n1;2\n3;4\n",
            "a\tb\n1\t2\n3\t4\n",
            "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",\"4\"\n", "a,b\n1,2\n3,4\n\n\r\n",
            "#TYPE System.Object\r\na,b\r\n1,2\r\n3,4\r\n",
            "\u{FEFF}#TYPE System.Object\na,b\n1,2\n3,4\n",
        ]
    )
    func variants(text: String) throws {
        let table = try table(text)
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map(\.values) == [["1", "2"], ["3", "4"]])
    }

    @Test func `keeps quotes, separators and line breaks of quoted values`() throws {
        let table = try table("name,note\r\n\"Rest, \"\"Recharge\"\"\",\"one\r\ntwo\"\r\n\"\",\"\"\"\"\r\n")
        #expect(table.rows[0].values == ["Rest, \"Recharge\"", "one\r\ntwo"])
        #expect(table.rows[1].values == ["", "\""])
        #expect(table.rows[1].line == 4)
    }

    @Test func `an empty cell is an empty value`() throws {
        let table = try table("a,b,c\n,,\nx,,\n,,z")
        #expect(table.rows.map(\.values) == [["", "", ""], ["x", "", ""], ["", "", "z"]])
    }

    @Test func `a blank line among the rows of one column is an empty value`() throws {
        #expect(try table("a\n1\n\n3\n\n").rows.map(\.values) == [["1"], [""], ["3"]])
    }

    @Test func `a header without rows is an empty table`() throws {
        #expect(try table("id,displayName").rows.isEmpty)
        #expect(try table("id,displayName\n\n").rows.isEmpty)
    }

    @Test func `a header with a comma is not split at semicolons`() throws {
        #expect(try table("a,b;c\n1,2;3").columns == ["a", "b;c"])
        #expect(try table("\"a,b\";c\n1;2").columns == ["a,b", "c"])
    }

    @Test func `the separator can be told`() throws {
        let table = try CSVTable(Array("a;b,c\n1;2,3\n".utf8), name: "x.csv", separator: .semicolon)
        #expect(table.columns == ["a", "b,c"])
        #expect(table.rows[0].values == ["1", "2,3"])
    }

    @Test func `finds columns exactly, or in any letter case`() throws {
        let table = try table("ID,Id,DisplayName\n1,2,x")
        #expect(table.column("id") == nil)
        #expect(table.column("Id") == 1)
        #expect(table.column(caseInsensitive: "id") == 0)
        #expect(table.column(caseInsensitive: "Id") == 1)
        #expect(table.column(caseInsensitive: "displayname") == 2)
    }

    @Test func `a missing column is named with those that are there`() throws {
        let fault = try table("id,mail\n1,x").missingColumn("displayName")
        #expect(
            fault.description == """
                groups.csv:1:1: expected a column "displayName", found "id", "mail". \
                Add the column, or correct its name in the first row.
                """
        )
    }

    @Test func `reads the example groups`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = try Data(contentsOf: folder.appending(path: "examples/groups.csv"))
        let table = try CSVTable(Array(file), name: "groups.csv")
        #expect(table.rows.count == 2_000)
        #expect(table.rows.contains { $0["id"] == "29981b6a-0e57-42dc-94c9-cd24f5306196" })
        var writer = CSVWriter()
        writer.row(table.columns)
        for row in table.rows { writer.row(row.values) }
        #expect(writer.bytes == Array(file))
    }
}
