import ArgumentParser

extension HeraldCommand {
    /// `herald token`, which hands over to `herald-server`, as only that knows how to sign.
    struct Token: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "token",
            abstract: "Mint an access token for a server that was started with --auth local.",
            discussion: "Starts herald-server, which is built apart: swift build -c release --product herald-server"
        )

        @Argument(parsing: .captureForPassthrough, help: "What herald-server is given; --help lists its options.")
        var arguments: [String] = []

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try ServerExecutable.takeOver(["token"] + arguments, in: herald)
        }
    }
}
