import GraphModel

extension OperationContext {
    /// The answer of a strict server to what was created: its id, and that of its thread, as the documents' example
    /// prints it (reference, section 2.1, row 11).
    func created(_ id: String, in collection: String, thread: ItemID? = nil) -> GraphResponse {
        GraphResponse(
            status: 201,
            json: JSONWriter.bytes(capacity: 256) { writer in
                writer.object { writer in
                    writer.member("@odata.context", "\(request.serviceRoot)/$metadata#\(collection)/$entity")
                    writer.member("id", id)
                    guard let thread else { return }
                    writer.name("threads")
                    writer.array { writer in writer.object { $0.member("id", thread.text) } }
                }
            }
        )
    }
}
