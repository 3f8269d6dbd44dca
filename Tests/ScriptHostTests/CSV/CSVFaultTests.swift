import Testing

@testable import ScriptHost

@Suite struct CSVFaultTests {
    /// A faulty file, and what must be said of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var code: CSVFault.Code
        var bytes: [UInt8]
        /// Line and column.
        var place: String
        /// Part of the message.
        var says: String
        var testDescription: String { "\(code), \(says)" }

        init(_ code: CSVFault.Code, _ text: String, at place: String, says: String) {
            self.init(code, bytes: Array(text.utf8), at: place, says: says)
        }

        init(_ code: CSVFault.Code, bytes: [UInt8], at place: String, says: String) {
            self.code = code
            self.bytes = bytes
            self.place = place
            self.says = says
        }
    }

    static let cases = [
        Case(.empty, "", at: "1:1", says: "the file is empty"),
        Case(.empty, "\u{FEFF}", at: "1:1", says: "the file is empty"),
        Case(.emptyColumnName, "id,,mail\n", at: "1:4", says: "column 2 has no name"),
        Case(.emptyColumnName, "id,mail,\n1,2,3\n", at: "1:9", says: "column 3 has no name"),
        Case(.emptyColumnName, "\n1\n", at: "1:1", says: "column 1 has no name"),
        Case(.duplicateColumn, "\u{FEFF}id,mail,id\n", at: "1:9", says: "columns 1 and 3 are both named \"id\""),
        Case(.raggedRow, "a,b,c\n1,2,3\n4,5\n", at: "3:1", says: "2 of 3 values; the first missing one is \"c\""),
        Case(.raggedRow, "a,b\n1,2\n3,4,5\n", at: "3:5", says: "more values than the 2"),
        Case(.raggedRow, "a,b\n1,2\n\n3,4\n", at: "3:1", says: "the line is empty, expected 2 values"),
        Case(.raggedRow, "a,b\n\"x\ny\",2\n3\n", at: "4:1", says: "1 of 2 values"),
        Case(.bareQuote, "name\nThe \"A\" Team\n", at: "2:5", says: "inside a value without quotes in column \"name\""),
        Case(.bareQuote, "na\"me\n", at: "1:3", says: "in column 1"),
        Case(.bareQuote, "a,b\nÄpfel,x \"y\"\n", at: "2:9", says: "in column \"b\""),
        Case(.textAfterQuote, "a,b\n\"x\"y,2\n", at: "2:4", says: "after a value's closing quote in column \"a\""),
        Case(.textAfterQuote, "a,b\n\"x\" ,2\n", at: "2:4", says: "expected a separator"),
        Case(.unterminatedQuote, "a,b\n1,\"two\n3,4\n", at: "2:3", says: "no closing one"),
        Case(.unterminatedQuote, "a\n\"x\"\"", at: "2:1", says: "in column \"a\""),
        Case(.lineEnd, "a,b\r1,2\r", at: "1:4", says: "carriage return (CR) alone"),
        Case(.nul, "a,b\n1,\0\n", at: "2:3", says: "NUL byte"),
        Case(.encoding, bytes: [0xFF, 0xFE, 0x61, 0, 0x0A, 0], at: "1:1", says: "looks like UTF-16"),
        Case(.encoding, bytes: [0xFE, 0xFF, 0, 0x61, 0, 0x0A], at: "1:1", says: "Save it as \"CSV UTF-8\""),
        Case(.encoding, bytes: [0x61, 0, 0x0A, 0, 0x31, 0], at: "1:1", says: "looks like UTF-16"),
        Case(.encoding, bytes: [0, 0x61, 0, 0x0A, 0, 0x31], at: "1:1", says: "looks like UTF-16"),
        Case(
            .encoding,
            bytes: Array("a\nGen".utf8) + [0xE8] + Array("ve\n".utf8),
            at: "2:4",
            says: "0xE8, which is no UTF-8; in Windows-1252 it is \"è\""
        ),
        Case(.encoding, bytes: Array("a\nÄ".utf8) + [0x80, 0x0A], at: "2:2", says: "in Windows-1252 it is \"€\""),
        Case(.encoding, bytes: Array("a\nx".utf8) + [0x81, 0x0A], at: "2:2", says: "0x81, which is no UTF-8. Save"),
    ]

    @Test("names the place, the fault and the remedy", arguments: cases)
    func faults(of file: Case) {
        let fault = #expect(throws: CSVFault.self) { try CSVTable(file.bytes, name: "groups.csv") }
        #expect(fault?.code == file.code)
        let message = fault?.description ?? ""
        #expect(message.hasPrefix("groups.csv:\(file.place): "), "\(message)")
        #expect(message.contains(file.says), "\(message)")
        #expect(message.hasSuffix("."))
    }
}
