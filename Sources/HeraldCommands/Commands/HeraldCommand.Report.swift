import Announcements
import ArgumentParser
import Foundation
import GraphModel

extension HeraldCommand {
    /// `herald report`.
    struct Report: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Write what came of a run, target by target, for others to read.",
            discussion: """
                As HTML it is one file to hand on, which needs nothing else: counts, waves, how fast it went, all targets \
                with a filter, and each post as it was rendered. As CSV or JSON it has a row for each target. Without an \
                option the ending of FILE says which it is.

                Examples:

                  herald report last -o report.html
                  herald report 20261121T0930 --csv > targets.csv
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "Write comma-separated values.")
        var csv = false
        @Flag(help: "Write one JSON document.")
        var json = false
        @Flag(help: "Write one HTML file.")
        var html = false
        @Option(
            name: [.customShort("o"), .customLong("output")],
            help: ArgumentHelp("Where to write it, in place of standard output.", valueName: "file"),
            completion: .file()
        )
        var file: String?
        @OptionGroup var source: ReaderOptions

        /// How a report is written.
        private enum Format: String, CaseIterable {
            case csv, json, html
        }

        private var format: Format? {
            if csv || json || html { return csv ? .csv : json ? .json : .html }
            let ending = file.flatMap { $0.split(separator: ".").last }?.lowercased()
            return ending == "htm" ? .html : ending.flatMap(Format.init)
        }

        func validate() throws {
            guard [csv, json, html].count(where: { $0 }) <= 1 else {
                throw ValidationError("Give one of --csv, --json and --html.")
            }
            guard format != nil else {
                throw ValidationError(
                    "Say how to write it: --csv, --json, --html, or -o with a FILE that ends in one of these."
                )
            }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let content = try await ReportContent(
                of: try await ledger.only(run, by: source.choice),
                ledger: ledger,
                at: herald.now()
            )
            guard let file else {
                try await write(content, to: herald.output)
                return .done
            }
            let target = try ReportFile(herald.path(file), named: file)
            do {
                try await write(content, to: target.sink)
                try target.finish()
            } catch {
                target.discard()
                throw error
            }
            let count = content.targets
            try herald.error.line("Wrote \(herald.error.shown(file)): \(count.grouped) target\(count == 1 ? "" : "s").")
            return .done
        }

        private func write(_ content: ReportContent, to sink: ByteSink) async throws {
            switch format {
            case .csv: try await CSVReport(content).write(to: sink)
            case .json: try await JSONReport(content).write(to: sink)
            case .html, nil: try await HTMLReport(content).write(to: sink)
            }
        }
    }
}

/// A file that is there as a whole, or not at all.
private final class ReportFile {
    let sink: ByteSink
    private let path: String
    private let name: String
    private let handle: FileHandle

    init(_ path: String, named name: String) throws {
        self.path = path
        self.name = name
        guard
            FileManager.default.createFile(
                atPath: path + ".part",
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            ),
            let handle = FileHandle(forWritingAtPath: path + ".part")
        else {
            throw Failure(.failed, "\(name): the file cannot be written; is its folder there, and may you write in it?")
        }
        self.handle = handle
        sink = ByteSink(isTerminal: false) { bytes in
            do { try handle.write(contentsOf: Data(bytes)) } catch {
                throw Failure(.failed, "\(name): the file cannot be written: \(error.localizedDescription)")
            }
        }
    }

    func finish() throws {
        try handle.close()
        guard unsafe rename(path + ".part", path) == 0 else {
            throw Failure(.failed, "\(name): the file cannot be put in its place; is there a folder of this name?")
        }
    }

    func discard() {
        try? handle.close()
        try? FileManager.default.removeItem(atPath: path + ".part")
    }
}
