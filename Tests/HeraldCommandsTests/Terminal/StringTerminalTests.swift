import Testing

@testable import HeraldCommands

@Suite struct StringTerminalTests {
    @Test(
        "counts columns as a terminal does",
        arguments: [
            ("abc", 3), ("Ünï", 3), ("e\u{301}", 1), ("人事部", 6), ("ｶﾅ", 2), ("ＡＢ", 4), ("인사", 4), ("한", 2), ("🎉", 2),
            ("👨‍👩‍👧‍👦", 2), ("🏳️‍🌈", 2), ("🇨🇭", 2), ("♟️", 2), ("✓", 1), ("1", 1), ("ไทย", 3), ("ที่", 1), ("का", 2), ("العربية", 7),
            ("a\u{200B}b", 2), ("", 0),
        ]
    )
    func columns(text: String, expected: Int) {
        #expect(text.terminalColumns == expected)
    }

    @Test(
        "cuts between characters, within the columns",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 4, "abc…"), ("人事部長", 5, "人事…"), ("人事部長", 4, "人…"), ("ab", 1, "…"),
            ("ab", 0, ""),
        ]
    )
    func cuts(text: String, columns: Int, expected: String) {
        #expect(text.shortened(toColumns: columns) == expected)
    }

    @Test func `escapes what steers a terminal`() {
        let text = "a\u{1B}[31m\u{7}\u{9B}\u{202E}\r\n\tb\u{7F}é🎉"
        #expect(
            text.escapingControls(keepingLines: false)
                == #"a\u{1B}[31m\u{7}\u{9B}\u{202E}\r\n\tb\u{7F}é🎉"#
        )
        #expect("a\n\tb\r".escapingControls(keepingLines: true) == "a\n\tb\\r")
    }

    @Test(
        "says spans of time in two units",
        arguments: [
            (Duration.zero, "0 s"), (.milliseconds(440), "440 ms"), (.seconds(3), "3 s"),
            (.milliseconds(9_960), "10 s"),
            (.seconds(42), "42 s"), (.seconds(200), "3 min 20 s"), (.seconds(3_600), "1 h"),
            (.seconds(3_930), "1 h 6 min"),
        ]
    )
    func spans(span: Duration, expected: String) {
        #expect(span.spoken == expected)
    }

    @Test(
        "groups digits",
        arguments: [(0, "0"), (999, "999"), (2_000, "2,000"), (-1_234_567, "-1,234,567")]
    )
    func grouped(number: Int, expected: String) {
        #expect(number.grouped == expected)
    }
}
