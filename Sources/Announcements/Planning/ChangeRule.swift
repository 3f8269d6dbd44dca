/// What becomes of a group that has a post of an announcement already, when the announcement says something else now.
package enum ChangeRule: String, Sendable, CaseIterable {
    /// Nothing is sent, and the group is listed.
    case report
    /// Nothing is sent, and that is as it should be.
    case skip
    /// The new content is a reply in the conversation that the first post began.
    case reply
    /// The new content begins a conversation of its own; a post that was taken back is made again, too.
    case new
}
