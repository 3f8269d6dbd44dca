import GraphModel

/// What the store can do, as data: a method, a template of the path, and the operation.
struct Route: Sendable {
    /// One segment of a template.
    enum Segment: Sendable, Equatable {
        /// A name, compared without regard to letter case.
        case name(String)
        /// Any value, handed to the operation under this name.
        case parameter(String)
    }

    var method: GraphRequest.Method
    var segments: [Segment]
    var operation: Operation
    /// Whether the query may name a reference, by `$id` or `@id`.
    var admitsReference: Bool
    /// The mode in which there is this route; nil for both.
    var mode: ServerMode?
    /// How the body is read where it describes a new item; nil elsewhere.
    var reading: NewItem.Reading?

    /// A template reads `groups/{group}/threads/{thread}`.
    init(
        _ method: GraphRequest.Method,
        _ template: String,
        admitsReference: Bool = false,
        onlyIn mode: ServerMode? = nil,
        reading: NewItem.Reading? = nil,
        _ operation: @escaping Operation
    ) {
        self.method = method
        self.admitsReference = admitsReference
        self.mode = mode
        self.reading = reading
        segments = template.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .name(String(part))
        }
        self.operation = operation
    }

    /// What an operation does: it runs inside the transaction of its connection, and refuses by throwing ``GraphError``.
    typealias Operation = @Sendable (OperationContext) throws -> GraphResponse

    /// Whether it leads to one item by its id, rather than to a list or what is made of one.
    var isOfOneItem: Bool {
        if case .parameter = segments.last { true } else { false }
    }

    /// The values of the parameters in a path that fits.
    func parameters(in path: [String]) -> [String: String] {
        var parameters: [String: String] = [:]
        for case (.parameter(let name), let part) in zip(segments, path) { parameters[name] = part }
        return parameters
    }
}

/// What an operation works with.
struct OperationContext {
    var request: GraphRequest
    var connection: Connection
    var parameters: [String: String]
    var options: QueryOptions
    /// Microseconds since 1970.
    var now: Int64
    var mode = ServerMode.lenient
    /// Whether programs may post on their own behalf.
    var applicationsMayPost = false
    /// Within how many expansions this is written.
    var depth = 0
    /// Where members of the body are noted that mean nothing here; nil for reads.
    var ignored: IgnoredMembers?
    /// What the body describes, where the route says how to read it.
    var newItem: NewItem?

    /// What the body describes.
    ///
    /// - Returns: What it says, and what makes a post of it.
    /// - Throws: ``GraphError`` for what is wrong with the body.
    func described() throws(GraphError) -> (conversation: Conversation, item: NewItem) {
        guard let newItem else { preconditionFailure("The route does not say how its body is read") }
        return (try newItem.conversation(noting: ignored), newItem)
    }

    /// A parameter of the path as an item's id.
    ///
    /// - Throws: ``GraphError`` if it cannot be one.
    func id(_ name: String) throws -> String {
        var id = parameters[name] ?? ""
        if id.contains("%") { id = PercentEncoding.decode(id) }
        guard ItemID.isWellFormed(id) else { throw GraphError(400, .malformedID, "Id is malformed.") }
        return id
    }

    /// A parameter of the path as the id of an item of one of these kinds.
    ///
    /// - Throws: ``GraphError`` if it cannot be an id, or is one of another kind.
    func id(_ name: String, _ kinds: ItemID.Kind...) throws -> String {
        let id = try id(name)
        if id.utf8.count == 23, let kind = id.first.flatMap(ItemID.Kind.init(rawValue:)), !kinds.contains(kind) {
            throw GraphError(400, .invalidOperation, "\(kind.idName) isn't supported in the context of this operation.")
        }
        return id
    }
}
