import GraphModel
import Testing

// Reference, section 7: body rewriting.
@Suite struct HTMLWrappingTests {
    @Test(arguments: [
        ("", ""), ("a < b", "a < b"), ("<b>x</b>", "<b>x</b>"), (#"<p id="a">"#, #"<p id="x_a">"#),
        ("<p class='c' ID = 'a' x>", "<p class='c' ID = 'x_a' x>"), ("<p id=a/>", "<p id=x_a/>"),
        ("<p id>", "<p id>"), (#"<p id="">"#, #"<p id="">"#),
        (#"<p data-id="a" idx="b">"#, #"<p data-id="a" idx="b">"#),
        (#"<a title="<p id='a'>" id="b">"#, #"<a title="<p id='a'>" id="x_b">"#),
        (#"<!-- <p id="a"> --><p id="b">"#, #"<!-- <p id="a"> --><p id="x_b">"#),
        (#"<!--><p id="a">"#, #"<!--><p id="x_a">"#), (#"<!-- x --!><p id="a">"#, #"<!-- x --!><p id="x_a">"#),
        (#"</p id="a">"#, #"</p id="a">"#), (#"<p id="é"><i id=ü>"#, #"<p id="x_é"><i id=x_ü>"#),
        ("<p id=\"a", "<p id=\"x_a"), ("<", "<"), ("<!", "<!"), ("<p id=", "<p id="),
    ])
    func `a text becomes a page, its ids beginning with x_`(_ html: String, _ marked: String) {
        #expect(HTMLWrapping.wrap(html) == "<html><body><div>\(marked)</div></body></html>")
    }

    @Test(arguments: [
        (#"<html><body id="a">x</body></html>"#, #"<html><body id="x_a">x</body></html>"#),
        ("\n<!DOCTYPE html><HTML></HTML>", "\n<!DOCTYPE html><HTML></HTML>"),
    ])
    func `a page stays one`(_ html: String, _ marked: String) {
        #expect(HTMLWrapping.wrap(html) == marked)
    }
}
