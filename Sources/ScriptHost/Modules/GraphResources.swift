/// A kind of resource that scripts reach below `graph`: what may stand behind an item, and what can be done.
struct GraphResource: Sendable {
    /// What a resource can be told to do: a method in Lua, called with a colon.
    enum Verb: String, Sendable, CaseIterable {
        case list, each, create, get, update, delete, reply, forward

        /// Whether it changes something.
        var writes: Bool {
            switch self {
            case .list, .each, .get: false
            case .create, .update, .delete, .reply, .forward: true
            }
        }

        /// What stands in its parentheses.
        var parameters: [ScriptParameter] {
            switch self {
            case .list, .each, .get: [GraphResource.queryOptions]
            case .create, .update, .reply, .forward:
                [ScriptParameter("body", .table, summary: "The body."), GraphResource.writeOptions]
            case .delete: [GraphResource.writeOptions]
            }
        }
    }

    /// Its segment in paths.
    var name: String
    /// The class of one of them, by Graph's name for it.
    var entity: String
    /// The collections that an item has, by their names.
    var children: [String] = []
    /// What the collection can be told.
    var collection: [Verb] = [.list, .each]
    /// What an item can be told; nothing, if Graph gives the items only within their collection.
    var item: [Verb] = [.get]
    /// The classes of the bodies that verbs take.
    var bodies: [Verb: String] = [:]

    /// The names of the options of requests that read.
    static var queryOptionNames: [String] { queryOptions.fields.map(\.name) }

    static let all: [GraphResource] = [
        GraphResource(
            name: "groups",
            entity: "graph.group",
            children: ["conversations", "threads", "members", "owners", "acceptedSenders", "rejectedSenders"],
            collection: [.list, .each, .create],
            item: [.get, .update, .delete],
            bodies: [.create: "graph.newGroup", .update: "graph.groupChanges"]
        ),
        GraphResource(
            name: "conversations",
            entity: "graph.conversation",
            children: ["threads"],
            collection: [.list, .each, .create],
            item: [.get, .delete],
            bodies: [.create: "graph.newConversation"]
        ),
        GraphResource(
            name: "threads",
            entity: "graph.conversationThread",
            children: ["posts"],
            collection: [.list, .each, .create],
            item: [.get, .update, .delete, .reply],
            bodies: [.create: "graph.newThread", .update: "graph.threadChanges", .reply: "graph.reply"]
        ),
        GraphResource(
            name: "posts",
            entity: "graph.post",
            children: ["attachments"],
            item: [.get, .reply, .forward],
            bodies: [.reply: "graph.reply", .forward: "graph.forward"]
        ),
        GraphResource(name: "attachments", entity: "graph.attachment"),
        GraphResource(name: "members", entity: "graph.user", item: []),
        GraphResource(name: "owners", entity: "graph.user", item: []),
        GraphResource(name: "acceptedSenders", entity: "graph.directoryObject", item: []),
        GraphResource(name: "rejectedSenders", entity: "graph.directoryObject", item: []),
    ]

    /// The resource with this name; nil if there is none.
    static func named(_ name: String) -> GraphResource? {
        all.first { $0.name == name }
    }

    /// Whether something can be said of an item by itself.
    var hasItems: Bool { !item.isEmpty || !children.isEmpty }

    /// What an item has, as errors list it.
    var itemMembers: [String] { item.map(\.rawValue) + children }

    /// The resources and the names of the options as Lua, for the module's own part.
    static var lua: String {
        func list(_ names: [String]) -> String { "{ " + names.map { "\"\($0)\"" }.joined(separator: ", ") + " }" }
        let resources = all.map { resource in
            "  \(resource.name) = { children = \(list(resource.children)), "
                + "collection = \(list(resource.collection.map(\.rawValue))), "
                + "item = \(list(resource.item.map(\.rawValue))) },\n"
        }
        return "local resources = {\n\(resources.joined())}\nlocal option_names = \(list(queryOptionNames))\n"
    }

    private static let queryOptions = ScriptParameter(
        "options",
        .table,
        type: "graph.query",
        optional: true,
        summary: "OData's query options, and how long to wait.",
        fields: [
            option("top", "integer", "The largest number of items in a page."),
            option("skip", "integer", "How many items to pass over."),
            option("select", "string|string[]", "The properties to give: \"id,displayName\"."),
            option("filter", "string", "Which items to give: \"startswith(displayName, 'Sales')\"."),
            option("orderby", "string", "By which property to sort."),
            option("expand", "string", "Which related items to give, too: \"attachments\"."),
            option("search", "string", "The words to look for."),
            option("count", "boolean", "Whether the page says how many items there are in all."),
            option("timeout", "number", "How many seconds to wait for the answer."),
        ]
    )

    private static func option(_ name: String, _ type: String, _ summary: String) -> ScriptParameter {
        ScriptParameter(name, .any, type: type, optional: true, summary: summary)
    }

    /// What a write's key does.
    static let keySummary =
        "Names the write: it happens once, in all runs. A key that stands for another write, or for a post that was taken "
        + "back, is refused with `IdempotencyKeyReused`, and nothing is sent."

    /// How a write is sent.
    static let writeOptions = ScriptParameter(
        "options",
        .table,
        type: "graph.writeOptions",
        optional: true,
        summary: "How to send it.",
        fields: [
            ScriptParameter("key", .string, optional: true, summary: keySummary),
            ScriptParameter(
                "timeout",
                .number,
                optional: true,
                summary: "How many seconds to wait; the write may happen all the same."
            ),
        ]
    )
}
