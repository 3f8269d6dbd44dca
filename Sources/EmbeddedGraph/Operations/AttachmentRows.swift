import Foundation
import GraphModel
import Storage

/// The attachments of posts, for reading.
struct AttachmentRows {
    private let context: OperationContext

    init(_ context: OperationContext) {
        self.context = context
    }

    private static let columns =
        "SELECT id, kind, name, contentType, size, isInline, contentID, createdAt, bytes, dynamic FROM attachment"

    /// Writes the attachments of a post as an array.
    func write(ofPost post: String, _ writer: inout JSONWriter) throws {
        let list = try context.connection.prepare(Self.columns + " WHERE postID = $1 ORDER BY position")
        list.bind(post, 1)
        try writer.array { writer in
            while try list.step() { try writer.object { try write(list, &$0) } }
        }
    }

    /// One attachment as a JSON document.
    ///
    /// - Throws: ``GraphError`` if the post has no such attachment.
    func one(_ id: String, ofPost post: String, type: String) throws -> [UInt8] {
        let find = try context.connection.prepare(Self.columns + " WHERE id = $1 AND postID = $2")
        find.bind(id, 1)
        find.bind(post, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        return try JSONWriter.bytes(capacity: 1024) { writer in
            try writer.object { writer in
                writer.member("@odata.context", type)
                try write(find, &writer)
            }
        }
    }

    private func write(_ row: PreparedStatement, _ writer: inout JSONWriter) throws {
        let kind = row.text(1) ?? Attachment.Kind.file.rawValue
        writer.member("@odata.type", "#microsoft.graph.\(kind)")
        writer.member("id", row.text(0))
        writer.member("lastModifiedDateTime", GraphDate(microseconds: row.integer(7)).text)
        writer.member("name", row.text(2))
        writer.member("contentType", row.text(3))
        writer.member("size", row.integer(4))
        writer.member("isInline", row.integer(5) == 1)
        if kind == Attachment.Kind.file.rawValue {
            writer.member("contentId", row.text(6))
            writer.member("contentLocation", nil as String?)
            writer.member("contentBytes", Data(row.bytes(8)).base64EncodedString())
        } else if case .object(let members)? = try row.text(9).map({ try JSONValue($0.utf8) }) {
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.name(name)
                writer.value(value)
            }
        }
    }
}
