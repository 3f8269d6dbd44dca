import GraphModel

/// What the body of a PATCH changes of a thread (reference, section 5.5).
struct ThreadChange {
    /// Whether the thread is to be locked; nil leaves that as it is.
    private(set) var isLocked: Bool?

    /// Reads the body of a PATCH.
    ///
    /// A client may send back the whole thread: properties that only the service sets may stand there as they are.
    ///
    /// - Throws: ``GraphError`` if the body would change one of those.
    init(
        _ body: [UInt8],
        of thread: ThreadOperations.Stored,
        recipients: [EmailAddress],
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) {
        isLocked = try RequestBody.read(body, noting: ignored) { reader in
            var isLocked: Bool?
            func keep(_ name: StaticString, _ isSame: Bool) throws {
                guard !isSame else { return }
                throw GraphError(
                    400,
                    .invalidRequest,
                    "The property '\(name)' of a thread cannot be changed; 'isLocked' can.",
                    target: "/\(name)"
                )
            }
            try reader.object { reader, name in
                switch name {
                case "isLocked": isLocked = try reader.boolean()
                case "id": try keep("id", try reader.string() == thread.id)
                case "topic": try keep("topic", try reader.string() == thread.topic)
                case "preview": try keep("preview", try reader.string() == thread.preview)
                case "hasAttachments": try keep("hasAttachments", try reader.boolean() == thread.hasAttachments)
                case "uniqueSenders":
                    let stored = try JSONValue(thread.uniqueSenders.utf8)
                    try keep("uniqueSenders", try JSONValue(from: &reader) == stored)
                case "lastDeliveredDateTime":
                    let stored = GraphDate(microseconds: thread.deliveredAt).text
                    try keep("lastDeliveredDateTime", GraphDate(try reader.string())?.text == stored)
                case "toRecipients":
                    let known = recipients.map { $0.address.lowercased() }
                    try keep("toRecipients", try Self.addresses(&reader) == known)
                case "ccRecipients": try keep("ccRecipients", try Self.addresses(&reader).isEmpty)
                default: break
                }
            }
            return isLocked
        }
    }

    private static func addresses(_ reader: inout JSONReader) throws -> [String] {
        guard let people = try JSONValue(from: &reader).elements else { return [] }
        return people.map { $0["emailAddress"]?["address"]?.string?.lowercased() ?? "" }
    }
}
