import Announcements
import GraphModel

/// Makes the bodies of replies: `{"post":{…}}`.
enum ReplyBody {
    /// A reply with a text.
    static func text(_ content: String, isHTML: Bool) -> [UInt8] {
        JSONWriter.bytes(capacity: content.utf8.count + 80) { writer in
            writer.object { writer in
                writer.name("post")
                writer.object { writer in
                    writer.name("body")
                    writer.object { writer in
                        writer.member("contentType", isHTML ? "html" : "text")
                        writer.member("content", content)
                    }
                }
            }
        }
    }

    /// A reply with the post that a request to begin a conversation has in it.
    ///
    /// Its attachments are given apart, since they are mostly those of many.
    ///
    /// - Throws: ``JSONFault`` if there is no post in it.
    static func reply(from body: [UInt8]) throws -> (body: [UInt8], shared: SharedPart?) {
        let post = try post(in: body)
        var attachments: [UInt8]?
        var writer = JSONWriter(capacity: body.count)
        try JSONReader.read(post) { reader in
            try writer.object { writer in
                writer.name("post")
                try writer.object { writer in
                    try reader.object { reader, name in
                        if name.matches("attachments") {
                            attachments = try reader.raw()
                        } else {
                            writer.name(name.string)
                            writer.raw(try reader.raw())
                        }
                    }
                }
            }
        }
        guard let attachments else { return (writer.bytes, nil) }
        // Before the two braces at the end.
        let end = writer.bytes.count - 2
        return (writer.bytes, SharedPart(Array(",\"attachments\":".utf8) + attachments, at: end))
    }

    /// The first post of a conversation's first thread, or that of a reply, as JSON.
    private static func post(in body: [UInt8]) throws -> [UInt8] {
        var found: [UInt8]?
        try JSONReader.read(body) { reader in
            try reader.object { reader, name in
                switch name {
                case "post" where found == nil: found = try reader.raw()
                case "threads" where reader.kind == .array:
                    try reader.array { reader, index in
                        guard index == 0, reader.kind == .object else { return }
                        try reader.object { reader, name in
                            guard name.matches("posts"), reader.kind == .array else { return }
                            try reader.array { reader, index in
                                if index == 0, found == nil { found = try reader.raw() }
                            }
                        }
                    }
                default: break
                }
            }
        }
        guard let found else { throw Failure(.failed, "An announcement rendered no post.") }
        return found
    }
}
