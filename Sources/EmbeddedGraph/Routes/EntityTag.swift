import GraphModel

/// What tells one state of a resource from another (RFC 9110, section 8.8.3; reference, section 6.3).
struct EntityTag: Equatable {
    /// As on the wire: `W/"…"`.
    let text: String

    init(_ opaque: String) {
        text = "W/\"\(opaque)\""
    }

    /// Whether a field such as `If-Match` names this tag, or is `*`; tags are compared weakly.
    func matches(_ field: String) -> Bool {
        let tags = field.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        return tags.contains { tag in tag == "*" || Self.opaque(tag) == Self.opaque(text) }
    }

    private static func opaque(_ tag: String) -> Substring {
        (tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]).drop { $0 == "\"" }.prefix { $0 != "\"" }
    }
}

extension OperationContext {
    /// Refuses a change of something that is no longer as the caller saw it.
    ///
    /// - Throws: ``GraphError``: 412, if the request has an `If-Match` with other tags only.
    func requireMatch(_ tag: EntityTag) throws(GraphError) {
        guard let field = request.headers["If-Match"], !tag.matches(field) else { return }
        throw GraphError(
            412,
            .conflict,
            "It has changed since it was read: If-Match does not name its ETag, which is \(tag.text). Read it again."
        )
    }

    /// The answer to a read: with its tag, or 304 if the caller has it already.
    func response(_ body: [UInt8], _ tag: EntityTag) -> GraphResponse {
        let isKnown = request.headers["If-None-Match"].map(tag.matches) ?? false
        var response = isKnown ? GraphResponse(status: 304) : GraphResponse(json: body)
        response.headers["ETag"] = tag.text
        return response
    }
}
