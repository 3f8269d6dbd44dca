import ArgumentParser
import EmbeddedGraph
import GraphModel
import ScriptHost

extension HeraldCommand.Groups {
    /// `herald groups import`.
    struct Import: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Import groups from a CSV file.",
            discussion: """
                The first row names the columns, in any order and letter case: id (or ObjectId) and displayName, and \
                if they are there mail, mailNickname, description, visibility, groupTypes and createdDateTime; others \
                are passed over. So the exports of Graph PowerShell and of the Entra portal will do. A group that the \
                store has already, by its id, is updated. When any row is faulty, nothing is imported.

                Example:

                  Get-MgGroup -All | Export-Csv groups.csv      # in PowerShell
                  herald groups import groups.csv
                """
        )

        @Argument(help: "The CSV file.", completion: .file(extensions: ["csv"]))
        var file: String
        @Flag(help: "Write the counts as one JSON document.")
        var json = false
        @OptionGroup var store: StoreOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let table = try CSVTable(try herald.file(file), name: file)
            let list = try GroupsTable(table, now: GraphDate(microseconds: herald.now()))
            guard list.faults.isEmpty else { return try refuse(list.faults, of: table, in: herald) }

            let result = try await store.open(in: herald).importGroups(list.groups)
            guard result.faults.isEmpty else {
                let faults = result.faults.map { GroupsTable.Fault(row: $0.index, problem: $0.message) }
                return try refuse(faults, of: table, in: herald)
            }
            if json {
                let counts = JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.member("created", result.created)
                        writer.member("updated", result.updated)
                        writer.member("unchanged", result.unchanged)
                    }
                }
                try herald.output.write(counts + [UInt8(ascii: "\n")])
            } else {
                try herald.output.line(
                    "\(herald.output.shown(file)): \(list.groups.count.grouped) groups, "
                        + "\(result.created.grouped) created, \(result.updated.grouped) updated, "
                        + "\(result.unchanged.grouped) unchanged"
                )
            }
            return .done
        }

        /// Names the faulty rows by their lines.
        private func refuse(
            _ faults: [GroupsTable.Fault],
            of table: CSVTable,
            in herald: HeraldEnvironment
        ) throws -> ExitStatus {
            for fault in faults.prefix(Self.shownFaults) {
                try herald.error.line(herald.error.shown("\(file):\(table.rows[fault.row].line): \(fault.problem)"))
            }
            if faults.count > Self.shownFaults {
                try herald.error.line("… and \((faults.count - Self.shownFaults).grouped) more")
            }
            let rows = faults.count == 1 ? "1 row is" : "\(faults.count.grouped) rows are"
            try herald.error.line(
                "herald: \(rows) faulty, so nothing was imported; correct the file and import it again."
            )
            return .failed
        }

        private static let shownFaults = 20
    }
}
