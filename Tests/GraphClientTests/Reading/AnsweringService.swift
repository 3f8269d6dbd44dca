import GraphModel
import Synchronization

/// Answers as a test says, and keeps what it was asked.
final class AnsweringService: GraphService {
    private let answer: @Sendable (GraphRequest) async throws -> GraphResponse
    private let asked = Mutex<[GraphRequest]>([])

    init(_ answer: @escaping @Sendable (GraphRequest) async throws -> GraphResponse) { self.answer = answer }

    var requests: [GraphRequest] { asked.withLock { $0 } }

    func respond(to request: GraphRequest) async throws -> GraphResponse {
        asked.withLock { $0.append(request) }
        return try await answer(request)
    }

    static let adele = Caller(id: "a", displayName: "Adele", address: "adele@contoso.example", kind: .delegated)

    static func get(_ path: String, query: String = "") -> GraphRequest {
        GraphRequest(.get, path, query: query, caller: adele)
    }

    static func refusal(_ status: Int, _ code: GraphError.Code) -> GraphResponse {
        GraphResponse(GraphError(status, code, "No."), id: "1", clientRequestID: nil, now: 0)
    }
}
