// The resources of Microsoft Graph v1.0 that scripts read and send, with the properties that they have there.

extension GraphResource {
    private static let id = ScriptField("id", "string", summary: "Its id.")

    /// What is read, with the properties of Microsoft Graph v1.0.
    static let entities = [
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
                ScriptField("resourceBehaviorOptions", "string[]", summary: "How it behaves: AllowOnlyMembersToPost."),
            ]
        ),
        ScriptClass(
            "graph.directoryObject",
            summary: "A person or a group (Graph's `directoryObject`).",
            fields: [
                id,
                ScriptField("displayName", "string", summary: "The name."),
                ScriptField("mail", "string", optional: true, summary: "The address."),
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
                ScriptField(
                    "toRecipients",
                    "graph.recipient[]",
                    optional: true,
                    summary: "Whom it goes to; only if `select` asks for it."
                ),
                ScriptField(
                    "ccRecipients",
                    "graph.recipient[]",
                    optional: true,
                    summary: "Who gets a copy; only if `select` asks for it."
                ),
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
    static let bodyClasses = [
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
                ScriptField(
                    "topic",
                    "string",
                    optional: true,
                    summary: "What it is about; a conversation says it itself."
                ),
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
                ScriptField(
                    "attachments",
                    "table[]",
                    optional: true,
                    summary: "Graph's attachments, content in base 64."
                ),
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
