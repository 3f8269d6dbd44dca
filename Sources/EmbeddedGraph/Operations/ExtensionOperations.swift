import GraphModel
import Storage

/// `…/posts/{post}/extensions`: the open extensions of a post (reference, section 8.1).
enum ExtensionOperations {
    static let routes = [
        "groups/{group}/threads/{thread}/posts/{post}/extensions",
        "groups/{group}/conversations/{conversation}/threads/{thread}/posts/{post}/extensions",
    ].flatMap { path in
        [
            Route(.get, path, list), Route(.post, path, create), Route(.get, path + "/{extension}", get),
            Route(.patch, path + "/{extension}", update), Route(.delete, path + "/{extension}", delete),
        ]
    }

    /// The post that the path names, and what contexts call its extensions.
    ///
    /// - Throws: ``GraphError`` if there is none, or the caller may not read it, or may not post where it is to be
    ///   written to: an extension is part of the post (reference, section 11.4).
    private static func post(
        _ context: OperationContext,
        isWriting: Bool = false
    ) throws -> (id: String, type: String) {
        let group = try isWriting ? GroupOperations.postable(context) : GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try PostOperations.find(context, thread)
        return (post.id, "groups('\(group)')/threads('\(thread.id)')/posts('\(post.id)')/extensions")
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let (post, type) = try post(context)
        let all = try ExtensionTable(context.connection).all(ofPost: post)
        return GraphResponse(
            json: JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#\(type)")
                    writer.name("value")
                    writer.array { writer in
                        for value in all { writer.object { PostData.write(value, &$0) } }
                    }
                }
            }
        )
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let (post, type) = try post(context)
        return entity(try find(context, post), type, context)
    }

    @Sendable private static func create(_ context: OperationContext) throws -> GraphResponse {
        let (post, type) = try post(context, isWriting: true)
        let new = try OpenExtension.read(context.request.body)
        let all = try ExtensionTable(context.connection).all(ofPost: post)
        guard !all.contains(where: { OpenExtension.key($0.name) == OpenExtension.key(new.name) }) else {
            throw GraphError(409, .itemExists, "The post has an extension '\(new.name)' already; change that one.")
        }
        guard all.count < OpenExtension.maximumCount else {
            throw GraphError(400, .invalidRequest, "A post has \(OpenExtension.maximumCount) extensions at most.")
        }
        try ExtensionTable(context.connection).write(new, ofPost: post)
        return entity(new, type, context, status: 201)
    }

    /// Sets the values that are given, and removes those given as null.
    @Sendable private static func update(_ context: OperationContext) throws -> GraphResponse {
        let (post, type) = try post(context, isWriting: true)
        var value = try find(context, post)
        for (name, data) in try OpenExtension.readChange(context.request.body) {
            value.values[name] = data == .null ? nil : data
        }
        guard value.json.count <= OpenExtension.maximumSize else {
            throw GraphError(413, .tooLarge, "An extension has \(OpenExtension.maximumSize) bytes at most.")
        }
        try ExtensionTable(context.connection).write(value, ofPost: post)
        return entity(value, type, context)
    }

    @Sendable private static func delete(_ context: OperationContext) throws -> GraphResponse {
        let (post, _) = try post(context, isWriting: true)
        try ExtensionTable(context.connection).delete(try find(context, post).name, ofPost: post)
        return GraphResponse(status: 204)
    }

    private static func find(_ context: OperationContext, _ post: String) throws -> OpenExtension {
        let name = context.parameters["extension"] ?? ""
        guard let found = try ExtensionTable(context.connection).find(name, ofPost: post) else {
            throw GraphError.itemNotFound
        }
        return found
    }

    private static func entity(
        _ value: OpenExtension,
        _ type: String,
        _ context: OperationContext,
        status: Int = 200
    ) -> GraphResponse {
        GraphResponse(
            status: status,
            json: JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("@odata.context", "\(context.request.serviceRoot)/$metadata#\(type)/$entity")
                    PostData.write(value, &writer)
                }
            },
            location: status == 201
                ? context.request.serviceRoot + context.request.path + "/\(PercentEncoding.encode(value.name))" : nil
        )
    }
}
