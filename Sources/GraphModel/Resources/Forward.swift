/// The body of `POST …/posts/{id}/forward` (reference, section 5.4).
package struct Forward: Sendable, Equatable {
    /// What stands above the forwarded post.
    package var comment = ""
    package var toRecipients: [EmailAddress] = []

    /// Reads the body.
    ///
    /// - Throws: ``GraphError`` if nobody is to receive the post, or somebody has no address.
    package static func read(
        _ body: [UInt8],
        noting ignored: IgnoredMembers? = nil
    ) throws(GraphError) -> Forward {
        try RequestBody.read(body, noting: ignored) { reader in
            var forward = Forward()
            var fault = reader.fault("a forward needs toRecipients, at least one", code: .invalidRecipients)
            try reader.object { reader, name in
                switch name {
                case "comment": forward.comment = try reader.optionalString() ?? ""
                case "toRecipients": forward.toRecipients = try EmailAddress.list(&reader)
                default: break
                }
            }
            guard !forward.toRecipients.isEmpty else {
                fault.path = [.member("toRecipients")]
                throw fault
            }
            return forward
        }
    }
}
