import GraphModel

/// Which permission each operation needs, as data (reference, sections 4.1 to 4.3).
enum PermissionTable {
    typealias Rule = PermissionRule

    /// Every row.
    static let rules: [Rule] = conversations + threads + posts + groups + people + open

    /// The row of an operation; nil if the table does not have it, and then nobody may.
    static func rule(for operation: GraphOperation) -> Rule? {
        byKey[Rule.key(operation.method, operation.template)]
    }

    private static let byKey = Dictionary(uniqueKeysWithValues: rules.map { (Rule.key($0.method, $0.template), $0) })

    // MARK: Conversations

    private static let reads: Set<Permission> = [
        .groupConversationRead, .groupConversationWrite, .groupRead, .groupWrite,
    ]
    private static let writes: Set<Permission> = [.groupConversationWrite, .groupWrite]

    private static func read(_ template: String) -> Rule { Rule(.get, template, reads, reads) }
    private static func write(_ method: GraphRequest.Method, _ template: String) -> Rule {
        Rule(method, template, writes, writes)
    }
    private static func post(_ template: String) -> Rule { Rule(.post, template, writes, [], exception: .posting) }
    private static func attachment(_ template: String) -> Rule {
        Rule(.get, template, reads, [], exception: .attachments)
    }

    private static let conversations: [Rule] = {
        let all = "groups/{group}/conversations"
        let one = all + "/{conversation}"
        return [
            read(all), read(all + "/$count"), read(all + "/delta"), post(all),
            read(one), post(one), write(.delete, one),
        ]
    }()

    /// The two ways to a group's threads.
    private static let threadCollections = [
        "groups/{group}/threads", "groups/{group}/conversations/{conversation}/threads",
    ]

    private static let threads: [Rule] = threadCollections.flatMap { all in
        let one = all + "/{thread}"
        return [
            read(all), read(all + "/$count"), read(all + "/delta"), post(all),
            read(one), write(.patch, one), write(.delete, one), post(one + "/reply"),
        ]
    }

    private static let posts: [Rule] = threadCollections.flatMap { threads in
        let all = threads + "/{thread}/posts"
        let one = all + "/{post}"
        return [read(all), read(all + "/$count"), read(all + "/delta")]
            + onPost(one) + [read(one + "/inReplyTo")] + belowPost(one + "/inReplyTo") + extensions(of: one)
    }

    private static func onPost(_ post: String) -> [Rule] { [read(post)] + belowPost(post) }

    private static func belowPost(_ post: String) -> [Rule] {
        let attachments = post + "/attachments"
        return [
            write(.post, post + "/reply"), write(.post, post + "/forward"),
            attachment(attachments), attachment(attachments + "/$count"), attachment(attachments + "/{attachment}"),
            attachment(attachments + "/{attachment}/$value"),
        ]
    }

    private static func extensions(of post: String) -> [Rule] {
        let all = post + "/extensions"
        let one = all + "/{extension}"
        let read: Set<Permission> = [.groupRead, .groupWrite]
        let write: Set<Permission> = [.groupWrite]
        return [
            Rule(.get, all, read, read), Rule(.get, all + "/$count", read, read), Rule(.get, one, read, read),
            Rule(.post, all, write, write), Rule(.patch, one, write, write), Rule(.put, one, write, write),
            Rule(.delete, one, write, write),
        ]
    }

    // MARK: Groups

    private static let groups: [Rule] = {
        let read: Set<Permission> = [
            .groupBasicRead, .memberRead, .groupRead, .groupWrite, .directoryRead, .directoryWrite,
        ]
        let write: Set<Permission> = [.groupWrite]
        let change: Set<Permission> = [.groupWrite, .directoryWrite]
        let group = "groups/{group}"
        let deleted = "directory/deletedItems"
        let lists = ["groups", "groups/$count", "groups/delta", group, group + "/$count"]
        let deletedReads = [
            deleted, deleted + "/microsoft.graph.group", deleted + "/microsoft.graph.group/$count",
            deleted + "/{group}",
        ]
        return lists.map { Rule(.get, $0, read, read) } + [
            Rule(.post, "groups", change, change.union([.groupCreate])),
            Rule(.patch, group, change, change), Rule(.put, group, change, change),
            Rule(.delete, group, write, write),
            Rule(.post, group + "/renew", write, write),
            Rule(.post, group + "/validateProperties", write, write),
            Rule(.post, deleted + "/{group}/restore", write, write),
            Rule(.delete, deleted + "/{group}", write, write),
        ]
            + deletedReads.map {
                Rule(.get, $0, [.groupRead, .groupWrite, .directoryRead], [.groupRead, .groupWrite, .directoryRead])
            }
            + ["members", "transitiveMembers", "owners"].flatMap { membership(group + "/" + $0) }
            + ["acceptedSenders", "rejectedSenders"].flatMap { senders(group + "/" + $0) }
            + ["subscribeByMail", "unsubscribeByMail", "resetUnseenCount", "addFavorite", "removeFavorite"].map {
                Rule(.post, group + "/" + $0, write, [])
            }
    }()

    private static func membership(_ all: String) -> [Rule] {
        let read: Set<Permission> = [.memberRead, .groupRead, .groupWrite, .directoryRead]
        let write: Set<Permission> = [.memberWrite, .groupWrite]
        let casts = ["", "/microsoft.graph.user", "/microsoft.graph.group", "/microsoft.graph.servicePrincipal"]
        return casts.flatMap { cast in
            ["", "/$count"].map { Rule(.get, all + cast + $0, read, read) }
        } + [
            Rule(.get, all + "/$ref", read, read),
            Rule(.post, all + "/$ref", write, write), Rule(.delete, all + "/$ref", write, write),
            Rule(.delete, all + "/{user}/$ref", write, write),
        ]
    }

    private static func senders(_ all: String) -> [Rule] {
        let read: Set<Permission> = [.groupRead, .groupWrite]
        let write: Set<Permission> = [.groupWrite]
        return [
            Rule(.get, all, read, []), Rule(.get, all + "/$ref", read, []), Rule(.get, all + "/$count", read, []),
            Rule(.post, all + "/$ref", write, []), Rule(.delete, all + "/$ref", write, []),
            Rule(.delete, all + "/{sender}/$ref", write, []),
        ]
    }

    // MARK: People

    private static let people: [Rule] = {
        let me: Set<Permission> = [.ownUserRead, .userBasicRead, .userRead]
        let read: Set<Permission> = [.userBasicRead, .userRead]
        let write: Set<Permission> = [.userWrite, .directoryWrite]
        let memberships = ["memberOf", "transitiveMemberOf"].flatMap { way in
            ["", "/microsoft.graph.group"].flatMap { cast in ["", "/$count"].map { way + cast + $0 } }
        }
        let groups: Set<Permission> = [.memberRead, .groupRead, .groupWrite, .directoryRead]
        return [
            Rule(.get, "me", me, []),
            Rule(.get, "users", read, [.userRead]), Rule(.get, "users/$count", read, [.userRead]),
            Rule(.get, "users/{user}", read, [.userRead], own: [.ownUserRead]),
            Rule(.post, "users", write, write), Rule(.patch, "users/{user}", write, write),
            Rule(.delete, "users/{user}", write, write),
            Rule(.get, "me/joinedTeams", [.teamBasicRead], []),
        ] + (memberships + ["joinedGroups"]).map { Rule(.get, "me/" + $0, [.ownUserRead], []) }
            + (memberships + ["joinedGroups"]).map {
                Rule(.get, "users/{user}/" + $0, groups, groups, own: [.ownUserRead])
            }
    }()

    // MARK: What describes the service

    private static let open: [Rule] = ["", "$metadata"].map { Rule(.get, $0, [], [], isOpen: true) }
}

extension PermissionRule {
    fileprivate init(
        _ method: GraphRequest.Method,
        _ template: String,
        _ delegated: Set<Permission>,
        _ application: Set<Permission>,
        own: Set<Permission> = [],
        exception: Exception? = nil,
        isOpen: Bool = false
    ) {
        self.init(
            method: method,
            template: template,
            delegated: delegated,
            application: application,
            own: own,
            exception: exception,
            isOpen: isOpen
        )
    }
}
