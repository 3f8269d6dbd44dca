import Announcements
import Foundation
import GraphModel
import LuaRuntime
import Testing

@testable import ScriptHost

/// What an announcement may hold, and for whom.
@Suite struct AnnounceContentTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]

    private let world: ScriptWorld
    private let groups = ScriptWorld.groups

    init() async throws {
        world = try await ScriptWorld()
        try world.write(Self.png, to: "logo.png")
    }

    /// The message of the error that a script ends with.
    private func fault(_ script: String) async throws -> String {
        let error = await #expect(throws: LuaError.self) { try await world.run(script) }
        #expect(world.tallies.isEmpty)
        return error?.message ?? ""
    }

    private func attachments(of group: String, post: Int = 0) async throws -> [JSONValue] {
        let posts = try await world.posts(of: group)
        return try #require(posts.indices.contains(post) ? posts[post]["attachments"]?.elements : nil)
    }

    // MARK: Attachments

    @Test func `files are attached under their names, with their types`() async throws {
        try FileManager.default.createDirectory(
            at: world.folder.appending(path: "img"),
            withIntermediateDirectories: true
        )
        try world.write(Self.png, to: "img/a.png")
        try await world.run(
            """
            announce { name = "a", to = csv.read "groups.csv", topic = "T", body = text "B", attachments = {
              "groups.csv", file "img/a.png", file("groups.csv", { name = "All.csv" }),
              { ["@odata.type"] = "#microsoft.graph.fileAttachment", name = "own.txt", contentBytes = "aGVsbG8=" },
            } }
            """
        )
        for group in groups {
            let attached = try await attachments(of: group)
            #expect(attached.map { $0["name"]?.string } == ["groups.csv", "a.png", "All.csv", "own.txt"])
            #expect(attached.prefix(3).map { $0["contentType"]?.string } == ["text/csv", "image/png", "text/csv"])
            #expect(attached[1]["contentBytes"]?.string == Data(Self.png).base64EncodedString())
            #expect(attached.allSatisfy { $0["isInline"] == .boolean(false) })
        }
    }

    @Test(
        "an attachment that cannot be is named",
        arguments: [
            ("\"none.png\"", "none.png: no such file"), ("file \"../x\"", "../x: a script reads files below"),
            ("file \"large.bin\"", "attachment 'large.bin' has 3145729 bytes; Graph takes 3145728 at most"),
            ("file \"empty.txt\"", "attachment 'empty.txt' is empty"), ("5", "'attachments' is a list of files"),
            ("{ name = \"x\", contentBytes = \"?\" }", "attachment 'x': its contentBytes are no base64"),
            ("\"two.bin\", \"two.bin\"", "the post with what is attached to it has"),
        ]
    )
    func badAttachment(list: String, says: String) async throws {
        try world.write([UInt8](repeating: 0, count: (3 << 20) + 1), to: "large.bin")
        try world.write([UInt8](repeating: 0, count: 2 << 20), to: "two.bin")
        try world.write("", to: "empty.txt")
        let message = try await fault(
            "announce { name = 'a', to = csv.read 'groups.csv', topic = 'T', body = 'B', attachments = { \(list) } }"
        )
        #expect(message.contains(says))
    }

    @Test func `a changed attachment is changed content`() async throws {
        let script = """
            local r = announce { name = "a", to = csv.read "groups.csv", topic = "T", body = "B", attachments = { "a.txt" } }
            print(r.sent, r.already, r.changed)
            """
        try world.write("one", to: "a.txt")
        try await world.run(script)
        try await world.run(script)
        try world.write("two", to: "a.txt")
        #expect(try await world.run(script) == "2\t0\t0\n0\t2\t0\n0\t0\t2\n")
    }

    // MARK: Pictures

    @Test func `what a body shows is attached by itself, once`() async throws {
        try await world.run(
            """
            announce { name = "a", to = csv.read "groups.csv", topic = "T",
              body = html [[<p>cid:text</p><img src="cid:logo.png"><IMG alt=x SRC='CID:logo.png'>]] }
            """
        )
        let attached = try await attachments(of: groups[1])
        #expect(attached.map { $0["contentId"]?.string } == ["logo.png"])
        #expect(attached[0]["isInline"] == .boolean(true) && attached[0]["contentType"]?.string == "image/png")
    }

    @Test func `each group gets the pictures that its own body shows`() async throws {
        try world.write(Self.png + [1], to: "south & co.png")
        try world.write(
            "id,picture\n\(groups[0]),logo.png\n\(groups[1]),south & co.png\n",
            to: "pictures.csv"
        )
        try await world.run(
            """
            announce { name = "a", to = csv.read "pictures.csv", topic = "T", body = html [[<img src="cid:{{picture}}">]],
              attachments = { "groups.csv", "logo.png" } }
            """
        )
        let (north, south) = (try await attachments(of: groups[0]), try await attachments(of: groups[1]))
        #expect(north.map { $0["name"]?.string } == ["groups.csv", "logo.png"])
        #expect(north.map { $0["isInline"] } == [.boolean(false), .boolean(true)])
        #expect(south.map { $0["name"]?.string } == ["groups.csv", "logo.png", "south & co.png"])
        #expect(south[2]["contentId"]?.string == "south & co.png")
    }

    @Test func `a picture that is not there is named, and nothing is sent`() async throws {
        let message = try await fault(
            "announce { name = 'a', to = csv.read 'groups.csv', topic = 'T', body = html '<img src=\"cid:none.png\">' }"
        )
        #expect(
            message.contains("groups.csv:2, group \(groups[0]): the body shows 'cid:none.png', and there is no such")
        )
        #expect(message.contains("(and 1 more with this fault)"))
    }

    @Test func `an attachment of the script's own may be what is shown`() async throws {
        try await world.run(
            """
            announce { name = "a", to = { args[1] }, topic = "T", body = markdown "![x](cid:own)", attachments = { {
              ["@odata.type"] = "#microsoft.graph.fileAttachment", name = "x.png", contentBytes = "aGVsbG8=",
              isInline = true, contentId = "own",
            } } }
            """,
            arguments: [groups[0]]
        )
        #expect(try await attachments(of: groups[0]).map { $0["contentId"]?.string } == ["own"])
    }

    @Test(
        "pictures are found where HTML shows them",
        arguments: [
            (#"<img src="cid:a.png"><img src=cid:b.png>"#, ["a.png", "b.png"]),
            (
                #"<td background='cid:a.png' style="background: url('cid:b.png'), url(cid:c.png)">"#,
                ["a.png", "b.png", "c.png"]
            ),
            (#"<img src="cid:my%20logo.png">"#, ["my logo.png"]), (#"<img src="cid:R&amp;D.png">"#, ["R&D.png"]),
            (#"<p>cid:a.png</p>"#, []), (#"<!-- <img src="cid:a.png"> -->"#, []), (#"<img alt="say cid:a">"#, []),
            (#"<img alt=">" src="cid:a.png">"#, ["a.png"]), (#"<img src="acid:a.png">"#, []), ("1 < 2 cid:", []),
            ("<a b=", []),
        ]
    )
    func pictures(html: String, ids: [String]) {
        #expect(ShownPictures.ids(in: html) == ids)
    }

    @Test(
        "a file's type is told by how it begins, and by its name",
        arguments: [
            ("x.png", [0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"), ("x", Array("GIF89a".utf8), "image/gif"),
            ("x.docx", [0x50, 0x4B, 3, 4], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("x.png", [0x50, 0x4B, 3, 4], "application/zip"), ("X.CSV", Array("a,b".utf8), "text/csv"),
            ("x.csv", [0, 1, 2], "application/octet-stream"), ("x", Array("hello".utf8), "text/plain"),
            ("x.pdf", Array("%PDF-1.7".utf8), "application/pdf"), ("x", [0xFF, 0xFE], "application/octet-stream"),
            ("x.svg", Array("<svg/>".utf8), "image/svg+xml"),
        ] as [(String, [UInt8], String)]
    )
    func types(name: String, bytes: [UInt8], type: String) {
        #expect(FileType.contentType(of: bytes, named: name) == type)
    }

    // MARK: Languages

    private func writeLanguages(_ first: String, _ second: String) throws {
        try world.write(
            "id,displayName,PreferredLanguage\n\(groups[0]),North,\(first)\n\(groups[1]),South,\(second)\n",
            to: "languages.csv"
        )
    }

    private static let both = """
        topic = { en = "Rest", de = "Ruhe" }, body = { en = html "<p>Hello {{displayName}}</p>", DE = text "Hallo" },
        """

    @Test func `each group is told in its own language`() async throws {
        try writeLanguages("DE-at", "en")
        try await world.run("announce { name = 'a', to = csv.read 'languages.csv', \(Self.both) }")
        #expect(try await world.topics(of: groups[0]) == ["Ruhe"])
        #expect(try await world.topics(of: groups[1]) == ["Rest"])
        #expect(try await world.posts(of: groups[0])[0]["body"]?["content"]?.string == "Hallo")
        #expect(try await world.posts(of: groups[1])[0]["body"]?["content"]?.string == "<p>Hello South</p>")
    }

    @Test func `who prefers another language, or none, gets the fallback`() async throws {
        try writeLanguages("fr", "")
        try await world.run(
            """
            announce { name = "a", to = csv.read "languages.csv", topic = { en = "Rest", de = "Ruhe", fallback = "EN" },
              body = { en = "x", de = "y" } }
            announce { name = "b", to = { args[1], { id = args[2], preferredLanguage = "de_CH" } }, topic = "T",
              body = { en = "x", de = "y", fallback = "en" } }
            """,
            arguments: groups
        )
        #expect(try await world.topics(of: groups[0]) == ["Rest", "T"])
        let south = try await world.posts(of: groups[1])
        #expect(south.map { $0["body"]?["content"]?.string } == ["x", "y"])
    }

    @Test func `languages without a text are listed, and nothing is sent`() async throws {
        try writeLanguages("fr", "")
        let message = try await fault("announce { name = 'a', to = csv.read 'languages.csv', \(Self.both) }")
        #expect(message.contains("languages.csv:2, group \(groups[0]): it prefers 'fr', and the languages are de, en"))
        #expect(message.contains("languages.csv:3, group \(groups[1]): its preferredLanguage is not known"))
    }

    @Test(
        "a language that one text lacks is named",
        arguments: [
            ("topic = { en = 'a' }, body = { en = 'a', de = 'b' }", "'topic' lacks what 'body' has in de"),
            ("topic = { en = 'a', de = 'b' }, body = { en = 'a' }", "'body' lacks what 'topic' has in de"),
            (
                "topic = 'T', body = { en = 'a', fallback = 'de' }",
                "'body': the fallback 'de' is none of its languages, en"
            ),
            ("topic = 'T', body = { english = 'a' }", "'body': 'english' is no language"),
            ("topic = 'T', body = { en = 'a', EN = 'b' }", "'body' has the language 'en' twice"),
            ("topic = { fallback = 'en' }, body = 'B'", "'topic' has no language"),
            (
                "topic = { en = 'a', de = 'a', fallback = 'en' }, body = { en = 'a', de = 'a', fallback = 'de' }",
                "the fallback of 'topic' is 'en', and that of 'body' is 'de'"
            ),
        ]
    )
    func badLanguages(texts: String, says: String) async throws {
        let message = try await fault("announce { name = 'a', to = csv.read 'groups.csv', \(texts) }")
        #expect(message.contains(says))
    }

    // MARK: Markdown

    @Test func `Markdown is converted once, and values are none`() async throws {
        try world.write("id,displayName\n\(groups[0]),*x* <b>\n", to: "one.csv")
        try await world.run(
            """
            announce { name = "a", to = csv.read "one.csv", topic = "{{displayName}}",
              body = markdown "# Hello {{displayName}}\\n\\n- **rest**" }
            announce { name = "b", to = csv.read "one.csv", topic = "T", body = function(group)
              return markdown("Hello " .. markdown.escape(group.displayName) .. " {{x}}")
            end }
            """
        )
        let posts = try await world.posts(of: groups[0])
        #expect(
            posts.map { $0["body"]?["content"]?.string } == [
                "<h1>Hello *x* &lt;b&gt;</h1>\n<ul>\n<li><strong>rest</strong></li>\n</ul>\n",
                "<p>Hello *x* &lt;b&gt; {{x}}</p>\n",
            ]
        )
        #expect(posts.allSatisfy { $0["body"]?["contentType"]?.string == "html" })
    }

    // MARK: Other content

    @Test(
        "onChange says what groups get that have other content",
        arguments: [
            ("skip", "0\t2\t0\t0", ["one"]), ("reply", "2\t0\t0\t0", ["one", "two"]),
            ("new", "2\t0\t0\t0", ["one", "two"]),
        ]
    )
    func onChange(rule: String, counts: String, texts: [String]) async throws {
        let script = { (text: String) in
            """
            local r = announce { name = "a", to = csv.read "groups.csv", topic = "T", body = "\(text)", onChange = "\(rule)" }
            print(r.sent, r.skipped, r.changed, #r.failures)
            """
        }
        try await world.run(script("one"))
        #expect(try await world.run(script("two")) == "2\t0\t0\t0\n\(counts)\n")
        for group in groups {
            #expect(try await world.posts(of: group).map { $0["body"]?["content"]?.string } == texts)
            #expect(try await world.topics(of: group).count == (rule == "new" ? 2 : 1))
        }
    }

    @Test func `onChange takes three words`() async throws {
        let message = try await fault(
            "announce { name = 'a', to = csv.read 'groups.csv', topic = 'T', body = 'B', onChange = 'report' }"
        )
        #expect(message == "announce: 'onChange' is \"skip\", \"reply\" or \"new\"")
    }

    // MARK: Who is left out

    @Test(
        "except leaves groups out, however they are named",
        arguments: [
            "csv.read 'out.csv'", "{ args[1] }", "{ { id = args[1], displayName = 'x' } }",
            "csv.parse('ID\\n' .. args[1])",
            "(function() local i = 0 return function() i = i + 1 return i == 1 and args[1] or nil end end)()",
        ]
    )
    func except(list: String) async throws {
        try world.write("mail,Id\nx, \(groups[0]) \n", to: "out.csv")
        let output = try await world.run(
            """
            local r = announce { name = "a", to = csv.read "groups.csv", topic = "T", body = "B", except = \(list) }
            print(r.targets, r.sent, r.excluded)
            """,
            arguments: [groups[0]]
        )
        #expect(output == "1\t1\t1\n")
        #expect(try await world.topics(of: groups[0]).isEmpty)
    }

    @Test(
        "a fault in except is named, and nothing is sent",
        arguments: [
            ("{ 'x' }", "'except', entry 1: 'x' is no group id"), ("{ {} }", "'except', entry 1: there is no id"),
            ("csv.parse 'id\\nx\\n'", "csv.parse:2: 'x' is no group id"),
            ("csv.parse 'mail\\nx\\n'", "'except': csv.parse has no column 'id'"),
            ("{ id = 'x' }", "field 'except' must be a list"),
        ]
    )
    func badException(list: String, says: String) async throws {
        let message = try await fault(
            "announce { name = 'a', to = csv.read 'groups.csv', topic = 'T', body = 'B', except = \(list) }"
        )
        #expect(message.contains(says))
    }

    @Test func `suppressed groups are left out of every announcement`() async throws {
        let out = Set(groups.compactMap { GroupID($0) })
        let output = try await world.run(
            """
            for _, name in ipairs { "a", "b" } do
              local r = announce { name = name, to = csv.read "groups.csv", topic = "T", body = "B", except = { args[1] } }
              print(r.targets, r.sent, r.excluded)
            end
            """,
            arguments: [groups[0]],
            suppressed: out
        )
        #expect(output == "0\t0\t2\n0\t0\t2\n")
        #expect(try await world.topics(of: groups[1]).isEmpty)
    }
}
