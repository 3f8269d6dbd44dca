package import GraphModel

/// A mail that waits to be sent: a post that somebody forwarded (reference, section 5.4).
package struct OutboundMail: Sendable, Equatable {
    /// The place in the queue; later mails have greater ones.
    package var id: Int64
    package var queued: GraphDate
    package var sender: EmailAddress
    package var toRecipients: [EmailAddress]
    package var subject: String
    /// What the sender wrote above the post, as plain text.
    package var comment: String
    /// `text` or `html`.
    package var contentType: String
    /// The body of the post as it was when it was forwarded.
    package var content: String
    /// The post whose attachments go with the mail; nil if it was deleted meanwhile.
    package var post: String?
}
