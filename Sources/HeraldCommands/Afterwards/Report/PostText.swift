import GraphModel

/// What people read of a post, taken from the body of the request that makes it.
struct PostText: Sendable, Equatable {
    var topic = ""
    var content = ""
    var isHTML = false

    /// Reads the topic and the first post's text.
    ///
    /// A body may lack a part that it shares with others, and then is no JSON to its end; what stands before that is read.
    init?(_ body: [UInt8]) {
        var isFound = false
        try? JSONReader.read(body) { reader in
            guard reader.kind == .object else { return }
            try reader.object { reader, name in
                switch name {
                case "topic" where reader.kind == .string: topic = try reader.string()
                case "threads" where reader.kind == .array:
                    try reader.array { reader, index in
                        guard index == 0, reader.kind == .object else { return }
                        try reader.object { reader, name in
                            if name.matches("posts") { try readPosts(&reader, &isFound) }
                        }
                    }
                case "posts": try readPosts(&reader, &isFound)
                case "post": try readPost(&reader, &isFound)
                default: break
                }
            }
        }
        guard isFound else { return nil }
    }

    private mutating func readPosts(_ reader: inout JSONReader, _ isFound: inout Bool) throws {
        guard reader.kind == .array else { return }
        try reader.array { reader, index in
            if index == 0 { try readPost(&reader, &isFound) }
        }
    }

    private mutating func readPost(_ reader: inout JSONReader, _ isFound: inout Bool) throws {
        guard reader.kind == .object else { return }
        try reader.object { reader, name in
            guard name.matches("body"), reader.kind == .object else { return }
            try reader.object { reader, name in
                switch name {
                case "contentType" where reader.kind == .string: isHTML = try reader.string().lowercased() == "html"
                case "content" where reader.kind == .string:
                    content = try reader.string()
                    isFound = true
                default: break
                }
            }
        }
    }
}
