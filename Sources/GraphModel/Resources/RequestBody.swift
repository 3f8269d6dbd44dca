/// Reads the bodies of requests, and turns what is wrong with them into Graph's errors (reference, section 13.2).
package enum RequestBody {
    /// Reads a body with `read`; the error names the faulty member by its JSON pointer.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - ignored: Where members are noted that `read` does not know.
    ///   - read: Reads the one value.
    /// - Returns: What `read` has made of the body.
    /// - Throws: ``GraphError`` for a body that is empty, too large, no JSON, or not what `read` expects.
    package static func read<Value>(
        _ body: [UInt8],
        noting ignored: IgnoredMembers? = nil,
        _ read: (inout JSONReader) throws -> Value
    ) throws(GraphError) -> Value {
        guard !body.isEmpty else {
            throw GraphError(400, .badRequest, "Empty Payload. JSON content expected.")
        }
        guard body.count <= GraphRequest.maximumBodySize else {
            throw GraphError(
                413,
                .tooLarge,
                "The request has \(body.count) bytes; \(GraphRequest.maximumBodySize) are allowed."
            )
        }
        do {
            return try JSONReader.read(body) { reader in
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
}

extension GraphRequest {
    /// The largest body, in bytes (reference, section 6.4).
    package static let maximumBodySize = 4 << 20
}

extension JSONFault.Step {
    fileprivate var text: String {
        switch self {
        case .member(let name): "'\(name)'"
        case .index(let index): "[\(index)]"
        }
    }
}
