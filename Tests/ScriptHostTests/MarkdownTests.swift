import GraphModel
import Testing

@testable import ScriptHost

/// Markdown becomes HTML with the template's tags where they stand.
@Suite struct MarkdownTests {
    private func rendered(_ markdown: String, _ values: [String: JSONValue]) throws -> String {
        let template = try Template(try Markdown(markdown).html, escaping: .html)
        return try template.render(TemplateObject(members: values))
    }

    @Test(
        "Markdown is as GitHub has it",
        arguments: [
            ("# Hello\n\nworld", "<h1>Hello</h1>\n<p>world</p>\n"),
            ("~~old~~ *new*", "<p><del>old</del> <em>new</em></p>\n"),
            (
                "see https://contoso.example/a",
                "<p>see <a href=\"https://contoso.example/a\">https://contoso.example/a</a></p>\n"
            ),
            ("- [x] done\n- [ ] open", "<ul>\n<li>☑ done</li>\n<li>☐ open</li>\n</ul>\n"),
            (
                "| a |\n|---|\n| b |",
                "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"
            ),
            ("![logo](cid:logo.png)", "<p><img src=\"cid:logo.png\" alt=\"logo\" /></p>\n"),
            ("[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n"),
            ("", ""), ("人事部 🎉", "<p>人事部 🎉</p>\n"),
        ]
    )
    func conversion(markdown: String, html: String) throws {
        #expect(try Markdown(markdown).html == html)
    }

    @Test(
        "HTML in it is shown as text, and its comments are left out",
        arguments: [
            ("a <b>bold</b>", "<p>a &lt;b&gt;bold&lt;/b&gt;</p>\n"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("<div>\n*x*\n</div>", "<p>&lt;div&gt;\n*x*\n&lt;/div&gt;</p>\n"), ("a <!-- b --> c", "<p>a  c</p>\n"),
            ("<!-- b -->\n\nc", "<p>c</p>\n"),
        ]
    )
    func rawHTML(markdown: String, html: String) throws {
        #expect(try Markdown(markdown).html == html)
    }

    @Test(
        "values are neither Markdown nor HTML",
        arguments: ["*x* <b>", "# x", "[a](javascript:b)", "`x`", "| a | b |", "~~x~~", "{{displayName}}", "a\n\n- b"]
    )
    func values(value: String) throws {
        #expect(
            try rendered(
                "# Hello {{displayName}}\n\n**{{displayName}}**, `{{displayName}}`",
                [
                    "displayName": .string(value)
                ]
            )
                == "<h1>Hello \(value.htmlEscaped)</h1>\n<p><strong>\(value.htmlEscaped)</strong>, <code>\(value.htmlEscaped)</code></p>\n"
        )
    }

    @Test(
        "sections come through",
        arguments: [
            ("Hello{{#name}} {{name}}{{/name}}!", "<p>Hello Ann!</p>\n", "<p>Hello!</p>\n"),
            (
                "a\n{{#name}}\nb {{name}}\n{{/name}}\nc", "<p>a</p>\n<p>b Ann</p>\n<p>c</p>\n",
                "<p>a</p>\n<p>c</p>\n"
            ),
            ("{{#name}}\n# {{name}}\n\n- x\n{{/name}}", "<h1>Ann</h1>\n<ul>\n<li>x</li>\n</ul>\n", ""),
            ("{{! a\ncomment }}\nb", "<p>b</p>\n", "<p>b</p>\n"),
            (
                "[{{name}}x](https://contoso.example/{{^name}}y{{/name}}z)",
                "<p><a href=\"https://contoso.example/z\">Annx</a></p>\n", nil
            ),
        ] as [(String, String, String?)]
    )
    func sections(markdown: String, shown: String, hidden: String?) throws {
        #expect(try rendered(markdown, ["name": .string("Ann")]) == shown)
        if let hidden { #expect(try rendered(markdown, ["name": .string("")]) == hidden) }
    }

    @Test func `a section around rows of a table repeats them`() throws {
        let html = try rendered(
            """
            | Who | When |
            |-----|:----:|
            {{#rows}}
            | {{who}} | {{when}} |
            {{/rows}}
            {{^rows}}
            | nobody | never |
            {{/rows}}

            The end.
            """,
            [
                "rows": .array([
                    .object(["who": .string("A|B"), "when": .string("1")]),
                    .object(["who": .string("C"), "when": .string("2")]),
                ])
            ]
        )
        let cells = html.matches(of: #/<td[^>]*>(.*?)<\/td>/#).map { String($0.output.1) }
        #expect(cells == ["A|B", "1", "C", "2"])
        #expect(html.matches(of: /<tr>/).count == 3 && html.matches(of: /<\/tr>/).count == 3)
        #expect(html.hasSuffix("</table>\n<p>The end.</p>\n"))
    }

    @Test func `in a block of code, lines stay as they are`() throws {
        let html = try rendered("```\na\n{{#x}}\nb\n{{/x}}\n```", ["x": .boolean(true)])
        #expect(html == "<pre><code>a\nb\n</code></pre>\n")
    }

    @Test func `a section's tag that Markdown does not show is a fault`() {
        #expect(throws: Markdown.Fault.self) { try Markdown("{{#x}}a{{/x}} [b]: c\n\n[d]: /{{#x}}{{/x}}") }
    }

    @Test func `what is no tag is text`() throws {
        #expect(try Markdown("a {{ b").html == "<p>a {{ b</p>\n")
    }

    @Test func `too much is a fault`() {
        #expect(throws: Markdown.Fault.self) { try Markdown(String(repeating: "x", count: Markdown.maximumSize + 1)) }
    }

    @Test(
        "what is hard to read is read",
        arguments: [
            "[", "*a _b ", "<", "![", "`", "~~", "| ", "www.", "a@", "\\", "> ", "- ", "&", "<!--", "[a](", "http://",
            "**x ", "_x *y ", "|-", "{{x}}", "\t- ", "<?", "![[](",
        ]
    )
    func hostile(unit: String) throws {
        let text = String(repeating: unit, count: (Markdown.maximumSize - 20) / unit.utf8.count)
        _ = try Markdown(text)
        _ = try Markdown("| a |\n|---|\n" + text)
    }

    @Test(
        "an escaped text shows as it is",
        arguments: ["*x* <b> & [a](b)", "# x", "1. x", "www.contoso.example", "a_b_c `d` ~~e~~ \\ |f|", "- x", "{{x}}"]
    )
    func escaped(text: String) throws {
        let html = try Markdown("**Name:** " + Markdown.escaped(text)).html
        #expect(html == "<p><strong>Name:</strong> \(text.htmlEscaped.replacing("&#39;", with: "'"))</p>\n")
    }
}
