// The classes of the resource tree: what `graph.groups[id].threads` and the like can be told, and what they give.

extension GraphResource.Verb {
    /// What it does, in one sentence.
    var summary: String {
        switch self {
        case .list: "Reads one page of the collection."
        case .each: "Goes through the whole collection, page after page, in a `for` loop."
        case .create: "Makes a new one."
        case .get: "Reads it."
        case .update: "Changes the properties that the body has."
        case .delete: "Deletes it."
        case .reply: "Adds a reply."
        case .forward: "Sends it to others by mail."
        }
    }

    /// Lua that shows its use.
    var example: String {
        switch self {
        case .list: "for _, group in ipairs(graph.groups:list({ top = 5 }).value) do print(group.displayName) end"
        case .each: "for group in graph.groups:each { top = 100, select = \"id,displayName\" } do print(group.id) end"
        case .create:
            """
            local group = graph.groups:list { top = 1 }.value[1]
            local conversation = graph.groups[group.id].conversations:create {
              topic = "Offsite", threads = { { posts = { { body = text "Which week suits you?" } } } },
            }
            print(conversation.id)
            """
        case .get:
            """
            local group = graph.groups:list { top = 1 }.value[1]
            print(graph.groups[group.id]:get({ select = "id,mail" }).mail)
            """
        case .update: Self.onEachThread("graph.groups[group.id].threads[thread.id]:update { isLocked = true }")
        case .delete: Self.onEachThread("graph.groups[group.id].threads[thread.id]:delete()")
        case .reply:
            """
            local group = graph.groups:list { top = 1 }.value[1]
            local thread = graph.groups[group.id].threads:create {
              topic = "Offsite", posts = { { body = text "Which week suits you?" } },
            }
            graph.groups[group.id].threads[thread.id]:reply { post = { body = html "<p>The second one.</p>" } }
            """
        case .forward:
            """
            local function forward(groupId, threadId, postId)
              graph.groups[groupId].threads[threadId].posts[postId]:forward {
                comment = "For your calendar",
                toRecipients = { { emailAddress = { address = "AdeleV@contoso.example" } } },
              }
            end
            """
        }
    }

    private static func onEachThread(_ action: String) -> String {
        """
        local group = graph.groups:list { top = 1 }.value[1]
        for thread in graph.groups[group.id].threads:each() do
          \(action)
        end
        """
    }
}

extension GraphResource {
    /// The class of the collection.
    var collectionClass: String { "graph.\(name)" }
    /// The class of one of its items, before it is read.
    var itemClass: String { "\(collectionClass).item" }
    /// The class of a page of the collection.
    var pageClass: String { "\(collectionClass).page" }

    /// A verb as a method.
    func method(_ verb: Verb) -> ScriptFunction {
        let result =
            switch verb {
            case .list: "\(pageClass) page"
            case .each: "fun(): \(entity) next"
            case .create, .get: "\(entity) \(entity.dropFirst("graph.".count))"
            case .reply: "graph.created reply"
            case .update, .delete, .forward: ""
            }
        return ScriptFunction(
            name: verb.rawValue,
            parameters: verb.parameters.map { parameter in
                guard parameter.name == "body" else { return parameter }
                var body = parameter
                body.type = bodies[verb]
                return body
            },
            result: result,
            summary: verb.summary,
            example: verb.example
        )
    }

    /// All classes of Graph's resources.
    static var classes: [ScriptClass] {
        all.flatMap(\.classes) + entities + bodyClasses
    }

    private var classes: [ScriptClass] {
        [
            ScriptClass(
                collectionClass,
                summary: "The collection `\(name)`.",
                elements: ScriptClass.Elements(index: "string", type: itemClass, summary: "One of them, by its id."),
                methods: collection.map(method)
            ),
            ScriptClass(
                itemClass,
                summary: "One of the \(name); nothing is read before a method is called.",
                fields: children.compactMap(Self.named).map { child in
                    ScriptField(child.name, child.collectionClass, summary: "The \(child.name) in it.")
                },
                methods: item.map(method)
            ),
            ScriptClass(
                pageClass,
                summary: "A page of the \(name).",
                fields: [
                    ScriptField("value", "\(entity)[]", summary: "The items of the page."),
                    ScriptField(
                        "@odata.nextLink",
                        "string",
                        optional: true,
                        summary: "Where the next page is, for `graph.get`; none behind the last page."
                    ),
                    ScriptField(
                        "@odata.count",
                        "integer",
                        optional: true,
                        summary: "How many there are in all, when `count = true` asks for it."
                    ),
                ]
            ),
        ]
    }

    private static let id = ScriptField("id", "string", summary: "Its id.")

    /// What is read, with the properties of Microsoft Graph v1.0.
    private static let entities = [
        ScriptClass(
            "graph.group",
            summary: "A group (Graph's `group`).",
            fields: [
                id,
                ScriptField("displayName", "string", summary: "Its name."),
                ScriptField("description", "string", optional: true, summary: "What it is for."),
                ScriptField("mail", "string", optional: true, summary: "Its address."),
                ScriptField("mailNickname", "string", summary: "The part of its address before the @."),
                ScriptField("mailEnabled", "boolean", summary: "Whether it has a mailbox."),
                ScriptField("securityEnabled", "boolean", summary: "Whether it gives access to things."),
                ScriptField("groupTypes", "string[]", summary: "`Unified` stands here for a Microsoft 365 group."),
                ScriptField("visibility", "string", optional: true, summary: "Public, Private or HiddenMembership."),
                ScriptField("createdDateTime", "string", summary: "When it was made: 2026-01-15T08:30:00Z."),
            ]
        ),
        ScriptClass(
            "graph.conversation",
            summary: "A conversation of a group (Graph's `conversation`).",
            fields: [id] + delivered
        ),
        ScriptClass(
            "graph.conversationThread",
            summary: "A thread of a conversation (Graph's `conversationThread`).",
            fields: [id] + delivered + [
                ScriptField("isLocked", "boolean", summary: "Whether it takes no more replies."),
                ScriptField("toRecipients", "graph.recipient[]", summary: "Whom it goes to."),
                ScriptField("ccRecipients", "graph.recipient[]", summary: "Who gets a copy."),
            ]
        ),
        ScriptClass(
            "graph.post",
            summary: "A post in a thread (Graph's `post`).",
            fields: [
                id,
                ScriptField("body", "graph.itemBody", summary: "What it says."),
                ScriptField("from", "graph.recipient", summary: "In whose name it was sent."),
                ScriptField("sender", "graph.recipient", summary: "Who sent it."),
                ScriptField("createdDateTime", "string", summary: "When it was written."),
                ScriptField("receivedDateTime", "string", summary: "When it was received."),
                ScriptField("lastModifiedDateTime", "string", summary: "When it was last changed."),
                ScriptField("hasAttachments", "boolean", summary: "Whether it has attachments."),
                ScriptField("categories", "string[]", summary: "Its categories."),
                ScriptField("changeKey", "string", summary: "Its version."),
                ScriptField("newParticipants", "graph.recipient[]", optional: true, summary: "Whom it brought in."),
                ScriptField("conversationId", "string", optional: true, summary: "Only if `select` asks for it."),
                ScriptField("conversationThreadId", "string", optional: true, summary: "Only if `select` asks for it."),
                ScriptField("attachments", "graph.attachment[]", optional: true, summary: "Only if `expand` asks."),
            ]
        ),
        ScriptClass(
            "graph.attachment",
            summary: "An attachment of a post (Graph's `attachment`).",
            fields: [
                id,
                ScriptField("name", "string", summary: "Its file name."),
                ScriptField("contentType", "string", optional: true, summary: "Its media type."),
                ScriptField("size", "integer", summary: "Its size in bytes."),
                ScriptField("isInline", "boolean", summary: "Whether the body shows it."),
                ScriptField("lastModifiedDateTime", "string", summary: "When it was last changed."),
                ScriptField("contentBytes", "string", optional: true, summary: "A file's content, in base 64."),
            ]
        ),
        ScriptClass(
            "graph.user",
            summary: "A person (Graph's `user`).",
            fields: [
                id,
                ScriptField("displayName", "string", summary: "The name."),
                ScriptField("mail", "string", optional: true, summary: "The address."),
                ScriptField("userPrincipalName", "string", optional: true, summary: "The name to sign in with."),
            ]
        ),
        ScriptClass(
            "graph.itemBody",
            summary: "A text with its kind; `html` and `text` make one.",
            fields: [
                ScriptField("contentType", "\"html\"|\"text\"", summary: "What kind of text it is."),
                ScriptField("content", "string", summary: "The text."),
            ]
        ),
        ScriptClass(
            "graph.recipient",
            summary: "Somebody with an address.",
            fields: [ScriptField("emailAddress", "graph.emailAddress", summary: "The name and the address.")]
        ),
        ScriptClass(
            "graph.emailAddress",
            summary: "A name and an address.",
            fields: [
                ScriptField("name", "string", optional: true, summary: "The name."),
                ScriptField("address", "string", summary: "The address."),
            ]
        ),
        ScriptClass(
            "graph.created",
            summary: "What a reply made.",
            fields: [id]
        ),
    ]

    private static let delivered = [
        ScriptField("topic", "string", summary: "What it is about."),
        ScriptField("preview", "string", summary: "How its newest post begins."),
        ScriptField("lastDeliveredDateTime", "string", summary: "When its newest post came: 2026-01-15T08:30:00Z."),
        ScriptField("hasAttachments", "boolean", summary: "Whether a post in it has attachments."),
        ScriptField("uniqueSenders", "string[]", summary: "The names of those who have posted."),
    ]

    /// What is sent.
    private static let bodyClasses = [
        ScriptClass(
            "graph.newGroup",
            summary: "A group to create.",
            fields: [
                ScriptField("displayName", "string", summary: "Its name."),
                ScriptField("mailNickname", "string", summary: "The part of its address before the @."),
                ScriptField("mailEnabled", "boolean", summary: "Whether it has a mailbox; true for conversations."),
                ScriptField("securityEnabled", "boolean", summary: "Whether it gives access to things."),
                ScriptField("groupTypes", "string[]", optional: true, summary: "{ \"Unified\" } for conversations."),
                ScriptField("description", "string", optional: true, summary: "What it is for."),
                ScriptField("visibility", "string", optional: true, summary: "Public, Private or HiddenMembership."),
            ]
        ),
        ScriptClass(
            "graph.groupChanges",
            summary: "Properties of a group to change.",
            fields: [
                ScriptField("displayName", "string", optional: true, summary: "Its name."),
                ScriptField("description", "string", optional: true, summary: "What it is for."),
                ScriptField("visibility", "string", optional: true, summary: "Public or Private."),
            ]
        ),
        ScriptClass(
            "graph.newConversation",
            summary: "A conversation to create, with its first thread and post.",
            fields: [
                ScriptField("topic", "string", summary: "What it is about."),
                ScriptField("threads", "graph.newThread[]", summary: "One thread."),
            ]
        ),
        ScriptClass(
            "graph.newThread",
            summary: "A thread to create, with its first post.",
            fields: [
                ScriptField("topic", "string", optional: true, summary: "What it is about; a conversation says it itself."),
                ScriptField("posts", "graph.newPost[]", summary: "One post."),
            ]
        ),
        ScriptClass(
            "graph.threadChanges",
            summary: "Properties of a thread to change.",
            fields: [
                ScriptField("isLocked", "boolean", optional: true, summary: "Whether it takes no more replies.")
            ]
        ),
        ScriptClass(
            "graph.newPost",
            summary: "A post to send.",
            fields: [
                ScriptField("body", "graph.itemBody", summary: "What it says: html \"…\" or text \"…\"."),
                ScriptField("newParticipants", "graph.recipient[]", optional: true, summary: "Whom it brings in."),
                ScriptField("attachments", "table[]", optional: true, summary: "Graph's attachments, content in base 64."),
                ScriptField("from", "graph.recipient", optional: true, summary: "In whose name it is sent."),
            ]
        ),
        ScriptClass(
            "graph.reply",
            summary: "A reply to send.",
            fields: [ScriptField("post", "graph.newPost", summary: "The post.")]
        ),
        ScriptClass(
            "graph.forward",
            summary: "A post to send on.",
            fields: [
                ScriptField("comment", "string", optional: true, summary: "What stands above it."),
                ScriptField("toRecipients", "graph.recipient[]", summary: "Whom it goes to."),
            ]
        ),
    ]
}
