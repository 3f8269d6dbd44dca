// The resource tree as classes: what `graph.groups[id].threads` and the like can be told, and what they give.

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

    /// Lua that shows its use, and the resource that it shows it with.
    var example: (resource: String, lua: String) {
        switch self {
        case .list:
            ("groups", "for _, group in ipairs(graph.groups:list({ top = 5 }).value) do print(group.displayName) end")
        case .each:
            (
                "groups",
                "for group in graph.groups:each { top = 100, select = \"id,displayName\" } do print(group.id) end"
            )
        case .create:
            (
                "conversations",
                """
                local group = graph.groups:list { top = 1 }.value[1]
                local conversation = graph.groups[group.id].conversations:create {
                  topic = "Offsite", threads = { { posts = { { body = text "Which week suits you?" } } } },
                }
                print(conversation.id)
                """
            )
        case .get:
            (
                "groups",
                """
                local group = graph.groups:list { top = 1 }.value[1]
                print(graph.groups[group.id]:get({ select = "id,mail" }).mail)
                """
            )
        case .update: ("threads", Self.onEachThread(":update { isLocked = true }"))
        case .delete: ("threads", Self.onEachThread(":delete()"))
        case .reply:
            (
                "threads",
                """
                local group = graph.groups:list { top = 1 }.value[1]
                local thread = graph.groups[group.id].threads:create {
                  topic = "Offsite", posts = { { body = text "Which week suits you?" } },
                }
                graph.groups[group.id].threads[thread.id]:reply { post = { body = html "<p>The second one.</p>" } }
                """
            )
        case .forward:
            (
                "posts",
                """
                local function forward(groupId, threadId, postId)
                  graph.groups[groupId].threads[threadId].posts[postId]:forward {
                    comment = "For your calendar",
                    toRecipients = { { emailAddress = { address = "AdeleV@contoso.example" } } },
                  }
                end
                """
            )
        }
    }

    private static func onEachThread(_ call: String) -> String {
        """
        local group = graph.groups:list { top = 1 }.value[1]
        for thread in graph.groups[group.id].threads:each() do
          graph.groups[group.id].threads[thread.id]\(call)
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
            example: verb.example.resource == name ? verb.example.lua : ""
        )
    }

    /// All classes of Graph's resources.
    static var classes: [ScriptClass] {
        all.flatMap(\.classes) + entities + bodyClasses
    }

    private var classes: [ScriptClass] {
        let one = ScriptClass.Elements(index: "string", type: itemClass, summary: "One of them, by its id.")
        let classes = [
            ScriptClass(
                collectionClass,
                summary: "The collection `\(name)`.",
                elements: hasItems ? one : nil,
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
        return classes.filter { hasItems || $0.name != itemClass }
    }
}
