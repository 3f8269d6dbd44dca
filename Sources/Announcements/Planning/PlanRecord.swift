package import GraphModel

/// What a run would do, all rendered and none of it sent.
package struct PlanRecord: Sendable, Equatable {
    /// The plan's name: when it was made and four random characters, `20260115T083000-k3f9`.
    package var id: String
    /// The script's file name.
    package var script: String
    /// SHA-256 of the script's source, in hexadecimal.
    package var scriptHash: String
    package var arguments: [String]
    /// What would answer its requests, for a person: a file or an address.
    package var backend: String
    /// Who made it.
    package var operatorName: String
    /// What there is to know before it is applied, a sentence each.
    package var notes: [String]
    /// Microseconds since 1970.
    package var createdAt: Int64
    /// SHA-256 over all of it; nil while it is made.
    package var hash: [UInt8]?
    /// The run that carried it out, or began to.
    package var appliedBy: String?

    package init(
        id: String,
        script: String,
        scriptHash: String,
        arguments: [String],
        backend: String,
        operatorName: String,
        notes: [String] = [],
        createdAt: Int64
    ) {
        self.id = id
        self.script = script
        self.scriptHash = scriptHash
        self.arguments = arguments
        self.backend = backend
        self.operatorName = operatorName
        self.notes = notes
        self.createdAt = createdAt
    }
}

/// An announcement as a plan has it.
package struct PlanAnnouncement: Sendable, Equatable {
    package var name: String
    /// In which parts it goes out, as ``Waves/json`` writes it.
    package var settings: String
    /// Targets in the list, each group counted once.
    package var targets = 0
    /// Targets for which the script gave no body.
    package var skipped = 0
    /// Targets that were left out.
    package var excluded = 0
    /// Entries of the list that named a group which stood in it already.
    package var duplicates = 0

    package init(name: String, settings: String) {
        self.name = name
        self.settings = settings
    }
}

/// A write as a plan has it: a post of an announcement, or a single write of the script.
package struct PlanItem: Sendable, Equatable {
    /// What was found out about it when the plan was made.
    package enum Decision: String, Sendable, CaseIterable {
        /// It will be sent.
        case new
        /// The group has it, with this very content.
        case already
        /// The group has a post of this announcement with other content.
        case changed
        /// Nobody knows whether the group has it.
        case ambiguous
        /// The group does not take it.
        case refused
    }

    /// Its place in the plan, counted from 1: that of `effect 3` is 3.
    package var ordinal: Int64
    /// The announcement's name; nil for a single write.
    package var announcement: String?
    package var target: GroupID?
    /// The group's name, if it is known.
    package var targetName: String?
    /// How many members the group had, if that is known.
    package var members: Int?
    package var key: IdempotencyKey
    package var decision: Decision
    /// The code of the refusal, and why the item is not new.
    package var code: String?
    package var message: String?
    package var method: GraphRequest.Method
    /// The path, with the query behind it if there is one; symbolic ids stand in it as they are.
    package var path: String
    package var headers: GraphHeaders
    package var body: [UInt8]
    package var shared: SharedPart?
    /// What tells the content of a post from others where its request does not.
    var content: [UInt8]?

    package init(
        ordinal: Int64,
        key: IdempotencyKey,
        decision: Decision,
        method: GraphRequest.Method,
        path: String,
        headers: GraphHeaders = [:],
        body: [UInt8]
    ) {
        self.ordinal = ordinal
        self.key = key
        self.decision = decision
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    /// The whole body.
    package var wholeBody: [UInt8] { shared?.whole(body) ?? body }

    /// The post of an announcement as it is to be sent.
    package var post: RenderedPost? {
        guard let announcement, let target else { return nil }
        var post = RenderedPost(group: target, groupName: targetName, body: body, shared: shared)
        post.path = path
        post.content = content
        post.isFurther = key != .announcement(announcement, group: target)
        return post
    }

    /// The path and the query by themselves.
    package var address: (path: String, query: String) {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }
}
