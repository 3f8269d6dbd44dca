import Announcements
import ArgumentParser
import GraphModel

extension HeraldCommand {
    /// `herald audit`.
    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Show, check and export who did what.",
            discussion: """
                The ledger keeps an entry for each run that began, was taken up again and ended, for each announcement, and \
                for what was sent: who, when, which script by its hash, with which grants, how many posts and a hash over \
                them. Each entry carries the hash of the one before it, so that nothing can be changed or taken out of the \
                middle without its showing. That entries are missing at the end shows to whoever has noted a later hash \
                elsewhere: herald audit verify prints it, and --head compares.
                """,
            subcommands: [Show.self, Verify.self, Export.self]
        )
    }
}

extension HeraldCommand.Audit {
    /// `herald audit show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "List the entries, oldest first.",
            discussion: """
                Examples:

                  herald audit show --top 20
                  herald audit show --run last
                """
        )

        @Option(
            help: ArgumentHelp("Show what this run did: its name, the beginning of it, or 'last'.", valueName: "run")
        )
        var run: String?
        @Option(help: ArgumentHelp("Show only the newest so many.", valueName: "number"))
        var top = 100
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        /// From so many columns on, details stand beside the rest.
        private static let wide = 120

        func validate() throws {
            if top < 1 { throw ValidationError("--top takes a number from 1, not \(top).") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            var id: String?
            if let run { id = try await ledger.only(run, by: source.choice).id }
            let count = try await ledger.auditCount(run: id)
            let entries = try await ledger.audit(run: id, skipping: max(0, count - top))
            if json {
                let document = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.name("value")
                        writer.array { writer in for entry in entries { entry.write(to: &writer) } }
                        writer.member("hasMore", count > top)
                    }
                }
                try herald.output.write(document + [UInt8(ascii: "\n")])
                return .done
            }
            if entries.isEmpty { try herald.error.line("Nothing has been done yet.") }
            // Beside what is not to be cut, a narrow terminal has no room for details.
            let isNarrow = herald.output.isTerminal && herald.output.columns < Self.wide
            var table = TextTable(
                [.whole("#"), .whole("WHEN"), .text("WHO", minimum: 5), .whole("WHAT"), .whole("RUN")]
                    + (isNarrow ? [] : [.text("DETAIL", minimum: 10)])
            )
            for entry in entries {
                let when = GraphDate(microseconds: entry.at / 1_000_000 * 1_000_000).text
                let cells = ["\(entry.sequence)", when, entry.actor, entry.event, entry.run ?? ""]
                if isNarrow {
                    table.add(cells, note: entry.detailText)
                } else {
                    table.add(cells + [entry.detailText])
                }
            }
            if !entries.isEmpty { try table.write(to: herald.output) }
            if count > top { try herald.error.line("These are the newest \(top.grouped) of \(count.grouped) entries.") }
            return .done
        }
    }

    /// `herald audit verify`.
    struct Verify: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Look whether every entry is as it was written.",
            discussion: """
                Prints the hash of the last entry. Note it elsewhere: with --head a later check shows whether the trail \
                still holds what it held then. The exit status is 1 if it does not, or an entry was changed.

                Examples:

                  herald audit verify
                  herald audit verify --head 5f2c…
                """
        )

        @Option(help: ArgumentHelp("A hash that was noted earlier.", valueName: "hash"))
        var head: String?
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            if let head, [UInt8](hexadecimal: head)?.count != 32 {
                throw ValidationError("--head takes a hash of 64 hexadecimal digits, as herald audit verify prints it.")
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let verdict = try await ledger.verifyAudit(knowing: head.flatMap { [UInt8](hexadecimal: $0) })
            let isWell = verdict.fault == nil && verdict.knowsHash
            if json {
                let document = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.member("well", isWell)
                        writer.member("entries", verdict.entries)
                        writer.member("head", verdict.head.hexadecimal)
                        if let fault = verdict.fault {
                            writer.member("faultyEntry", fault.sequence)
                            writer.member("reason", fault.reason)
                        }
                        if head != nil { writer.member("knowsHead", verdict.knowsHash) }
                    }
                }
                try herald.output.write(document + [UInt8(ascii: "\n")])
            } else if let fault = verdict.fault {
                try herald.error.line(
                    "Entry \(fault.sequence): \(fault.reason). What stands before it, \(verdict.entries - 1) "
                        + "\(verdict.entries == 2 ? "entry" : "entries"), is as it was written."
                )
            } else if !verdict.knowsHash {
                try herald.error.line(
                    "The hash given with --head is none of the trail's: entries were taken off its end, or it is another."
                )
            } else {
                let entries = "\(verdict.entries.grouped) \(verdict.entries == 1 ? "entry" : "entries")"
                try herald.output.line("\(entries), all as written; the last one's hash is")
                try herald.output.line(verdict.head.hexadecimal)
            }
            return isWell ? .done : .failed
        }
    }

    /// `herald audit export`.
    struct Export: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write every entry, a JSON object a line.",
            discussion: """
                A hash covers the hash before it and then, each as its length in bytes, a colon and the text: the entry's \
                number, the moment in microseconds since 1970, who, the run or nothing, the event, and the detail as it \
                stands. So anybody can check the trail with a few lines of a program of their own.

                Example:

                  herald audit export > audit.jsonl
                """
        )

        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            var last: Int64 = 0
            while true {
                let entries = try await ledger.audit(after: last, limit: 1000)
                guard let newest = entries.last else { return .done }
                for entry in entries {
                    let line = JSONWriter.bytes { entry.write(to: &$0) }
                    try herald.output.write(line + [UInt8(ascii: "\n")])
                }
                last = newest.sequence
            }
        }
    }
}

extension AuditEntry {
    /// For programs; the detail stands as the text that the hash covers.
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("sequence", sequence)
            writer.member("at", at)
            writer.member("actor", actor)
            writer.member("run", run)
            writer.member("event", event)
            writer.member("detail", detail)
            writer.member("previousHash", previousHash.hexadecimal)
            writer.member("hash", hash.hexadecimal)
        }
    }

    /// The detail for people: `targets 2000, posts 1996`.
    fileprivate var detailText: String {
        guard let value = try? JSONValue(Array(detail.utf8)), case .object(let members) = value else { return detail }
        return Self.text(members, separator: ", ")
    }

    private static func text(_ members: [String: JSONValue], separator: String) -> String {
        members.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) }.filter { !$0.1.isEmpty }.map { name, text in
            // A hash is there to be compared, by programs.
            "\(name) \(name.lowercased().hasSuffix("hash") ? String(text.prefix(8)) : text)"
        }.joined(separator: separator)
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .array(let values): values.map(text).joined(separator: "; ")
        case .object(let members): text(members, separator: " ")
        default: value.text
        }
    }
}
