import GraphModel

/// Takes the members that describe data out of JSON, for clients that ask for `odata.metadata=none`.
enum MetadataFilter {
    /// The text without `@odata` members, but for those that a client needs for the next page and the count
    /// (reference, section 6.3).
    static func strip(_ json: [UInt8]) throws -> [UInt8] {
        var writer = JSONWriter()
        try JSONReader.read(json) { try copy(&$0, to: &writer) }
        return writer.bytes
    }

    private static func copy(_ reader: inout JSONReader, to writer: inout JSONWriter) throws {
        switch reader.kind {
        case .object:
            try writer.object { writer in
                try reader.object { reader, name in
                    let name = name.string
                    guard !name.contains("@odata.") || name.hasSuffix("nextLink") || name.hasSuffix("count") else {
                        return
                    }
                    writer.name(name)
                    try copy(&reader, to: &writer)
                }
            }
        case .array:
            try writer.array { writer in
                try reader.array { reader, _ in try copy(&reader, to: &writer) }
            }
        default: writer.raw(try reader.raw())
        }
    }
}
