import ArgumentParser
import GraphClient
import GraphModel

extension HeraldCommand {
    /// `herald doctor`.
    struct Doctor: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "doctor",
            abstract: "Look whether everything is in order, and say what to do if it is not.",
            discussion: """
                Looks at the embedded store and its ledger; or, with --backend, at the way to that backend, the token, the \
                clocks, and what the backend keeps and allows. With --group it also makes a post in that group, in a \
                conversation called "\(MarkCheck.topic)", finds it by its mark, and deletes it. One line each. Exit status: 0 \
                if all is well, else 1.

                Examples:

                  herald doctor
                  herald doctor --backend https://graph.microsoft.com --group 29981b6a-0e57-42dc-94c9-cd24f5306196
                """
        )

        @OptionGroup var source: ReaderOptions
        @Option(
            help: ArgumentHelp(
                "Make a post in this group, look for it, and delete it; its members may see it, and get a mail.",
                valueName: "id"
            ),
            transform: { text in
                guard let id = GroupID(text) else {
                    throw ValidationError("'\(text)' is no group id; expected a GUID.")
                }
                return id
            }
        )
        var group: GroupID?
        @Option(help: ArgumentHelp("How many seconds to look for the post.", valueName: "seconds"))
        var readLag = SendingOptions.defaultReadLag
        @Flag(help: "Write one JSON document.")
        var json = false

        func validate() throws {
            if group != nil, source.options.isEmbedded {
                throw ValidationError("--group tries a post on a backend: name it with --backend.")
            }
            guard readLag >= 0, readLag <= 3600 else { throw ValidationError("--read-lag is a number from 0 to 3600.") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            var findings: [CheckFinding] = []
            func tell(_ finding: CheckFinding) throws {
                findings.append(finding)
                if !json { try herald.output.line(finding.line(on: herald.output)) }
            }
            let options = source.options
            if options.isEmbedded {
                for finding in try StoreDoctor(options: source.store, herald: herald).findings() { try tell(finding) }
            } else {
                try await examine(options, herald, tell)
            }
            if json { return try CheckFinding.write(findings, json: true, to: herald.output) }
            return findings.contains { $0.state == .fault } ? .failed : .done
        }

        private func examine(
            _ options: BackendOptions,
            _ herald: HeraldEnvironment,
            _ tell: (CheckFinding) throws -> Void
        ) async throws {
            let cloud = try options.cloud(in: herald)
            var tokens: (any TokenSource)?
            var tokenFault: String?
            do { tokens = try options.place(in: herald).tokens } catch let failure as Failure {
                tokenFault = failure.message
            }
            let doctor = BackendDoctor(
                cloud: cloud,
                tokens: tokens,
                tokenFault: tokenFault,
                group: group,
                readLag: readLag,
                herald: herald
            )
            try await doctor.examine(tell)
            let folder = try options.folder(of: cloud, in: herald)
            try tell(StoreDoctor.file("ledger", folder + "/ledger.sqlite") { _ = try options.ledger(in: folder) })
        }
    }
}
