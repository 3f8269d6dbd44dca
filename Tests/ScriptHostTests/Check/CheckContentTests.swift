import LuaRuntime
import Testing

@testable import ScriptHost

/// What is found in what an announcement holds without running it.
@Suite struct CheckContentTests {
    private static let id = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let files: [String: [UInt8]] = [
        "groups.csv": Array("id,displayName\n\(id),Wellness\n".utf8),
        "languages.csv": Array("id,preferredLanguage\n\(id),fr\n\(id),de-AT\n".utf8),
        "names.csv": Array("name\nx\n".utf8), "logo.png": [0x89, 0x50], "empty.txt": [],
        "large.bin": [UInt8](repeating: 1, count: (3 << 20) + 1),
    ]

    /// The findings as lines: `1:5 error unknownGlobal: message (hint)`.
    private func findings(_ source: String) -> [String] {
        let check = ScriptCheck(Array(source.utf8)) { path in
            Self.files[path].map { .success($0) }
                ?? .failure(HostError(code: "fileNotFound", message: "\(path): no such file beside the script"))
        }
        return check.findings.map { finding in
            "\(finding.line):\(finding.column) \(finding.severity) \(finding.code): \(finding.message)"
                + (finding.hint.map { " (\($0))" } ?? "")
        }
    }

    private func announced(
        _ more: String = "",
        topic: String = "'T'",
        body: String = "'B'",
        to: String = "{}"
    ) -> [String] {
        findings("announce { name = 'n', to = \(to), topic = \(topic), body = \(body), \(more) }")
            .map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test(
        "files and pictures that are not there, or are too large, are found",
        arguments: [
            ("file 'a.png'", "1:6 error badFile: a.png: no such file beside the script"),
            (
                "file('large.bin', {})",
                "1:6 error badFile: attachment 'large.bin' has 3145729 bytes; Graph takes 3145728 at most"
            ),
            (
                "file('logo.png', { nam = 'x' })",
                "1:20 error unknownField: file: argument 2 (options) has no field 'nam' (did you mean 'name'?)"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = 'b', attachments = { file 'empty.txt' } }",
                "1:79 error badFile: attachment 'empty.txt' is empty"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = html '<img src=\"cid:a.png\">' }",
                "1:58 error badFile: the body shows 'cid:a.png', and there is no such picture: a.png: no such file beside the script"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = { en = markdown '![x](cid:a.png)' } }",
                "1:69 error badFile: the body shows 'cid:a.png', and there is no such picture: a.png: no such file beside the script"
            ),
            (
                "announce { name = 'n', to = {}, topic = 't', body = markdown '{{#x}}a{{/x}}\\n\\n[d]: /{{#x}}{{/x}}' }",
                "1:62 error badTemplate: {{#x}} stands where Markdown shows no text; move it into a paragraph"
            ),
            ("markdown '{{#x}}'", nil),
        ] as [(String, String?)]
    )
    func files(source: String, finding: String?) {
        #expect(findings(source) == (finding.map { [$0] } ?? []))
    }

    @Test func `languages that one text lacks are found, and those of groups`() {
        #expect(
            announced(topic: "{ en = 'a' }", body: "{ en = 'a', de = html '{{x}}' }", to: "csv.read 'languages.csv'")
                == [
                    "error missingLanguage: 'topic' lacks what 'body' has in de (give every language for both)",
                    "error missingLanguage: languages.csv has a group for which there is no text: it prefers 'fr', and the languages are de, en; add it, or name a fallback",
                    "error unknownVariable: {{x}} stands for nothing: languages.csv has no column 'x' (it has id, preferredLanguage)",
                ]
        )
        #expect(
            announced(body: "{ en = 'a' }", to: "csv.read 'groups.csv'") == [
                "error missingLanguage: groups.csv has no column 'preferredLanguage' to choose the language by (add it, or name a fallback: fallback = \"en\")"
            ]
        )
        #expect(
            announced(body: "{ en = 'a', fallback = 'de' }") == [
                "error missingLanguage: 'body': the fallback 'de' is none of its languages (they are en)"
            ]
        )
        #expect(
            announced(body: "{ english = 'a' }") == [
                "error unknownField: 'body': 'english' is no language (write en or [\"de-AT\"])"
            ]
        )
        #expect(announced(body: "{ fr = 'a', ['de'] = 'b', fallback = 'fr' }", to: "csv.read 'languages.csv'") == [])
        #expect(announced(topic: "{ fr = 'a', de = 'b' }", body: "html 'x'", to: "csv.read 'languages.csv'") == [])
    }

    @Test func `the tables within an announcement have their fields`() {
        #expect(
            announced("window = { form = '08:00' }") == [
                "error unknownField: announce: field 'window' has no field 'form' (did you mean 'from'?)"
            ]
        )
        #expect(
            announced("participants = { 'a@contoso.example', { nme = 'A', address = 'a@contoso.example' } }") == [
                "error unknownField: announce: field 'participants', entry 2 has no field 'nme' (did you mean 'name'?)"
            ]
        )
        #expect(
            announced(
                "participants = { { emailAddress = { address = 'a@contoso.example' } } }, window = { from = '08:00', to = '18:00', zone = 'UTC', days = 'Mon-Fri' }"
            ) == []
        )
    }

    @Test func `what is said about waves needs them`() {
        let found = announced("pause = '1m', confirm = true")
        #expect(found.count == 2 && found.allSatisfy { $0.contains("'waves' is missing") })
        #expect(announced("pause = '1m', confirm = true, waves = { 1, 'rest' }") == [])
        #expect(announced("confirm = false") == [])
    }

    @Test func `onChange and except are read`() {
        #expect(
            announced("onChange = 'nwe'") == [
                "error wrongKind: announce: field 'onChange' is \"skip\", \"reply\" or \"new\", not \"nwe\" (did you mean 'new'?)"
            ]
        )
        #expect(announced("onChange = 'reply', except = csv.read 'groups.csv'") == [])
        #expect(
            announced("except = csv.read 'names.csv'") == [
                "error missingColumn: names.csv has no column 'id' to say which group a row means (it has name)"
            ]
        )
        #expect(announced("except = 'x'") == ["error wrongKind: announce: field 'except' must be a list, not a string"])
    }

    @Test func `what an announcement reads is a capability`() {
        let source = "announce { name = 'n', to = {}, topic = 't', body = html '<img src=\"cid:logo.png\">' }"
        let check = ScriptCheck(Array(source.utf8)) { _ in .success([1]) }
        #expect(check.capabilities.contains(ScriptCapability(kind: .readsFile, subject: "logo.png")))
    }
}
