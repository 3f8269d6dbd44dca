import Testing

@testable import HeraldCommands

@Suite struct HTMLLinesTests {
    private func text(_ html: String, _ width: Int? = nil) -> String {
        HTMLLines.lines(of: html, width: width).joined(separator: "\n")
    }

    @Test func `paragraphs stand apart, and white space counts once`() {
        #expect(
            text("<p>Hello\n  <b>you</b>,</p>\n<p>rest &amp; <i>recharge</i>.<br>Now.</p>")
                == "Hello you,\n\nrest & recharge.\nNow."
        )
    }

    @Test func `headings are underlined`() {
        #expect(text("<h1>Rest</h1><p>a</p><h2>More</h2><p>b</p>") == "Rest\n====\n\na\n\nMore\n----\n\nb")
    }

    @Test func `lists are marked and indented, whatever is in them`() {
        #expect(
            text(
                "<p>Do:</p><ul><li>one</li><li>two<ol><li>a</li><li>b</li></ol></li><li><p>three</p></li></ul><p>end</p>"
            )
                == "Do:\n\n- one\n- two\n  1. a\n  2. b\n- three\n\nend"
        )
    }

    @Test func `links show their addresses, once`() {
        #expect(
            text(#"<p>See <a href="https://example.com/a?b=1&amp;c=2">this page</a> now.</p>"#)
                == "See this page <https://example.com/a?b=1&c=2> now."
        )
        #expect(text(#"<a href="https://example.com">https://example.com</a>"#) == "https://example.com")
        #expect(text(#"<a href='mailto:a@example.com'>a@example.com</a>"#) == "a@example.com")
    }

    @Test func `tables are set in columns`() {
        #expect(
            text("<table><tr><th>Day</th><th>What</th></tr><tr><td>Monday</td><td>Rest</td></tr></table><p>x</p>")
                == "Day     What\nMonday  Rest\n\nx"
        )
        #expect(
            text(
                "<table><tr><td>\(String(repeating: "a", count: 15))</td><td>\(String(repeating: "b", count: 15))</td></tr></table>",
                20
            )
                == "\(String(repeating: "a", count: 15)) |\n\(String(repeating: "b", count: 15))"
        )
    }

    @Test func `pictures, rules, quotations and text as it is`() {
        let html = #"<img src="cid:x" alt="A poster"><hr><blockquote>said</blockquote>"# + "<pre>a  b\n  c</pre>"
        let rule = String(repeating: "-", count: 40)
        #expect(text(html) == "[picture: A poster]\n\n\(rule)\n\n> said\n\na  b\n  c")
    }

    @Test func `what is not for reading is left out`() {
        #expect(
            text("<head><title>x</title></head><style>p{}</style><!-- no --><p>yes</p><script>no()</script>") == "yes"
        )
    }

    @Test func `long lines are broken at spaces, and wide characters count twice`() {
        #expect(text("<p>one two three four five six</p>", 20) == "one two three four\nfive six")
        #expect(text("<p>研究開発部 研究開発部</p>", 20) == "研究開発部\n研究開発部")
        #expect(HTMLLines.lines(ofText: "a\r\n\nb c", width: nil) == ["a", "", "b c"])
    }

    @Test(
        "no HTML is too broken",
        arguments: [
            "<", "<a", "<a href=", "<a href='x", "</", "<!--", "&", "&amp", "&#x;", "<table><td>x", "<li>x",
            "</ul></ol>", "<script>", "a < b", "<p/><p>",
        ]
    )
    func broken(html: String) {
        _ = text(html, 20)
        #expect(text(html + "<p>end</p>", nil).hasSuffix("end") || html.hasPrefix("<") || html.hasPrefix("&"))
    }

    @Test func `lines that differ are told by their signs`() {
        #expect(LineDiff.lines(from: ["a", "b", "c"], to: ["a", "x", "c", "d"]) == ["- b", "+ x", "+ d"])
        #expect(LineDiff.lines(from: ["a"], to: ["a"]).isEmpty)
    }
}
