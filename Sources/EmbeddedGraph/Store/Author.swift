import GraphModel
import Storage

/// In whose name a post is sent.
struct Author: Equatable {
    /// Who sent it.
    var sender: EmailAddress
    /// On whose behalf it was sent: the group, or the sender.
    var from: EmailAddress

    /// The caller, in the caller's own name.
    init(_ caller: Caller) {
        sender = EmailAddress(name: caller.displayName, address: caller.address)
        from = sender
    }

    /// What a list of senders shows.
    var name: String { from.name ?? from.address }
}

extension OperationContext {
    /// In whose name a new post is sent: the caller's own, or the group's if the caller owns it (reference, section 11.4).
    ///
    /// - Throws: ``GraphError`` if the post claims any other name.
    func author(of post: NewPost, in group: GroupID) throws -> Author {
        var author = Author(request.caller)
        let own = request.caller.address.lowercased()
        if let claimed = post.sender, claimed.lowercased() != own {
            author.sender = try groupAddress(claimed, group)
            author.from = author.sender
        }
        if let claimed = post.from {
            author.from = claimed.lowercased() == own ? Author(request.caller).from : try groupAddress(claimed, group)
        }
        return author
    }

    private func groupAddress(_ claimed: String, _ group: GroupID) throws -> EmailAddress {
        let find = try connection.prepare(#"SELECT displayName, mail FROM "group" WHERE id = $1"#)
        find.bind(group.text, 1)
        guard try find.step() else { throw GroupOperations.unknown(group.text) }
        let address = EmailAddress(name: find.text(0), address: find.text(1) ?? "")
        find.reset()
        guard !address.address.isEmpty, address.address.lowercased() == claimed.lowercased(),
            try PostingPolicy(request.caller, in: group, connection).allowsSendingAsGroup
        else { throw GraphError(403, .sendAsDenied, "The caller may not post as '\(claimed.prefix(80))'.") }
        return address
    }
}
