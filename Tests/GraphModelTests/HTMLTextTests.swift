import GraphModel
import Testing

@Suite struct HTMLTextTests {
    @Test(
        arguments: [
            ("<p>Hello&nbsp;<b>you</b></p><p>Rest &amp; recharge</p>", "Hello you\r\nRest & recharge"),
            ("  a \n\t b  ", "a b"),
            ("<html><head><title>x</title><style>p{}</style></head><body>y</body></html>", "y"),
            ("<style>p{}</style>a<script>alert('</p>')</script>b", "ab"),
            ("a<br>b<br/><br />c", "a\r\nb\r\nc"),
            ("<ul><li>one</li><li>two</li></ul>", "one\r\ntwo"),
            ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\r\n3"),
            ("&lt;b&gt; &#8364;&#x20AC;&euro; &auml;&Ouml; &hellip;", "<b> €€€ äÖ …"),
            ("a &unknown; b &amp c & d", "a &unknown; b & c & d"),
            ("1 < 2 and <3", "1 < 2 and <3"),
            ("a<!-- <p>hidden</p> -->b", "ab"),
            ("<a href=\"x>y\" title='>'>link</a>", "link"),
            ("it's <p title=it's>so</p>", "it's\r\nso"),
            ("<p>unclosed", "unclosed"),
            ("<div", ""),
            ("<", "<"),
            ("\u{A0}x\u{A0}", "x"),
            ("&#0;&#xD800;", "\u{FFFD}\u{FFFD}"),
            ("日本語<br>😀", "日本語\r\n😀"),
            ("", ""),
        ]
    )
    func `the text of HTML`(html: String, text: String) {
        #expect(HTMLText.preview(html, isHTML: true) == text)
        #expect(HTMLText.plainText(html) == text)
    }

    @Test func `a body that is text keeps its angle brackets`() {
        #expect(HTMLText.preview("a <b>\n\n  c\u{A0}d ", isHTML: false) == "a <b>\r\nc d")
    }

    @Test func `a preview has 255 UTF-16 units at most and ends behind a whole character`() {
        #expect(HTMLText.preview(String(repeating: "x", count: 300), isHTML: true).utf16.count == 255)
        // A family of four is 11 units; 23 of them are 253.
        let family = "👨‍👩‍👧‍👦"
        #expect(
            HTMLText.preview(String(repeating: family, count: 40), isHTML: false)
                == String(repeating: family, count: 255 / family.utf16.count)
        )
        let words = String(repeating: "ab ", count: 200)
        let preview = HTMLText.preview(words, isHTML: true)
        #expect(preview.utf16.count <= 255 && !preview.hasSuffix(" "))
    }

    @Test func `a preview reads no more of a body than it needs`() {
        let body = "<p>" + String(repeating: "word ", count: 800_000) + "</p>"
        for _ in 0..<1000 { #expect(HTMLText.preview(body, isHTML: true).utf16.count == 254) }
    }

    @Test func `any bytes make some text`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = ["<", ">", "&", ";", "\"", "'", "<!--", "-->", "p", "/", "script", "style", "head", "#", "é", " "]
        for _ in 0..<3000 {
            let html = (0..<Int.random(in: 0...24, using: &generator)).map { _ in pieces.randomElement() ?? "" }
                .joined()
            let text = HTMLText.plainText(html)
            #expect(text.utf8.count <= html.utf8.count * 2)
            _ = HTMLSanitizer.clean(html)
        }
    }
}
