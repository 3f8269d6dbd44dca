import Foundation
import GraphModel
import Storage

/// The attachments of posts, for reading.
struct AttachmentRows {
    private let context: OperationContext
    private let selection: Selection

    /// The attachments with the properties that are selected; all, where a post is expanded.
    init(_ context: OperationContext, _ selection: Selection = Selection()) {
        self.context = context
        self.selection = selection
    }

    /// What may be selected: the properties of all kinds of attachments.
    static let properties: Set<String> = [
        "id", "lastModifiedDateTime", "name", "contentType", "size", "isInline", "contentId", "contentLocation",
        "contentBytes", "item", "sourceUrl", "providerType", "permission", "isFolder", "thumbnailUrl", "previewUrl",
    ]

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

    /// How many attachments a post has.
    func count(ofPost post: String) throws -> Int {
        let count = try context.connection.prepare("SELECT count(*) FROM attachment WHERE postID = $1")
        count.bind(post, 1)
        defer { count.reset() }
        return try count.step() ? Int(count.integer(0)) : 0
    }

    /// An attachment as a document of its own.
    struct Content {
        var name: String
        var contentType: String
        var bytes: [UInt8]
    }

    /// The content of an attachment; nil if it is a reference to something that lies elsewhere.
    ///
    /// - Throws: ``GraphError`` if the post has no such attachment.
    func content(_ id: String, ofPost post: String) throws -> Content? {
        let find = try context.connection.prepare(Self.columns + " WHERE id = $1 AND postID = $2")
        find.bind(id, 1)
        find.bind(post, 2)
        guard try find.step() else { throw GraphError.itemNotFound }
        defer { find.reset() }
        let name = find.text(2) ?? ""
        switch Attachment.Kind(rawValue: find.text(1) ?? "") {
        case .item:
            let members = try JSONValue((find.text(9) ?? "{}").utf8)
            guard case .object(let named) = members,
                let item = named.first(where: { $0.key.lowercased() == "item" })?.value
            else { return nil }
            let document = ItemDocument(item, id: id, date: GraphDate(microseconds: find.integer(7)))
            return Content(name: name, contentType: document.contentType, bytes: document.bytes)
        case .reference: return nil
        default:
            return Content(name: name, contentType: MediaType.checked(find.text(3)), bytes: find.bytes(8))
        }
    }

    private func write(_ row: PreparedStatement, _ writer: inout JSONWriter) throws {
        let kind = row.text(1) ?? Attachment.Kind.file.rawValue
        writer.member("@odata.type", "#microsoft.graph.\(kind)")
        writer.member("id", row.text(0))
        if selection.wants("lastModifiedDateTime") {
            writer.member("lastModifiedDateTime", GraphDate(microseconds: row.integer(7)).text)
        }
        if selection.wants("name") { writer.member("name", row.text(2)) }
        if selection.wants("contentType") { writer.member("contentType", row.text(3)) }
        if selection.wants("size") { writer.member("size", row.integer(4)) }
        if selection.wants("isInline") { writer.member("isInline", row.integer(5) == 1) }
        if kind == Attachment.Kind.file.rawValue {
            if selection.wants("contentId") { writer.member("contentId", row.text(6)) }
            if selection.wants("contentLocation") { writer.member("contentLocation", nil as String?) }
            if selection.wants("contentBytes") {
                writer.member("contentBytes", Data(row.bytes(8)).base64EncodedString())
            }
        } else if case .object(let members)? = try row.text(9).map({ try JSONValue($0.utf8) }) {
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where selection.wants(name) {
                writer.name(name)
                writer.value(value)
            }
        }
    }
}
