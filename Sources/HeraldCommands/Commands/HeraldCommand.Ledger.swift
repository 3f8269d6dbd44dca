import Announcements
import ArgumentParser
import Foundation
import GraphModel

extension HeraldCommand {
    /// `herald ledger`.
    struct LedgerUpkeep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ledger",
            abstract: "Check, compact and export the record of what was sent.",
            discussion: """
                The ledger is one file for each backend: ledger.sqlite beside the embedded store, or in backends/HOST of \
                the state folder. Copy it with its -wal file while nothing runs, or with sqlite3's .backup at any time. An \
                old copy that is put back does not send again what the backend has: the keys, or the marks, are there.
                """,
            subcommands: [Check.self, Compact.self, Export.self]
        )
    }
}

extension HeraldCommand.LedgerUpkeep {
    /// `herald ledger check`.
    struct Check: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Look whether the ledger is sound, and what is open in it.",
            discussion: """
                The exit status is 1 if something is damaged or contradicts itself.

                Example:

                  herald ledger check
                """
        )

        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let findings = try await LedgerCheck(ledger: ledger, choice: source.choice, now: herald.now()).findings()
            return try CheckFinding.write(findings, json: json, to: herald.output)
        }
    }

    /// `herald ledger compact`.
    struct Compact: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Remove what finished runs keep only to be shown or resumed.",
            discussion: """
                Of runs that finished more than --keep-days days ago it removes the content of posts that were made, the \
                scripts and the files that were read. That they were made, to whom and with which hash, stays for ever, so \
                that nothing is sent twice; so does the audit trail. herald report can no longer show what the posts said.

                Example:

                  herald ledger compact --keep-days 30
                """
        )

        @Option(help: ArgumentHelp("Keep all of runs that ended within so many days.", valueName: "number"))
        var keepDays = 90
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            guard (0...36_500).contains(keepDays) else { throw ValidationError("--keep-days takes a number from 0.") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let before = Self.size(ledger.path)
            let now = herald.now()
            let removed = try await ledger.compact(
                before: now - Int64(keepDays) * 86_400_000_000,
                actor: herald.operatorName,
                now: now
            )
            let after = Self.size(ledger.path)
            if json {
                let document = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.member("posts", removed.posts)
                        writer.member("contents", removed.contents)
                        writer.member("bytesBefore", before)
                        writer.member("bytesAfter", after)
                    }
                }
                try herald.output.write(document + [UInt8(ascii: "\n")])
                return .done
            }
            try herald.output.line(
                "Removed what \(removed.posts.grouped) post\(removed.posts == 1 ? "" : "s") said, and "
                    + "\(removed.contents.grouped) file\(removed.contents == 1 ? "" : "s"); the ledger had "
                    + "\((before >> 10).grouped) KiB and has \((after >> 10).grouped) KiB."
            )
            return .done
        }

        private static func size(_ path: String) -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.size] as? Int ?? 0
        }
    }

    /// `herald ledger export`.
    struct Export: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write what the ledger knows, a JSON object a line.",
            discussion: """
                The member 'kind' says what a line is: run, tally, wave, effect, finding or audit; of which kind a run or a \
                finding is stands in 'runKind' and 'findingKind'. Times are microseconds since 1970. What posts said is \
                left out.

                Example: which groups refused, and why

                  herald ledger export | jq -r 'select(.kind == "effect" and .state == "failed") | [.target, .message] | @csv'
                """
        )

        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let output = herald.output
            try await ledger.export { line in try output.write(line + [UInt8(ascii: "\n")]) }
            return .done
        }
    }
}
