import GraphModel

/// Writes a collection: the context, a link to the next page if there is one, and the items (reference, section 6.3).
struct Page {
    /// The largest page, whatever `$top` asks for.
    static let maximum = 999

    var context: OperationContext
    /// What stands behind `$metadata#`.
    var type: String
    /// How many items a page has if the request does not say.
    var defaultSize: Int
    /// How many items a page has at most.
    var maximumSize = Page.maximum
    /// Whether a page that is not the last leads to the next.
    var hasLink = true

    /// How many items this page has at most.
    var size: Int {
        let top = context.options.top ?? preferredSize ?? defaultSize
        return min(top, preferredSize ?? top, maximumSize)
    }

    /// The size of the header `Prefer: odata.maxpagesize=50`, if it has one.
    private var preferredSize: Int? { context.preferences.maximumPageSize }

    /// The answer with `items`, of which there is one more than ``size`` if another page follows.
    func response<Item>(
        _ items: [Item],
        count: Int? = nil,
        token: (Item) throws -> PageToken,
        write: (Item, inout JSONWriter) throws -> Void
    ) rethrows -> GraphResponse {
        let shown = items.prefix(size)
        let root = context.request.serviceRoot
        let body = try JSONWriter.bytes(capacity: 512 * (shown.count + 1)) { writer in
            try writer.object { writer in
                writer.member("@odata.context", "\(root)/$metadata#\(type)")
                if let count { writer.member("@odata.count", count) }
                if hasLink, items.count > shown.count, let last = shown.last {
                    writer.member("@odata.nextLink", "\(root)\(path)?\(query(after: try token(last)))")
                }
                writer.name("value")
                try writer.array { writer in
                    for item in shown { try write(item, &writer) }
                }
            }
        }
        var response = GraphResponse(json: body)
        if let preferredSize { response.headers["Preference-Applied"] = "odata.maxpagesize=\(preferredSize)" }
        return response
    }

    /// Writes an expanded collection into the item that it belongs to, with a link to the rest if there is more.
    func write<Item>(
        _ items: [Item],
        as name: String,
        count: Int?,
        _ writer: inout JSONWriter,
        token: (Item) throws -> PageToken,
        write: (Item, inout JSONWriter) throws -> Void
    ) rethrows {
        let shown = items.prefix(size)
        if let count {
            writer.name("\(name)@odata.count")
            writer.value(.integer(Int64(count)))
        }
        if hasLink, items.count > shown.count, let last = shown.last {
            writer.name("\(name)@odata.nextLink")
            writer.string("\(context.request.serviceRoot)\(path)?\(query(after: try token(last)))")
        }
        writer.name(name)
        try writer.array { writer in
            for item in shown { try write(item, &writer) }
        }
    }

    /// The answer to `/$count`: the number as plain text (reference, section 9).
    static func count(_ number: Int) -> GraphResponse {
        var response = GraphResponse(status: 200, body: Array(String(number).utf8))
        response.headers["Content-Type"] = "text/plain"
        return response
    }

    /// The path as it was asked for; clients take braces in a link for places to be filled in.
    private var path: String {
        let path = context.request.path
        guard path.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else { return path }
        return path.replacing("{", with: "%7B").replacing("}", with: "%7D")
    }

    /// A link to this collection with another token, all other options kept.
    func link(_ option: String, _ token: PageToken) -> String {
        "\(context.request.serviceRoot)\(path)?\(query(option, token))"
    }

    /// A link to the first page of this collection, all options kept.
    var start: String {
        let query = context.options.pairs.map { "$\($0.name)=\(PercentEncoding.encode($0.value))" }
        return context.request.serviceRoot + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private func query(after token: PageToken) -> String {
        query("$skiptoken", token)
    }

    private func query(_ option: String, _ token: PageToken) -> String {
        var parts = context.options.pairs.filter { $0.name != "skip" }.map { name, value in
            "$\(name)=\(PercentEncoding.encode(value))"
        }
        parts.append("\(option)=\(token.text)")
        return parts.joined(separator: "&")
    }
}
