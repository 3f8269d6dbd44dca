import Foundation

/// Something attached to a new post (Graph's `attachment` and what derives from it).
package struct Attachment: Sendable, Equatable {
    /// The concrete types, by the last part of their `@odata.type`.
    package enum Kind: String, Sendable {
        case file = "fileAttachment"
        case item = "itemAttachment"
        case reference = "referenceAttachment"
    }

    /// The largest file, in bytes (reference, section 10).
    package static let maximumSize = 3 << 20

    package var kind: Kind
    package var name: String
    package var contentType: String?
    package var isInline = false
    package var contentID: String?
    /// The bytes of a file; empty for the other kinds.
    package var bytes: [UInt8] = []
    /// The members that an item or a reference carries beyond these, as JSON; nil for files.
    package var dynamic: [UInt8]?

    /// Reads one element of `attachments`.
    init(from reader: inout JSONReader) throws {
        var type: String?
        var name: String?
        var contentType: String?
        var isInline = false
        var contentID: String?
        var content: String?
        var dynamic: [(String, [UInt8])] = []
        try reader.object { reader, member in
            switch member {
            case "@odata.type": type = try reader.string()
            case "name": name = try reader.null() ? nil : try reader.string()
            case "contentType": contentType = try reader.null() ? nil : try reader.string()
            case "isInline": isInline = try reader.boolean()
            case "contentId": contentID = try reader.null() ? nil : try reader.string()
            case "contentBytes": content = try reader.string()
            case "id", "size", "lastModifiedDateTime", "contentLocation": break
            default: dynamic.append((member.string, try reader.raw()))
            }
        }
        let tail = type?.split(separator: ".").last.map { $0.lowercased() }
        switch tail {
        case "fileattachment": kind = .file
        case "itemattachment": kind = .item
        case "referenceattachment": kind = .reference
        case .some: throw reader.fault("'\(type ?? "")' is no type of attachment")
        case nil where content != nil: kind = .file
        case nil where dynamic.contains { $0.0 == "item" }: kind = .item
        case nil where dynamic.contains { $0.0 == "sourceUrl" }: kind = .reference
        case nil: throw reader.fault("an attachment needs @odata.type, such as #microsoft.graph.fileAttachment")
        }
        guard let name else { throw reader.fault("an attachment needs a name") }
        self.name = name
        self.contentType = contentType
        self.isInline = isInline
        self.contentID = contentID
        switch kind {
        case .file:
            guard let bytes = Self.decode(content ?? "") else { throw reader.fault("contentBytes is not base64") }
            guard bytes.count <= Self.maximumSize else { throw TooLarge(name: name, size: bytes.count) }
            self.bytes = bytes
        case .item, .reference:
            self.dynamic = JSONWriter.bytes { writer in
                writer.object { writer in
                    for (name, value) in dynamic {
                        writer.name(name)
                        writer.raw(value)
                    }
                }
            }
        }
    }

    /// An attachment beyond ``maximumSize``.
    struct TooLarge: Error {
        var name: String
        var size: Int
    }

    /// The standard alphabet, or on input the one for URLs; white space is skipped (reference, section 10).
    private static func decode(_ text: String) -> [UInt8]? {
        let standard = text.filter { !$0.isWhitespace }.replacing("-", with: "+").replacing("_", with: "/")
        let padded =
            standard.count % 4 == 0 ? standard : standard + String(repeating: "=", count: 4 - standard.count % 4)
        return Data(base64Encoded: padded).map(Array.init)
    }
}
