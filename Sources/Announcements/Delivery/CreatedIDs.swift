import GraphModel

/// The ids of what a create has made: all that the ledger keeps of the answer.
struct CreatedIDs: Equatable {
    var conversation: String?
    var thread: String?
    var post: String?

    /// Reads them from the answer to `POST /groups/{id}/conversations`; what the answer does not tell stays nil.
    init(_ body: [UInt8]) {
        try? JSONReader.read(body) { reader in
            try reader.object { reader, name in
                switch name {
                case "id" where reader.kind == .string: conversation = try reader.string()
                case "threads" where reader.kind == .array: try readThreads(&reader)
                default: break
                }
            }
        }
    }

    /// `{"id":"C…","thread":"T…","post":"P…"}`, without what is not known.
    var json: [UInt8] {
        JSONWriter.bytes(capacity: 96) { writer in
            writer.object { writer in
                if let conversation { writer.member("id", conversation) }
                if let thread { writer.member("thread", thread) }
                if let post { writer.member("post", post) }
            }
        }
    }

    private mutating func readThreads(_ reader: inout JSONReader) throws {
        try reader.array { reader, index in
            guard index == 0, reader.kind == .object else { return }
            try reader.object { reader, name in
                switch name {
                case "id" where reader.kind == .string: thread = try reader.string()
                case "posts" where reader.kind == .array:
                    try reader.array { reader, index in
                        guard index == 0, reader.kind == .object else { return }
                        try reader.object { reader, name in
                            if name.matches("id"), reader.kind == .string { post = try reader.string() }
                        }
                    }
                default: break
                }
            }
        }
    }
}
