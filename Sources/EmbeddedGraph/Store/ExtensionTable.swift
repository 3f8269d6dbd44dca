import GraphModel
import Storage

/// The open extensions of posts.
struct ExtensionTable {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// The extensions of a post, in the order of their names.
    func all(ofPost post: String) throws -> [OpenExtension] {
        let list = try connection.prepare("SELECT name, data FROM extension WHERE postID = $1 ORDER BY nameKey")
        list.bind(post, 1)
        var extensions: [OpenExtension] = []
        while try list.step() { extensions.append(try Self.row(list)) }
        return extensions
    }

    /// The extension of a post with a name, plain or qualified.
    func find(_ name: String, ofPost post: String) throws -> OpenExtension? {
        let find = try connection.prepare("SELECT name, data FROM extension WHERE postID = $1 AND nameKey = $2")
        find.bind(post, 1)
        find.bind(OpenExtension.key(name), 2)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return try Self.row(find)
    }

    /// Writes an extension, new or changed.
    func write(_ value: OpenExtension, ofPost post: String) throws {
        let write = try connection.prepare(
            """
            INSERT INTO extension (postID, nameKey, name, data) VALUES ($1, $2, $3, $4)
            ON CONFLICT (postID, nameKey) DO UPDATE SET data = excluded.data
            """
        )
        write.bind(post, 1)
        write.bind(OpenExtension.key(value.name), 2)
        write.bind(value.name, 3)
        write.bind(String(decoding: value.json, as: UTF8.self), 4)
        try write.run()
    }

    func delete(_ name: String, ofPost post: String) throws {
        let delete = try connection.prepare("DELETE FROM extension WHERE postID = $1 AND nameKey = $2")
        delete.bind(post, 1)
        delete.bind(OpenExtension.key(name), 2)
        try delete.run()
    }

    private static func row(_ statement: PreparedStatement) throws -> OpenExtension {
        var values: [String: JSONValue] = [:]
        if case .object(let members) = try JSONValue((statement.text(1) ?? "{}").utf8) { values = members }
        return OpenExtension(name: statement.text(0) ?? "", values: values)
    }
}
