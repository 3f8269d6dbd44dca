import GraphModel
import Storage

/// What is attached to posts, for reading: posts never change, so there is nothing else to do with it.
enum AttachmentOperations {
    /// The routes below a post.
    static func routes(below path: String) -> [Route] {
        [
            Route(.get, path + "/attachments", list),
            Route(.get, path + "/attachments/$count", count),
            Route(.get, path + "/attachments/{attachment}", get),
            Route(.get, path + "/attachments/{attachment}/$value", value),
        ]
    }

    @Sendable private static func list(_ context: OperationContext) throws -> GraphResponse {
        let (post, path) = try post(context)
        let selection = try context.options.selection(of: "attachment", AttachmentRows.properties)
        try context.refuseFilter()
        // The item of an attachment is shown in any case.
        if context.options.expand?.lowercased() != "microsoft.graph.itemattachment/item" { try context.refuseExpand() }
        let root = context.request.serviceRoot
        return GraphResponse(
            json: try JSONWriter.bytes(capacity: 1024) { writer in
                try writer.object { writer in
                    writer.member("@odata.context", "\(root)/$metadata#\(path)\(selection.context)")
                    writer.name("value")
                    try AttachmentRows(context, selection).write(ofPost: post, &writer)
                }
            }
        )
    }

    @Sendable private static func count(_ context: OperationContext) throws -> GraphResponse {
        let (post, _) = try post(context)
        return Page.count(try AttachmentRows(context).count(ofPost: post))
    }

    @Sendable private static func get(_ context: OperationContext) throws -> GraphResponse {
        let (post, path) = try post(context)
        let selection = try context.options.selection(of: "attachment", AttachmentRows.properties)
        return GraphResponse(
            json: try AttachmentRows(context, selection).one(
                try context.id("attachment", .attachment),
                ofPost: post,
                type: "\(context.request.serviceRoot)/$metadata#\(path)\(selection.context)/$entity"
            )
        )
    }

    /// The attachment itself: a file's bytes, an item as other programs read it (reference, section 10).
    @Sendable private static func value(_ context: OperationContext) throws -> GraphResponse {
        let (post, _) = try post(context)
        let id = try context.id("attachment", .attachment)
        guard let content = try AttachmentRows(context).content(id, ofPost: post) else {
            // What is referred to lies elsewhere; there is nothing to give by any method.
            throw Router.MethodNotAllowed(allowed: [], parts: Router.split(context.request.path))
        }
        var response = GraphResponse(status: 200, body: content.bytes)
        response.headers["Content-Type"] = content.contentType
        response.headers["Content-Disposition"] = disposition(content.name)
        return response
    }

    /// `attachment; filename="…"`, with the name in UTF-8 beside it if it has other characters (RFC 6266, section 4).
    private static func disposition(_ name: String) -> String {
        let plain = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    let isPlain = 0x20..<0x7F ~= scalar.value && !"\"\\%/".unicodeScalars.contains(scalar)
                    return isPlain ? scalar : "_"
                }
            )
        )
        let field = "attachment; filename=\"\(plain)\""
        return plain == name ? field : field + "; filename*=UTF-8''" + PercentEncoding.encode(name)
    }

    private static func post(_ context: OperationContext) throws -> (id: String, path: String) {
        try context.refuseApplicationsIfStrict()
        let group = try GroupOperations.readable(context)
        let thread = try ThreadOperations.find(context, group)
        let post = try PostOperations.find(context, thread)
        return (post.id, "groups('\(group)')/threads('\(thread.id)')/posts('\(post.id)')/attachments")
    }
}
