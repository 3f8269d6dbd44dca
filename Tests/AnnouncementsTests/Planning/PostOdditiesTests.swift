import GraphModel
import Testing

@testable import Announcements

@Suite struct PostOdditiesTests {
    private func kinds(_ content: String, html: Bool = true) -> Set<PostOddities.Kind> {
        let body = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("topic", "{{ is no matter here")
                writer.name("threads")
                writer.array { writer in
                    writer.object { writer in
                        writer.name("posts")
                        writer.array { writer in
                            writer.object { writer in
                                writer.name("body")
                                writer.object { writer in
                                    writer.member("contentType", html ? "html" : "text")
                                    writer.member("content", content)
                                }
                            }
                        }
                    }
                }
            }
        }
        return PostScan(body).kinds
    }

    @Test("a post without anything to read is empty", arguments: ["", " \n ", "<p> </p>", "<div><br/></div>"])
    func empty(content: String) {
        #expect(kinds(content) == [.empty])
    }

    @Test func `a picture or a word is something to read`() {
        #expect(kinds("<p><img src=\"cid:a\"></p>").isEmpty)
        #expect(kinds("<p>a</p>").isEmpty)
        #expect(kinds("<p></p>", html: false).isEmpty)
    }

    @Test func `a variable that was not filled in is seen`() {
        #expect(kinds("<p>Hello {{name}}</p>") == [.unexpanded])
        #expect(kinds("a { b { c").isEmpty)
    }

    @Test(
        "a link that leads nowhere is seen",
        arguments: [
            "/page", "www.example.com", "https://", "http:example.com", "https://exa mple.com", "https:///x", "", ":x",
        ]
    )
    func badLink(address: String) {
        #expect(kinds("<a href=\"\(address)\">x</a>") == [.badLink])
        #expect(kinds("<a class='c' HREF='\(address)'>x</a>") == [.badLink])
    }

    @Test(
        "a link that can be followed is not",
        arguments: ["https://example.com", "http://example.com/a?b=c#d", "mailto:a@example.com", "tel:+1", "#part"]
    )
    func goodLink(address: String) {
        #expect(kinds("<a href=\"\(address)\">x</a>").isEmpty)
        #expect(kinds("<p>href=nowhere</p>").isEmpty)
    }

    @Test func `the shortest and the longest are known, and the first examples`() throws {
        var oddities = PostOddities()
        for (index, content) in ["ab", "", "abcd", "", "", ""].enumerated() {
            oddities.note(
                RenderedPost(group: .random(), groupName: "G\(index)", body: World.body(content))
            )
        }
        #expect(oddities.shortest?.group == "G1" && oddities.shortest?.length == 0)
        #expect(oddities.longest?.group == "G2" && oddities.longest?.length == 4)
        let empty = try #require(oddities.found[.empty])
        #expect(empty.count == 4 && empty.examples == ["G1", "G3", "G4"])
    }
}
