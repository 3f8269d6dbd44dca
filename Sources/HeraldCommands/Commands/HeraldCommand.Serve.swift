import ArgumentParser
import Foundation

extension HeraldCommand {
    /// `herald serve`, which hands over to `herald-server`.
    struct Serve: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            abstract: "Offer the embedded store over HTTP, as Microsoft Graph does.",
            discussion: "Starts herald-server, which is built apart: swift build -c release --product herald-server"
        )

        @Argument(parsing: .captureForPassthrough, help: "What herald-server is given; --help lists its options.")
        var arguments: [String] = []

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? ""
            guard let path = ServerExecutable.find(beside: folder, searchPath: herald.variable("PATH") ?? "") else {
                throw Failure(.failed, ServerExecutable.missing)
            }
            throw Failure(.failed, "\(path) cannot be started: \(ServerExecutable.execute(path, arguments))")
        }
    }
}
