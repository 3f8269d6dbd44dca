import Foundation
import GraphModel
import Testing

@Suite struct RequestBodyTests {
    /// A conversation of one post with these members, which begin with a comma.
    private func conversation(_ members: String) throws -> Conversation {
        let body = #"{"topic":"T","threads":[{"posts":[{"body":{"content":"c"}\#(members)}]}]}"#
        return try Conversation.read(Array(body.utf8))
    }

    private func refusal(_ body: String) -> GraphError? {
        do {
            _ = try Conversation.read(Array(body.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `reads what SDKs and documents send, in any letter case`() throws {
        let body = """
            {"@odata.type":"#microsoft.graph.conversation","Topic":"T","threads":[{"@odata.type":"microsoft.graph.ConversationThread",
            "Posts":[{"@odata.type":"#Microsoft.OutlookServices.Post","Body":{"ContentType":"HTML","Content":"<b>x</b>"},
            "NewParticipants":[{"EmailAddress":{"Name":"Adele Vance","Address":"AdeleV@contoso.example"}}],
            "Attachments":[{"@odata.type":"#Microsoft.OutlookServices.FileAttachment","Name":"f.txt","ContentBytes":"aGVsbG8="}],
            "SingleValueExtendedProperties":[{"id":"String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color","value":"Green"}]
            }]}]}
            """
        let read = try Conversation.read(Array(body.utf8))
        #expect(read.topic == "T")
        #expect(read.post?.contentType == .html && read.post?.content == "<b>x</b>")
        #expect(read.post?.newParticipants == [EmailAddress(name: "Adele Vance", address: "AdeleV@contoso.example")])
        #expect(read.post?.attachments.first?.bytes == Array("hello".utf8))
        #expect(read.post?.extendedProperties.first?.value == "Green")
    }

    @Test func `passes over what only the service sets, if it is of its type`() throws {
        let body = #"""
            {"id":"x","topic":"T","hasAttachments":true,"preview":"p","uniqueSenders":["a"],"lastDeliveredDateTime":null,
            "threads":[{"isLocked":false,"toRecipients":[],"posts":[{"body":{},"changeKey":"c","receivedDateTime":"d",
            "hasAttachments":false,"conversationId":"e","from":{"emailAddress":{}},"categories":[]}]}]}
            """#
        #expect(try Conversation.read(Array(body.utf8)).post != nil)
        #expect(refusal(#"{"topic":"T","hasAttachments":"Boolean"}"#)?.target == "/hasAttachments")
        #expect(refusal(#"{"topic":"T","uniqueSenders":"a"}"#)?.target == "/uniqueSenders")
    }

    @Test func `lists may be null, or the empty table that Lua has for both`() throws {
        #expect(try conversation(#","newParticipants":{},"attachments":null"#).post?.attachments.isEmpty == true)
        #expect(try Conversation.read(Array(#"{"topic":"T","threads":[]}"#.utf8)).post == nil)
        #expect(refusal(#"{"threads":{"a":1}}"#)?.target == "/threads/a")
    }

    @Test(
        arguments: [
            ("", 400, "BadRequest", nil),
            ("{", 400, "BadRequest", nil),
            ("[]", 400, "BadRequest", nil),
            (#"{"topic":7}"#, 400, "BadRequest", "/topic"),
            (##"{"@odata.type":"#microsoft.graph.group"}"##, 400, "BadRequest", "/@odata.type"),
            (#"{"threads":[{},{}]}"#, 400, "BadRequest", "/threads/0"),
            (#"{"threads":[{"posts":[{"body":{}},{"body":{}}]}]}"#, 400, "BadRequest", "/threads/0/posts/1"),
            (#"{"threads":[{"posts":[{"body":7}]}]}"#, 400, "BadRequest", "/threads/0/posts/0/body"),
            (
                #"{"threads":[{"posts":[{"body":{"contentType":"rtf"}}]}]}"#, 400, "BadRequest",
                "/threads/0/posts/0/body/contentType"
            ),
            (
                #"{"threads":[{"posts":[{"body":{},"newParticipants":[{"emailAddress":{"address":"nobody"}}]}]}]}"#,
                400,
                "ErrorInvalidRecipients", "/threads/0/posts/0/newParticipants/0/emailAddress/address"
            ),
            (
                #"{"threads":[{"posts":[{"body":{},"attachments":[{"name":"f"}]}]}]}"#, 400, "ErrorInvalidRequest",
                "/threads/0/posts/0/attachments/0"
            ),
            (
                #"{"threads":[{"posts":[{"body":{},"attachments":[{"name":"f","contentBytes":"?"}]}]}]}"#, 400,
                "BadRequest", "/threads/0/posts/0/attachments/0/contentBytes"
            ),
        ] as [(String, Int, String, String?)]
    )
    func `a refusal names the faulty member`(body: String, status: Int, code: String, target: String?) {
        let refusal = refusal(body)
        #expect(refusal?.status == status)
        #expect(refusal?.code == code)
        #expect(refusal?.target == target, "\(refusal?.message ?? "taken")")
    }

    @Test func `a file beyond 3 MiB is too large`() {
        func attached(_ count: Int) -> GraphError? {
            let bytes = Base64.encode([UInt8](repeating: 65, count: count))
            return refusal(
                #"{"threads":[{"posts":[{"body":{},"attachments":[{"name":"f","contentBytes":"\#(bytes)"}]}]}]}"#
            )
        }
        #expect(attached(Attachment.maximumSize - 1024 * 1024) == nil)
        #expect(attached(Attachment.maximumSize + 1)?.status == 413)
    }

    @Test func `a topic has 255 characters at most, however many bytes they take`() throws {
        let body = { (topic: String) in #"{"topic":"\#(topic)"}"# }
        #expect(refusal(body(String(repeating: "é", count: 255))) == nil)
        #expect(refusal(body(String(repeating: "👨‍👩‍👧‍👦", count: 255))) == nil)
        #expect(refusal(body(String(repeating: "é", count: 256)))?.target == "/topic")
    }

    @Test func `reads what Foundation writes`() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = ["a", "é", "😀", "\"", "\\", "/", "\n", "\u{1}", "\u{2028}", " ", "<b>", "\u{0}", "日本"]
        for _ in 0..<500 {
            func text() -> String {
                (0..<Int.random(in: 0...12, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
                }
                .joined()
            }
            let (topic, content, name) = (text(), text(), text())
            let isHTML = Bool.random(using: &generator)
            let json: [String: Any] = [
                "topic": topic,
                "threads": [
                    [
                        "posts": [
                            [
                                "body": ["contentType": isHTML ? "html" : "text", "content": content],
                                "newParticipants": [["emailAddress": ["name": name, "address": "a@contoso.example"]]],
                            ]
                        ]
                    ]
                ],
            ]
            let read = try Conversation.read(Array(JSONSerialization.data(withJSONObject: json)))
            #expect(read.topic == topic)
            #expect(read.post?.content == content)
            #expect(read.post?.contentType == (isHTML ? .html : .text))
            #expect(read.post?.newParticipants.first?.name == name)
        }
    }

    @Test func `Foundation reads what the writer writes`() throws {
        var generator = SystemRandomNumberGenerator()
        let pieces = ["a", "é", "😀", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "\u{2028}", "\t", "\u{0}", "日本"]
        for _ in 0..<500 {
            let name = (0..<Int.random(in: 0...12, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let bytes = JSONWriter.bytes { $0.recipient(EmailAddress(name: name, address: "a@contoso.example")) }
            let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: [String: String]]
            #expect(read == ["emailAddress": ["name": name, "address": "a@contoso.example"]])
        }
    }
}
