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
}
