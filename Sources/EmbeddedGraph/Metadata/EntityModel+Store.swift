import GraphModel

extension EntityModel {
    private static func text(_ name: String, isNullable: Bool = true) -> Property {
        Property(name: name, type: "Edm.String", isNullable: isNullable)
    }
    private static func texts(_ name: String) -> Property {
        Property(name: name, type: "Edm.String", isCollection: true, isNullable: false)
    }
    private static func boolean(_ name: String, isNullable: Bool = true) -> Property {
        Property(name: name, type: "Edm.Boolean", isNullable: isNullable)
    }
    private static func moment(_ name: String, isNullable: Bool = true) -> Property {
        Property(name: name, type: "Edm.DateTimeOffset", isNullable: isNullable)
    }
    private static func recipients(_ name: String) -> Property {
        Property(name: name, type: "recipient", isCollection: true, isNullable: false)
    }

    /// What the embedded store serves (reference, section 3).
    static let store = EntityModel(
        enumerations: [Enumeration(name: "bodyType", members: ["text", "html"])],
        types: [
            StructuredType(
                name: "emailAddress",
                isEntity: false,
                properties: [text("name"), text("address")]
            ),
            StructuredType(
                name: "recipient",
                isEntity: false,
                properties: [Property(name: "emailAddress", type: "emailAddress")]
            ),
            StructuredType(
                name: "itemBody",
                isEntity: false,
                properties: [Property(name: "contentType", type: "bodyType"), text("content")]
            ),
            StructuredType(name: "entity", isAbstract: true, properties: [text("id", isNullable: false)]),
            StructuredType(name: "directoryObject", base: "entity", properties: [moment("deletedDateTime")]),
            user, group, conversation, conversationThread, outlookItem, post,
        ] + attachments + programs,
        operations: operations,
        roots: [
            Root(name: "groups", type: "group", isSet: true), Root(name: "users", type: "user", isSet: true),
            Root(name: "me", type: "user", isSet: false),
        ]
    )

    private static let user = StructuredType(
        name: "user",
        base: "directoryObject",
        isOpen: true,
        properties: [text("displayName"), text("mail"), text("userPrincipalName"), text("userType")],
        navigations: [Navigation(name: "memberOf", type: "directoryObject")]
    )

    private static let group = StructuredType(
        name: "group",
        base: "directoryObject",
        isOpen: true,
        properties: [
            moment("createdDateTime"), text("description"), text("displayName"), moment("expirationDateTime"),
            texts("groupTypes"), text("mail"), boolean("mailEnabled"), text("mailNickname"), texts("proxyAddresses"),
            moment("renewedDateTime"), texts("resourceBehaviorOptions"), boolean("securityEnabled"),
            text("securityIdentifier"), text("uniqueName"), text("visibility"), boolean("isFavorite"),
            boolean("isSubscribedByMail"), Property(name: "unseenCount", type: "Edm.Int32"),
        ]
            + GroupDetail.allCases.map { detail in
                switch detail.kind {
                case .text, .choice: text(detail.rawValue)
                case .boolean: boolean(detail.rawValue)
                case .texts: texts(detail.rawValue)
                }
            },
        navigations: [
            Navigation(name: "members", type: "directoryObject"), Navigation(name: "owners", type: "directoryObject"),
            Navigation(name: "acceptedSenders", type: "directoryObject"),
            Navigation(name: "rejectedSenders", type: "directoryObject"),
            Navigation(name: "conversations", type: "conversation", isContained: true),
            Navigation(name: "threads", type: "conversationThread", isContained: true),
        ]
    )

    private static let conversation = StructuredType(
        name: "conversation",
        base: "entity",
        properties: [
            boolean("hasAttachments", isNullable: false), moment("lastDeliveredDateTime", isNullable: false),
            text("preview", isNullable: false), text("topic", isNullable: false), texts("uniqueSenders"),
        ],
        navigations: [Navigation(name: "threads", type: "conversationThread", isContained: true)]
    )

    private static let conversationThread = StructuredType(
        name: "conversationThread",
        base: "entity",
        properties: [
            recipients("ccRecipients"), boolean("hasAttachments", isNullable: false),
            boolean("isLocked", isNullable: false), moment("lastDeliveredDateTime", isNullable: false),
            text("preview", isNullable: false), text("topic", isNullable: false), recipients("toRecipients"),
            texts("uniqueSenders"),
        ],
        navigations: [Navigation(name: "posts", type: "post", isContained: true)]
    )

    private static let outlookItem = StructuredType(
        name: "outlookItem",
        base: "entity",
        isAbstract: true,
        properties: [
            texts("categories"), text("changeKey"), moment("createdDateTime"), moment("lastModifiedDateTime"),
        ]
    )

    private static let post = StructuredType(
        name: "post",
        base: "outlookItem",
        isOpen: true,
        properties: [
            Property(name: "body", type: "itemBody"), text("conversationId"), text("conversationThreadId"),
            Property(name: "from", type: "recipient", isNullable: false), boolean("hasAttachments", isNullable: false),
            recipients("newParticipants"), moment("receivedDateTime", isNullable: false),
            Property(name: "sender", type: "recipient"),
        ],
        navigations: [
            Navigation(name: "attachments", type: "attachment", isContained: true),
            Navigation(name: "extensions", type: "extension", isContained: true),
            Navigation(name: "inReplyTo", type: "post", isCollection: false),
            Navigation(
                name: "multiValueExtendedProperties",
                type: "multiValueLegacyExtendedProperty",
                isContained: true
            ),
            Navigation(
                name: "singleValueExtendedProperties",
                type: "singleValueLegacyExtendedProperty",
                isContained: true
            ),
        ]
    )

    private static let attachments = [
        StructuredType(
            name: "attachment",
            base: "entity",
            isAbstract: true,
            properties: [
                text("contentType"), boolean("isInline", isNullable: false), moment("lastModifiedDateTime"),
                text("name"), Property(name: "size", type: "Edm.Int32", isNullable: false),
            ]
        ),
        StructuredType(
            name: "fileAttachment",
            base: "attachment",
            properties: [
                Property(name: "contentBytes", type: "Edm.Binary"), text("contentId"), text("contentLocation"),
            ]
        ),
        StructuredType(
            name: "itemAttachment",
            base: "attachment",
            navigations: [Navigation(name: "item", type: "outlookItem", isCollection: false, isContained: true)]
        ),
        StructuredType(
            name: "referenceAttachment",
            base: "attachment",
            properties: [
                boolean("isFolder"), text("permission"), text("previewUrl"), text("providerType"), text("sourceUrl"),
                text("thumbnailUrl"),
            ]
        ),
    ]

    private static let programs = [
        StructuredType(name: "extension", base: "entity", isAbstract: true),
        StructuredType(
            name: "openTypeExtension",
            base: "extension",
            isOpen: true,
            properties: [text("extensionName")]
        ),
        StructuredType(name: "singleValueLegacyExtendedProperty", base: "entity", properties: [text("value")]),
        StructuredType(
            name: "multiValueLegacyExtendedProperty",
            base: "entity",
            properties: [texts("value")]
        ),
    ]

    private static let operations: [Operation] = {
        let post = Property(name: "Post", type: "post", isNullable: false)
        return [
            Operation(name: "reply", binding: "conversationThread", parameters: [post]),
            Operation(name: "reply", binding: "post", parameters: [post]),
            Operation(
                name: "forward",
                binding: "post",
                parameters: [
                    text("Comment"),
                    Property(name: "ToRecipients", type: "recipient", isCollection: true, isNullable: false),
                ]
            ),
            Operation(name: "renew", binding: "group"),
            Operation(name: "subscribeByMail", binding: "group"),
            Operation(name: "unsubscribeByMail", binding: "group"),
            Operation(name: "addFavorite", binding: "group"),
            Operation(name: "removeFavorite", binding: "group"),
            Operation(name: "resetUnseenCount", binding: "group"),
            Operation(
                name: "validateProperties",
                binding: "group",
                parameters: [text("displayName"), text("mailNickname")]
            ),
            Operation(name: "restore", binding: "directoryObject", result: "directoryObject"),
            Operation(name: "delta", binding: "group", isCollectionBound: true, isFunction: true, result: "group"),
            Operation(
                name: "delta",
                binding: "conversation",
                isCollectionBound: true,
                isFunction: true,
                result: "conversation"
            ),
            Operation(name: "delta", binding: "post", isCollectionBound: true, isFunction: true, result: "post"),
        ]
    }()
}
