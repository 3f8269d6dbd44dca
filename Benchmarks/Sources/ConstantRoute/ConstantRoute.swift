import HTTPTypes
import Hummingbird
import Logging

/// A Hummingbird server whose routes answer a constant of the size of a conversation: what any route costs.
@main
struct ConstantRoute {
    static func main() async throws {
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 700)
        let answer: @Sendable (Request, BasicRequestContext) async throws -> Response = { request, _ in
            // What is posted is read to its end, as any server must before the next request.
            for try await _ in request.body {}
            return Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: body)
            )
        }
        let router = Router()
        router.get("constant", use: answer)
        router.post("constant", use: answer)
        // What Herald's client asks of a server before and while it announces.
        router.get("v1.0/me") { _, _ in
            Self.json(.ok, #"{"id":"6f0f4a7e-3a0b-4c11-9f4e-1d6f0b8f7a21","displayName":"Adele Vance"}"#)
        }
        // A look at many groups names them in a filter; each is there.
        router.get("v1.0/groups") { request, _ in
            let filter = request.uri.queryParameters["$filter"].map(String.init) ?? ""
            let ids = filter.split(separator: "'").filter { $0.count == 36 }
            let groups = ids.map { #"{"id":"\#($0)","displayName":"Team","groupTypes":["Unified"]}"# }
            return Self.json(.ok, #"{"value":[\#(groups.joined(separator: ","))]}"#)
        }
        router.get("v1.0/groups/:id") { _, context in
            let id = try context.parameters.require("id")
            return Self.json(.ok, #"{"id":"\#(id)","displayName":"Team","groupTypes":["Unified"]}"#)
        }
        router.post("v1.0/groups/:id/conversations") { request, _ in
            for try await _ in request.body {}
            return Self.json(.created, Self.conversation)
        }
        guard let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) else {
            fatalError("usage: constant-route PORT")
        }
        var logger = Logger(label: "constant")
        logger.logLevel = .error
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: logger
        )
        try await application.runService()
    }

    private static let conversation = """
        {"id":"CAQkAGI1","topic":"Take your wellness days and rest","hasAttachments":false,\
        "lastDeliveredDateTime":"2026-01-15T08:30:00Z","uniqueSenders":["Adele Vance"],"preview":"Rest",\
        "threads":[{"id":"TAQkAGI1","posts":[{"id":"PAQkAGI1"}]}]}
        """

    private static func json(_ status: HTTPResponse.Status, _ text: String) -> Response {
        var response = Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
        if let name = HTTPField.Name("x-keeps-keys") { response.headers[name] = "true" }
        return response
    }
}
