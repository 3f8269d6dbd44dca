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

    /// Reads one element of `attachments`; if `@odata.type` is missing, its members tell which kind it is.
    init(from reader: inout JSONReader) throws {
        var type: String?
        var name: String?
        var contentType: String?
        var isInline = false
        var contentID: String?
        var bytes: [UInt8]?
        var dynamic: [(name: String, json: [UInt8])] = []
        var fault = reader.fault("", code: .invalidRequest)
        try reader.object { reader, member in
            switch member {
            case "@odata.type": type = try reader.type(oneOf: "fileattachment", "itemattachment", "referenceattachment")
            case "name": name = try reader.optionalString()
            case "contentType": contentType = try reader.optionalString()
            case "isInline": isInline = try reader.null() ? false : try reader.boolean()
            case "contentId": contentID = try reader.optionalString()
            case "contentBytes": bytes = try reader.null() ? nil : try Self.bytes(&reader)
            case "id", "lastModifiedDateTime", "contentLocation": try reader.ignore(.string)
            case "size": try reader.ignore(.number)
            default:
                // Annotations of OData's are about the text, not part of what is attached.
                if !member.string.contains("@") { dynamic.append((member.string, try reader.raw())) }
            }
        }
        func has(_ member: String) -> Bool { dynamic.contains { $0.name.lowercased() == member } }
        switch type {
        case "fileattachment": kind = .file
        case "itemattachment": kind = .item
        case "referenceattachment": kind = .reference
        default:
            if bytes != nil {
                kind = .file
            } else if has("item") {
                kind = .item
            } else if has("sourceurl") {
                kind = .reference
            } else {
                fault.reason = "an attachment needs @odata.type, such as #microsoft.graph.fileAttachment"
                throw fault
            }
        }
        guard let name else {
            fault.reason = "an attachment needs a name"
            throw fault
        }
        self.name = name
        self.contentType = contentType
        self.isInline = isInline
        self.contentID = contentID
        switch kind {
        case .file:
            guard let bytes else {
                fault.reason = "a file attachment needs contentBytes"
                throw fault
            }
            self.bytes = bytes
            for member in dynamic {
                do {
                    try reader.note(member.name)
                } catch var fault as JSONFault {
                    fault.path = [.member(member.name)]
                    throw fault
                }
            }
        case .item where !has("item"):
            fault.reason = "an item attachment needs an item"
            throw fault
        case .item, .reference:
            self.dynamic = JSONWriter.bytes { writer in
                writer.object { writer in
                    for member in dynamic {
                        writer.name(member.name)
                        writer.raw(member.json)
                    }
                }
            }
        }
    }

    private static func bytes(_ reader: inout JSONReader) throws -> [UInt8] {
        let malformed = reader.unexpected("base64")
        var tooLarge = reader.fault("", code: .tooLarge)
        guard let bytes = Base64.decode(try reader.string()) else { throw malformed }
        guard bytes.count <= maximumSize else {
            tooLarge.reason = "The file has \(bytes.count) bytes; \(maximumSize) are allowed"
            throw tooLarge
        }
        return bytes
    }
}
