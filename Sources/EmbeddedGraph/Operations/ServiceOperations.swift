import GraphModel

/// What a client asks first: what there is at the root, and of which types it is (reference, sections 6.3 and 20).
enum ServiceOperations {
    static let routes = [
        Route(.get, "", serviceDocument),
        Route(.get, "$metadata", metadata),
    ]

    private static let documents = Dictionary(
        uniqueKeysWithValues: ServerMode.allCases.map { mode in
            (mode, Array(EntityModel.store.document(mode: mode.rawValue).utf8))
        }
    )

    @Sendable private static func serviceDocument(_ context: OperationContext) -> GraphResponse {
        let root = context.request.serviceRoot
        return GraphResponse(
            json: JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("@odata.context", "\(root)/$metadata")
                    writer.name("value")
                    writer.array { writer in
                        for entry in EntityModel.store.roots {
                            writer.object { writer in
                                writer.member("name", entry.name)
                                writer.member("kind", entry.isSet ? "EntitySet" : "Singleton")
                                writer.member("url", entry.name)
                            }
                        }
                    }
                }
            }
        )
    }

    @Sendable private static func metadata(_ context: OperationContext) -> GraphResponse {
        var response = GraphResponse(status: 200, body: documents[context.mode] ?? [])
        response.headers["Content-Type"] = "application/xml"
        return response
    }
}
