import ArgumentParser

extension HeraldCommand {
    /// `herald serve`, which hands over to `herald-server`.
    struct Serve: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Offer the embedded store over HTTP, as Microsoft Graph does.",
            discussion: "Starts herald-server, which is built apart: swift build -c release --product herald-server"
        )

        @Argument(parsing: .captureForPassthrough, help: "What herald-server is given; --help lists its options.")
        var arguments: [String] = []

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try ServerExecutable.takeOver(arguments, in: herald)
        }
    }
}
