/// A post as a request's body describes it.
package struct NewPost: Sendable, Equatable {
    /// What a post's body may be.
    package enum ContentType: String, Sendable { case text, html }

    /// A tag that other programs put on a post (`singleValueExtendedProperties`).
    package struct ExtendedProperty: Sendable, Equatable {
        package var id: String
        package var value: String
    }

    package var contentType = ContentType.text
    package var content = ""
    package var newParticipants: [EmailAddress] = []
    package var attachments: [Attachment] = []
    package var extendedProperties: [ExtendedProperty] = []
    /// The address that the request gives as `from`; whoever asks must be allowed to use it.
    package var from: String?
    /// The address that the request gives as `sender`; whoever asks must be allowed to use it.
    package var sender: String?

    /// Reads a post; members that only the service sets are ignored if they are of their type.
    init(from reader: inout JSONReader) throws {
        var hasBody = false
        try reader.object { reader, name in
            switch name {
            case "body":
                hasBody = true
                try readBody(&reader)
            case "newParticipants": newParticipants = try EmailAddress.list(&reader)
            case "attachments":
                try reader.list { reader, _ in attachments.append(try Attachment(from: &reader)) }
            case "singleValueExtendedProperties":
                try reader.list { reader, _ in extendedProperties.append(try Self.property(&reader)) }
            case "@odata.type": try reader.type(oneOf: "post")
            case "id", "changeKey", "createdDateTime", "lastModifiedDateTime", "receivedDateTime", "conversationId",
                "conversationThreadId", "importance":
                try reader.ignore(.string)
            case "hasAttachments": try reader.ignore(.boolean)
            case "from": if try !reader.null() { from = try EmailAddress(recipient: &reader).address }
            case "sender": if try !reader.null() { sender = try EmailAddress(recipient: &reader).address }
            case "inReplyTo": try reader.ignore(.object)
            case "categories": try reader.ignore(.array)
            default: break
            }
        }
        guard hasBody else {
            throw reader.fault("a post needs a body, as in {\"contentType\":\"html\",\"content\":\"…\"}")
        }
    }

    private mutating func readBody(_ reader: inout JSONReader) throws {
        try reader.object { reader, name in
            switch name {
            case "contentType":
                let text = try reader.null() ? "" : try reader.string()
                // The documents' own samples print "" and "HTML".
                guard let type = text.isEmpty ? .text : ContentType(rawValue: text.lowercased()) else {
                    throw reader.fault("contentType is 'text' or 'html', not '\(text.prefix(20))'")
                }
                contentType = type
            case "content": content = try reader.null() ? "" : try reader.string()
            default: break
            }
        }
    }

    private static func property(_ reader: inout JSONReader) throws -> ExtendedProperty {
        var property = ExtendedProperty(id: "", value: "")
        try reader.object { reader, name in
            switch name {
            case "id": property.id = try reader.string()
            case "value": property.value = try reader.string()
            default: break
            }
        }
        guard !property.id.isEmpty else { throw reader.fault("an extended property needs an id") }
        return property
    }
}
