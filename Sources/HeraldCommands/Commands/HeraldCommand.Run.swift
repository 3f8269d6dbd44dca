import Announcements
import ArgumentParser
import Foundation
import LuaRuntime

extension HeraldCommand {
    /// `herald run`.
    struct Run: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Run a script.",
            discussion: """
                The script reads files from its own folder only, and acts on the embedded store as its operator. What it \
                prints goes to standard output; its log, the progress and the report go to standard error. An \
                announcement reaches each group once, however often the script is run, and whatever becomes of a run. \
                Options stand before the script; what stands behind it is the script's.

                Elsewhere than on the embedded store nothing is announced but what was granted with --allow-groups or \
                --allow-all-groups, and --max-posts: an announcement that needs more is refused before anything of it is \
                sent, with exit status 2 if no group was granted at all, else 1. From \(Approval.asksFrom) posts on somebody \
                is asked; without a terminal that takes --yes, or the exit status is 2.

                Examples:

                  herald run announce.lua
                  herald run --json announce.lua > report.json
                  herald run lock-old-threads.lua 90
                  herald run export-conversations.lua > conversations.csv
                  herald run --backend https://graph.microsoft.com --allow-groups 'sales-*' announce.lua
                """
        )

        @Argument(help: "The script, a Lua file.", completion: .file(extensions: ["lua"]))
        var script: String
        @Argument(parsing: .captureForPassthrough, help: "What the script finds in 'args'.")
        var arguments: [String] = []
        @OptionGroup var options: RunOptions

        /// Options without which a run would write somewhere else, or more, than whoever gave them meant.
        private static let decisive: Set<String> = [
            "--backend", "--profile", "--store", "--allow-groups", "--allow-all-groups", "--max-posts", "--replay",
        ]

        func validate() throws { try Self.refuseDecisive(in: arguments) }

        /// Refuses options behind the script that decide what is done, and where.
        static func refuseDecisive(in arguments: [String], besides others: Set<String> = []) throws {
            let own = arguments.prefix { $0 != "--" }.first { argument in
                decisive.union(others).contains(String(argument.prefix { $0 != "=" }))
            }
            guard let own else { return }
            throw ValidationError(
                "\(own) stands behind the script, which would get it. Options stand before the script; put -- behind the "
                    + "script to hand it such words."
            )
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let source = try herald.file(script)
            let url = URL(fileURLWithPath: herald.path(script))
            let job = RunSession.Job(
                script: LuaChunk(name: url.lastPathComponent, source: source),
                folder: url.deletingLastPathComponent().path,
                arguments: arguments,
                limits: options.limit.limits(in: herald)
            )
            return try await options.execute(in: herald) { _ in job }
        }
    }

    /// `herald resume`.
    struct Resume: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Go on with a run that did not come to its end.",
            discussion: """
                The script is run again as it was, with the arguments and the files that it read the first time. What it \
                had done is not done again: writes that are settled are answered from the ledger, and announcements send \
                to the targets that are missing only. A run that sends again, corrects or takes back goes on with that. \
                There is nothing to go on with in a run that has finished; what failed is sent again by herald retry.

                Example:

                  herald resume last
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @OptionGroup var options: RunOptions

        func validate() throws {
            guard options.recording.replay == nil else {
                throw ValidationError("A replay begins anew and keeps nothing: herald run --replay FILE SCRIPT.")
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            try await options.recording.with(options.backend, herald) { backend, ledger in
                let record = try await ledger.only(run, by: backend.choice)
                if let status = try await Resumption(herald: herald, ledger: ledger, choice: backend.choice).answer(
                    for: record,
                    json: options.json
                ) {
                    return status
                }
                guard ErrandSession.executes(record.kind) else {
                    let session = try options.session(herald, backend, ledger)
                    if record.kind == .apply {
                        return try await session.execute(try await .rest(of: record, in: ledger), options.presentation)
                    }
                    guard let source = try await ledger.kept(RunPlace.scriptPath, run: record.id),
                        let folder = try await ledger.kept(RunPlace.folderPath, run: record.id)
                    else { throw Failure(.failed, "The ledger does not have the script of the run \(record.id).") }
                    let job = RunSession.Job(
                        resuming: record,
                        script: LuaChunk(name: record.script, source: source),
                        folder: String(decoding: folder, as: UTF8.self),
                        arguments: record.arguments,
                        limits: options.limit.limits(in: herald)
                    )
                    return try await session.execute(job, options.presentation)
                }
                let session = ErrandSession(
                    herald: herald,
                    backend: backend,
                    ledger: ledger,
                    asksFrom: options.approval.threshold(isEmbedded: backend.permits == nil),
                    saysYes: options.approval.yes,
                    events: try options.following.log(in: herald),
                    notice: EndNotice(command: options.following.notify),
                    limits: options.limit
                )
                return try await session.resume(record, options.presentation)
            }
        }
    }
}
