import GraphModel

/// The objects that answers tell of.
enum MadeObjects {
    /// The ids of what a write made: those in the body, or the one in the header of a reply.
    static func ids(in response: GraphResponse) -> [String] {
        var ids: [String] = []
        if let id = response.headers["x-post-id"] { ids.append(id) }
        if let json = try? JSONValue(response.body) { collect(json, into: &ids) }
        return ids
    }

    private static func collect(_ value: JSONValue, into ids: inout [String]) {
        switch value {
        case .array(let elements): for element in elements { collect(element, into: &ids) }
        case .object(let members):
            if let id = members["id"]?.string { ids.append(id) }
            for member in members.values { collect(member, into: &ids) }
        default: break
        }
    }

    /// A JSON text without the elements of its arrays that are objects with one of these ids; nil if it holds none of
    /// them.
    static func removing(_ ids: Set<String>, from json: [UInt8]) -> [UInt8]? {
        guard !ids.isEmpty, json.first == UInt8(ascii: "{") else { return nil }
        var removed = false
        let rest = try? JSONReader.read(json) { reader in
            try JSONWriter.bytes(capacity: json.count) { try copy(&reader, without: ids, to: &$0, &removed) }
        }
        return removed ? rest : nil
    }

    private static func copy(
        _ reader: inout JSONReader,
        without ids: Set<String>,
        to writer: inout JSONWriter,
        _ removed: inout Bool
    ) throws {
        switch reader.kind {
        case .object:
            try writer.object { writer in
                try reader.object { reader, name in
                    writer.name(name.string)
                    try copy(&reader, without: ids, to: &writer, &removed)
                }
            }
        case .array:
            try writer.array { writer in
                try reader.array { reader, _ in
                    guard reader.kind == .object else {
                        return try copy(&reader, without: ids, to: &writer, &removed)
                    }
                    let element = try reader.raw()
                    if let id = try id(of: element), ids.contains(id) {
                        removed = true
                        return
                    }
                    try JSONReader.read(element) { try copy(&$0, without: ids, to: &writer, &removed) }
                }
            }
        default: writer.raw(try reader.raw())
        }
    }

    private static func id(of object: [UInt8]) throws -> String? {
        try JSONReader.read(object) { reader in
            var id: String?
            try reader.object { reader, name in
                if name.matches("id"), reader.kind == .string { id = try reader.string() }
            }
            return id
        }
    }
}
