import Announcements
import ArgumentParser
import Foundation
import GraphModel

extension HeraldCommand {
    /// `herald suppress`.
    struct Suppress: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suppress",
            abstract: "Keep the list of groups that get no announcement.",
            discussion: """
                The groups on the list are left out of every announcement, whatever its script says, and each run says how \
                many were; retries and corrections leave them out, too. The list is the file \
                \(SuppressionList.fileName) in the state folder, and counts on every backend. What these commands change in \
                it stands in the audit trail of the ledger in that folder: herald audit show.
                """,
            subcommands: [Add.self, List.self, Remove.self]
        )
    }
}

extension HeraldCommand.Suppress {
    /// `herald suppress add`.
    struct Add: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Leave groups out from now on.",
            discussion: """
                Examples:

                  herald suppress add 29981b6a-0e57-42dc-94c9-cd24f5306196
                  herald suppress add board@contoso.example --reason 'asked for it on 3 March'
                """
        )

        @Argument(help: ArgumentHelp("Groups: an id, or a name or an address that one group has.", valueName: "group"))
        var groups: [String]
        @Option(help: "Why, for whoever reads the list later.")
        var reason: String?
        @OptionGroup var source: ReaderOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let found = try await found(in: herald)
            let list = try SuppressionList(herald)
            let now = GraphDate(microseconds: herald.now()).text
            let ledger = try SuppressionList.ledger(in: herald)
            let changes = try await list.change { entries in
                found.map { id, name -> (entry: SuppressionList.Entry?, line: String) in
                    let shown = name.isEmpty ? id.text : "\(id) \(name)"
                    guard let index = entries.firstIndex(where: { $0.group == id }) else {
                        let entry = SuppressionList.Entry(
                            group: id,
                            displayName: name,
                            reason: reason ?? "",
                            addedAt: now,
                            addedBy: herald.operatorName
                        )
                        entries.append(entry)
                        return (entry, "left out from now on: \(shown)")
                    }
                    guard let reason, entries[index].reason != reason else {
                        return (nil, "left out already: \(shown)")
                    }
                    entries[index].reason = reason
                    return (entries[index], "left out already: \(shown)")
                }
            } recording: { changes, hash in
                try await SuppressionList.record(
                    .groupsSuppressed,
                    changes.compactMap(\.entry),
                    hash: hash,
                    in: ledger,
                    herald
                )
            }
            for line in changes.map(\.line) { try herald.output.line(herald.output.shown(line)) }
            for (id, name) in found where name.isEmpty {
                try herald.error.line(
                    "No group \(id.text) is known there; it is left out all the same, should there be one."
                )
            }
            return .done
        }

        private func found(in herald: HeraldEnvironment) async throws -> [(id: GroupID, displayName: String)] {
            let ids = groups.compactMap { GroupID($0) }
            let isThere = FileManager.default.fileExists(atPath: try source.store.path(in: herald))
            if ids.count == groups.count, source.options.isEmbedded, !isThere { return ids.map { ($0, "") } }
            return try await source.read(in: herald) { reader in
                var found: [(id: GroupID, displayName: String)] = []
                for group in groups { found.append(try await reader.group(named: group)) }
                return found
            }
        }
    }

    /// `herald suppress list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Show the groups that are left out.",
            discussion: """
                Example:

                  herald suppress list
                """
        )

        @Flag(help: "Write one JSON document.")
        var json = false

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let entries = try SuppressionList(herald).entries()
            if json {
                let document = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.name("value")
                        writer.array { writer in
                            for entry in entries { Self.write(entry, &writer) }
                        }
                    }
                }
                try herald.output.write(document + [UInt8(ascii: "\n")])
                return .done
            }
            if entries.isEmpty {
                try herald.error.line("No group is left out.")
                return .done
            }
            var table = TextTable([
                .whole("ID"), .text("NAME", minimum: 12), .text("REASON", minimum: 12), .whole("SINCE"), .text("BY"),
            ])
            for entry in entries {
                table.add([
                    entry.group.text, entry.displayName, entry.reason, String(entry.addedAt.prefix(10)), entry.addedBy,
                ])
            }
            try table.write(to: herald.output)
            return .done
        }

        private static func write(_ entry: SuppressionList.Entry, _ writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("id", entry.group.text)
                writer.member("displayName", entry.displayName)
                writer.member("reason", entry.reason)
                writer.member("addedAt", entry.addedAt)
                writer.member("addedBy", entry.addedBy)
            }
        }
    }

    /// `herald suppress remove`.
    struct Remove: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Leave groups out no longer.",
            discussion: """
                Example:

                  herald suppress remove 29981b6a-0e57-42dc-94c9-cd24f5306196
                """
        )

        @Argument(help: ArgumentHelp("Groups on the list, by id or by the name that it shows.", valueName: "group"))
        var groups: [String]

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let list = try SuppressionList(herald)
            let ledger = try SuppressionList.ledger(in: herald)
            let gone = try await list.change { entries in
                var gone: [SuppressionList.Entry] = []
                for name in groups {
                    let found = entries.filter { entry in
                        GroupID(name).map { $0 == entry.group }
                            ?? (entry.displayName.lowercased() == name.lowercased())
                    }
                    guard let entry = found.first else {
                        throw Failure(
                            .failed,
                            "'\(name)' is not on the list; it stays as it was. `herald suppress list` shows it."
                        )
                    }
                    guard found.count == 1 else {
                        throw Failure(.failed, "The list has '\(name)' \(found.count) times; give the id.")
                    }
                    entries.removeAll { $0.group == entry.group }
                    gone.append(entry)
                }
                return gone
            } recording: { gone, hash in
                try await SuppressionList.record(.groupsReleased, gone, hash: hash, in: ledger, herald)
            }
            for entry in gone {
                let shown = entry.displayName.isEmpty ? entry.group.text : "\(entry.group) \(entry.displayName)"
                try herald.output.line(herald.output.shown("left out no longer: \(shown)"))
            }
            return .done
        }
    }
}
