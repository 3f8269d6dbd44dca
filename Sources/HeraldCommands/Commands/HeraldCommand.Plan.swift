import ArgumentParser
import Foundation
import LuaRuntime

extension HeraldCommand {
    /// `herald plan`.
    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan",
            abstract: "See what a script would send, and keep it to be sent exactly so.",
            discussion: """
                `herald plan SCRIPT` is short for `herald plan make SCRIPT`; `herald plan make --help` has its options, such \
                as -o FILE for a plan to hand on, and those of the backend.

                Examples:

                  herald plan announce.lua
                  herald plan show last --target 'Wellness'
                  herald apply last
                """,
            subcommands: [Make.self, Show.self, List.self],
            defaultSubcommand: Make.self
        )
    }
}

extension HeraldCommand.Plan {
    /// `herald plan SCRIPT`.
    struct Make: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Run a script with everything that it would send recorded, and nothing sent.",
            discussion: """
                Every target is looked at, and every topic and body rendered. The plan is kept in the ledger, and herald \
                apply sends exactly what is in it. What the script would make has symbolic ids, ${effect 3}.id, which later \
                requests of the script may use and read back; lists show what is on the backend now.

                The exit status is 0 if every target gets its post or has it, 3 if some do not take it or have other \
                content; then the plan can be applied all the same. Options stand before the script; what stands behind it \
                is the script's.

                Examples:

                  herald plan announce.lua
                  herald plan -o wellness.plan announce.lua
                  herald plan --json announce.lua > plan.json
                """
        )

        @Argument(help: "The script, a Lua file.", completion: .file(extensions: ["lua"]))
        var script: String
        @Argument(parsing: .captureForPassthrough, help: "What the script finds in 'args'.")
        var arguments: [String] = []
        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "Write the plan to a file, too. The bodies of posts are in it, so only its owner may read it.",
                valueName: "file"
            ),
            completion: .file()
        )
        var output: String?
        @OptionGroup var backend: BackendOptions
        @Flag(
            help:
                "Write the summary as one JSON document to standard output; what the script prints goes to standard error."
        )
        var json = false
        @Flag(help: "Say nothing but warnings and errors, and what cannot be sent.")
        var quiet = false
        @OptionGroup var limit: LimitOptions

        func validate() throws {
            try HeraldCommand.Run.refuseDecisive(in: arguments, besides: ["-o", "--output"])
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let source = try herald.file(script)
            let url = URL(fileURLWithPath: herald.path(script))
            let job = RunSession.Job(
                script: LuaChunk(name: url.lastPathComponent, source: source),
                folder: url.deletingLastPathComponent().path,
                arguments: arguments,
                limits: limit.limits(in: herald)
            )
            return try await backend.with(herald) { backend, ledger in
                let session = PlanSession(
                    herald: herald,
                    backend: backend,
                    ledger: ledger,
                    presentation: RunSession.Presentation(json: json, quiet: quiet)
                )
                return try await session.make(job, file: output)
            }
        }
    }
}
