import GraphModel
import Testing

@testable import ScriptHost

@Suite struct TemplateTests {
    private func render(
        _ source: String,
        _ values: [String: JSONValue],
        _ escaping: Template.Escaping = .none
    ) throws
        -> String
    {
        try Template(source, escaping: escaping).render(TemplateObject(members: values))
    }

    @Test func `variables stand for their values`() throws {
        let text = try render(
            "{{name}} has {{ count }} of {{a.b}}: {{Группа}}",
            ["name": "Contoso", "count": .integer(3), "a": .object(["b": "four"]), "Группа": "да"]
        )
        #expect(text == "Contoso has 3 of four: да")
    }

    @Test func `html escapes what {{name}} stands for, and nothing else`() throws {
        let values: [String: JSONValue] = ["x": .string("<a href=\"x\">R&D's</a>"), "q": .string("\"\u{301}>")]
        #expect(
            try render("<p>{{x}}</p>", values, .html) == "<p>&lt;a href=&quot;x&quot;&gt;R&amp;D&#39;s&lt;/a&gt;</p>"
        )
        #expect(try render("{{{x}}}{{&x}}", values, .html) == "<a href=\"x\">R&D's</a><a href=\"x\">R&D's</a>")
        #expect(try render("{{x}}", values) == "<a href=\"x\">R&D's</a>")
        // One character to Swift, a quotation mark to a browser.
        #expect(try render("{{q}}", values, .html) == "&quot;\u{301}&gt;")
    }

    @Test func `a missing variable is named; an empty one is a value`() throws {
        #expect(throws: Template.MissingVariable(name: "b")) { try render("{{a}} {{b}}", ["a": ""]) }
        #expect(throws: Template.MissingVariable(name: "a.c")) { try render("{{a.c}}", ["a": .object([:])]) }
        #expect(throws: Template.MissingVariable(name: "n")) { try render("{{n}}", ["n": .null]) }
        #expect(try render("[{{a}}]", ["a": ""]) == "[]")
    }

    @Test func `a missing section is left out, and so is one whose text is empty`() throws {
        let source = "{{#nick}}({{nick}}){{/nick}}{{^nick}}-{{/nick}}"
        #expect(try render(source, [:]) == "-")
        #expect(try render(source, ["nick": ""]) == "-")
        #expect(try render(source, ["nick": "Ann"]) == "(Ann)")
    }

    /// The text, or what is wrong.
    private func outcome(_ source: String, _ values: [String: JSONValue], _ escaping: Template.Escaping) -> String {
        do { return try render(source, values, escaping) } catch { return "error: \(error)" }
    }

    @Test(arguments: [
        "{{a}}", "x{{a}}y", "\n {{a}} \n", "{{a}}{{{a}}}{{&a}}", "{{yes}} {{n}}", "{{list}}", "{{o}}", "{{o.b}}\r\n",
        "{{gone}}",
        "{{empty}}{{gone}}", "{{.}}", "a\n{{a}}\nb", "{ {{a}} }", "{{ a }}\t{{ \u{e9} }}", "  \n{{a}}",
    ])
    func `texts and values in turn come out as the library renders them`(source: String) {
        let values: [String: JSONValue] = [
            "a": "<R&D> \"\u{301}", "yes": .boolean(true), "n": .integer(-3), "list": .array(["x"]), "empty": "",
            "o": .object(["b": "c"]), "\u{e9}": "acute",
        ]
        for escaping in [Template.Escaping.html, .none] {
            // What has a section goes to the library.
            let (plain, library) = (
                outcome(source, values, escaping), outcome(source + "{{#x}}{{/x}}", values, escaping)
            )
            #expect(plain == library)
        }
    }

    @Test func `a section's tag alone on its line takes the line with it, the first line as any other`() throws {
        let values: [String: JSONValue] = ["a": .boolean(true)]
        #expect(try render("{{#a}}\nx\n{{/a}}\ny", values) == "x\ny")
        #expect(try render("\n{{#a}}x{{/a}}\n", values) == "\nx\n")
        #expect(try render(" \n{{#a}}x{{/a}}", values) == " \nx")
        #expect(try render("y\n{{#a}}\nx\n{{/a}}\n", values) == "y\nx\n")
    }

    @Test func `sections loop over lists and reach what is outside them`() throws {
        let values: [String: JSONValue] = [
            "company": "Contoso",
            "people": .array([.object(["name": "A"]), .object(["name": "B"])]),
            "tags": .array(["x", "y"]),
            "empty": .array([]),
            "yes": .boolean(true),
        ]
        #expect(try render("{{#people}}{{name}}@{{company}} {{/people}}", values) == "A@Contoso B@Contoso ")
        #expect(try render("{{#tags}}{{.}},{{/tags}}", values) == "x,y,")
        #expect(try render("{{^empty}}none{{/empty}}{{#yes}}!{{/yes}}", values) == "none!")
        #expect(throws: Template.MissingVariable(name: "age")) {
            try render("{{#people}}{{age}}{{/people}}", values)
        }
    }

    @Test(
        "a malformed template is refused with its line",
        arguments: [
            ("a\n{{b", "line 2 of the template: a tag begins with '{{' and does not end; close it with '}}'"),
            ("{{#a}}\nx", "line 1 of the template: {{#a}} is not closed; end it with {{/a}}"),
            ("{{/a}}", "line 1 of the template: {{/a}} closes a section that was not opened"),
            ("{{#a}}{{/b}}", "line 1 of the template: {{/b}} stands where {{/a}} was expected, opened on line 1"),
            ("{{}}", "line 1 of the template: a tag has no name"),
        ]
    )
    func malformed(source: String, message: String) {
        let fault = #expect(throws: Template.Fault.self) { try Template(source, escaping: .none) }
        #expect(fault?.message == message)
    }

    @Test func `what a function has rendered is text, braces and all`() throws {
        #expect(try Template(literal: "{{x}}").render(TemplateObject(members: [:])) == "{{x}}")
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Lets tests write strings as they are.
    public init(stringLiteral value: String) { self = .string(value) }
}
