package import GraphModel

extension AnnouncementDraft {
    /// Says what becomes of groups that have other content.
    ///
    /// - Parameters:
    ///   - rule: What becomes of them.
    ///   - threads: Where their first posts are found.
    package func change(by rule: ChangeRule, finding threads: FirstThread) {
        changes = (rule, threads)
    }

    /// Leaves groups out, whenever they are admitted later.
    package func exclude(_ groups: Set<GroupID>) {
        if excluded.isEmpty { excluded = groups } else { excluded.formUnion(groups) }
    }
}

extension RenderedPost {
    /// The same content for a group that has another post of the announcement already.
    ///
    /// - Parameter thread: The thread that it is a reply in; nil if it begins a conversation.
    /// - Returns: A post whose key names the content, whichever way it is made.
    func further(inThread thread: String?) -> RenderedPost {
        var further = self
        further.isFurther = true
        guard let thread, let post else { return further }
        further.content = hash
        further.path = "/groups/\(group)/threads/\(PercentEncoding.encode(thread))/reply"
        let start = Array(#"{"post":"#.utf8)
        further.body = start + body[post] + [UInt8(ascii: "}")]
        further.shared?.offset += start.count - post.lowerBound
        further.post = nil
        return further
    }
}
