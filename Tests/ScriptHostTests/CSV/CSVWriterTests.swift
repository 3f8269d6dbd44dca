import Testing

@testable import ScriptHost

@Suite struct CSVWriterTests {
    @Test func `quotes only what must be quoted`() {
        var writer = CSVWriter()
        writer.row(["plain", "a,b", "say \"hi\"", "one\ntwo", "one\rtwo", "", " x; y\t", "=1+1"])
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "plain,\"a,b\",\"say \"\"hi\"\"\",\"one\ntwo\",\"one\rtwo\",, x; y\t,=1+1\n"
        )
    }

    @Test func `writes other separators and line ends`() {
        var writer = CSVWriter(separator: .semicolon, lineEnd: .crlf)
        writer.row(["a;b", "c,d"])
        #expect(writer.take() == Array("\"a;b\";c,d\r\n".utf8))
        #expect(writer.bytes.isEmpty)
    }

    @Test func `what it writes reads back the same`() throws {
        let rows = [["x"], [""], ["\""], ["\r\n"], ["é, \"ü\""], [""]]
        var writer = CSVWriter()
        writer.row(["only"])
        for row in rows { writer.row(row) }
        #expect(try CSVTable(writer.bytes, name: "x.csv").rows.map(\.values) == rows)
    }
}
