import GraphModel

/// One request of a batch, as the body of `POST /$batch` describes it (reference, section 12).
struct BatchItem: Sendable {
    var id = ""
    var method = GraphRequest.Method.get
    /// Relative to the version, with its query.
    var url = ""
    var headers: GraphHeaders = [:]
    /// The JSON text of the body, or the bytes that a string stands for if the content is not JSON.
    var body: [UInt8] = []
    /// The ids of the items that must have succeeded before.
    var dependsOn: [String] = []

    /// Reads the items of a batch, and checks that they can be put into an order.
    ///
    /// - Throws: ``GraphError`` that refuses the whole batch.
    static func read(_ body: [UInt8]) throws(GraphError) -> [BatchItem] {
        let items = try RequestBody.read(body) { reader in
            var items: [BatchItem] = []
            try reader.object { reader, name in
                guard name.matches("requests") else { return }
                try reader.array { reader, index in
                    guard index < Batch.maximumItems else {
                        throw GraphError(400, .badRequest, "A batch has at most \(Batch.maximumItems) requests.")
                    }
                    items.append(try BatchItem(from: &reader, index: index))
                }
            }
            return items
        }
        guard !items.isEmpty else {
            throw GraphError(
                400,
                .badRequest,
                "The batch has no requests; 'requests' lists 1 to 20.",
                target: "/requests"
            )
        }
        return items
    }

    private init(from reader: inout JSONReader, index: Int) throws {
        let place = "/requests/\(index)"
        var hasMethod = false
        var rawBody: [UInt8] = []
        var text: String?
        try reader.object { reader, name in
            switch name {
            // Ids that are numbers are seen in the wild.
            case "id": id = reader.kind == .number ? String(try reader.integer()) : try reader.string()
            case "method":
                let method = try reader.string()
                guard let known = GraphRequest.Method(rawValue: method.uppercased()) else {
                    throw GraphError(
                        400,
                        .badRequest,
                        "The method '\(method.prefix(20))' is not supported.",
                        target: place
                    )
                }
                self.method = known
                hasMethod = true
            case "url": url = try reader.string()
            case "headers":
                guard try !reader.null() else { return }
                try reader.object { reader, name in headers[name.string] = try reader.optionalString() }
            case "body":
                if try reader.null() { return }
                if reader.kind == .string {
                    text = try reader.string()
                } else {
                    rawBody = try reader.raw()
                }
            case "dependsOn", "depends_on":
                guard try !reader.null() else { return }
                try reader.array { reader, _ in dependsOn.append(try reader.string()) }
            default: break
            }
        }
        guard !id.isEmpty, hasMethod, !url.isEmpty else {
            let missing = id.isEmpty ? "id" : hasMethod ? "url" : "method"
            throw GraphError(400, .badRequest, "Each request of a batch needs '\(missing)'.", target: place)
        }
        body = try text.map { try Self.bytes(of: $0, type: headers["Content-Type"], place: place) } ?? rawBody
        if !rawBody.isEmpty, headers["Content-Type"] == nil { headers["Content-Type"] = "application/json" }
    }

    /// What a body that is a string stands for: JSON as text, anything else in base64 or base64url.
    private static func bytes(of text: String, type: String?, place: String) throws(GraphError) -> [UInt8] {
        guard let type, !type.lowercased().hasPrefix("application/json") else {
            return JSONWriter.bytes { $0.string(text) }
        }
        var base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        while base64.utf8.count % 4 != 0 { base64 += "=" }
        guard let bytes = Base64.decode(base64) else {
            throw GraphError(400, .badRequest, "A body that is not JSON is given in base64.", target: place + "/body")
        }
        return bytes
    }
}
