/// Reads the bodies of requests, and turns what is wrong with them into Graph's errors (reference, section 13.2).
package enum RequestBody {
    /// Reads a body with `read`; the error names the faulty member by its JSON pointer.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - type: What the body is, if it is more than an action's parameters.
    ///   - ignored: Where members are noted that `read` does not know.
    ///   - read: Reads the one value.
    /// - Returns: What `read` has made of the body.
    /// - Throws: ``GraphError`` for a body that is empty, no JSON, or not what `read` expects.
    package static func read<Value>(
        _ body: [UInt8],
        as type: BodyType? = nil,
        noting ignored: IgnoredMembers? = nil,
        _ read: (inout JSONReader) throws -> Value
    ) throws(GraphError) -> Value {
        guard !body.isEmpty else {
            throw GraphError(400, .badRequest, "Empty Payload. JSON content expected.")
        }
        do {
            return try JSONReader.read(body) { reader in
                if ignored?.isRefusing == true { reader.admitted = BodyType.unkept(in: type) }
                let value = try read(&reader)
                ignored?.add(reader.unread)
                return value
            }
        } catch let fault as JSONFault where fault.isSyntax {
            throw GraphError(
                400,
                .badRequest,
                "Unable to read JSON request payload: \(fault.reason) (byte \(fault.offset)).",
                target: fault.path.isEmpty ? nil : fault.pointer
            )
        } catch let fault as JSONFault {
            if fault.code == .requestBodyRead { throw unknownMember(fault, in: type) }
            if let code = fault.code {
                throw GraphError(code == .tooLarge ? 413 : 400, code, "\(fault.reason).", target: fault.pointer)
            }
            let place = fault.path.last.map { "Property \($0.text)" } ?? "The body"
            throw GraphError(
                400,
                .badRequest,
                "\(place) in payload has a value that does not match schema: \(fault.reason).",
                target: fault.path.isEmpty ? nil : fault.pointer
            )
        } catch let error as GraphError {
            throw error
        } catch {
            throw GraphError(400, .badRequest, "Unable to read JSON request payload.")
        }
    }

    private static func unknownMember(_ fault: JSONFault, in root: BodyType?) -> GraphError {
        let type =
            BodyType.at(fault.path.dropLast(), in: root).map { "type '\($0.rawValue)'" } ?? "what is expected here"
        return GraphError(
            400,
            .requestBodyRead,
            "\(fault.reason) on \(type). Leave it out: this server is strict, and takes what Graph knows alone.",
            target: fault.pointer
        )
    }
}

extension GraphRequest {
    /// The largest body as it is sent, in bytes (reference, section 6.4).
    package static let maximumBodySize = 4 << 20
    /// The largest body that was sent compressed, after that is undone, in bytes (reference, section 6.4).
    package static let maximumDecompressedBodySize = 25 << 20

    /// How many bytes a body may have that came with a content coding, or without.
    package static func bodyLimit(contentEncoding: String?) -> Int {
        ["identity", nil].contains(contentEncoding?.lowercased()) ? maximumBodySize : maximumDecompressedBodySize
    }

    /// Refuses a body that is larger than may be.
    ///
    /// - Throws: ``GraphError``.
    package func checkBodySize() throws(GraphError) {
        let limit = Self.bodyLimit(contentEncoding: headers["Content-Encoding"])
        guard body.count <= limit else {
            throw GraphError(413, .tooLarge, "The request has \(body.count) bytes; \(limit) are allowed.")
        }
    }
}

extension JSONFault.Step {
    fileprivate var text: String {
        switch self {
        case .member(let name): "'\(name)'"
        case .index(let index): "[\(index)]"
        }
    }
}
