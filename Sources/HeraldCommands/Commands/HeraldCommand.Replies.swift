import Announcements
import ArgumentParser
import GraphModel
import ScriptHost

extension HeraldCommand {
    /// `herald replies`.
    struct Replies: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "replies",
            abstract: "Show who answered in the threads that a run made.",
            discussion: """
                Every post counts that is not by whoever made the first one.

                Examples:

                  herald replies last
                  herald replies 20261121T0930 --csv > answers.csv
                """
        )

        @Argument(help: "The run: its name, the beginning of it, or 'last'.")
        var run: String
        @Flag(help: "Write one JSON document.")
        var json = false
        @Flag(help: "Write comma-separated values.")
        var csv = false
        @OptionGroup var source: ReaderOptions

        /// How many threads are read at once: several batches of what Graph takes together.
        private static let width = 64

        func validate() throws {
            if json, csv { throw ValidationError("Give one of --json and --csv.") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let record = try await ledger.only(run, by: source.choice)
            let runs = try await ledger.family(of: record.id)
            var made: [TargetRecord] = []
            try await ledger.forEachPage(of: .runs(runs), in: [.sent]) { page in
                made += page.filter { $0.made?.canBeDeleted ?? false }
            }
            let threads = made
            let found = try await source.read(in: herald) { reader in
                let answers = ThreadAnswers(reader: reader)
                return try await sideBySide(threads, width: Self.width) { target in
                    guard let item = target.made else { return ThreadAnswers.Finding.gone }
                    return try await answers.finding(for: item, named: target.groupName)
                }
            }
            var list = AnswerList()
            for finding in found { list.add(finding) }
            if json { return try write(list.json(of: record.id), herald) }
            if csv { return try write(list.csv, herald) }
            if !list.answers.isEmpty { try list.table.write(to: herald.output) }
            try herald.error.line(list.summary(threads: threads.count))
            return .done
        }

        private func write(_ bytes: [UInt8], _ herald: HeraldEnvironment) throws -> ExitStatus {
            try herald.output.write(bytes)
            return .done
        }
    }
}

/// Who answered, for people and for programs.
struct AnswerList {
    private(set) var answers: [ThreadAnswer] = []
    private var gone = 0
    private var answered = 0

    mutating func add(_ finding: ThreadAnswers.Finding) {
        switch finding {
        case .gone: gone += 1
        case .answers(let found):
            answers += found
            if !found.isEmpty { answered += 1 }
        }
    }

    func summary(threads: Int) -> String {
        if threads == 0 { return "The run made no thread." }
        let replies = "\(answers.count.grouped) \(answers.count == 1 ? "reply" : "replies")"
        var text =
            answers.isEmpty
            ? "Nobody answered in the \(threads.grouped) threads that it made"
            : "\(replies) in \(answered.grouped) of the \(threads.grouped) threads that it made"
        if gone > 0 { text += "; \(gone.grouped) \(gone == 1 ? "is" : "are") not there any more" }
        return text + "."
    }

    var table: TextTable {
        let hasNames = answers.contains { $0.groupName != nil }
        var columns: [TextTable.Column] = [hasNames ? .text("GROUP", minimum: 12) : .text("GROUP", minimum: 9)]
        columns += [.text("FROM", minimum: 10), .whole("WHEN"), .text("WHAT", minimum: 16)]
        var table = TextTable(columns)
        for answer in answers {
            table.add([
                answer.groupName ?? answer.group.text, answer.name.isEmpty ? answer.address : answer.name,
                answer.received, answer.preview.split(whereSeparator: \.isWhitespace).joined(separator: " "),
            ])
        }
        return table
    }

    var csv: [UInt8] {
        var writer = CSVWriter()
        writer.row(["group", "groupName", "fromName", "fromAddress", "received", "preview", "thread", "post"])
        for answer in answers {
            writer.row([
                answer.group.text, answer.groupName ?? "", answer.name, answer.address, answer.received, answer.preview,
                answer.thread, answer.post,
            ])
        }
        return writer.bytes
    }

    func json(of run: String) -> [UInt8] {
        JSONWriter.bytes(capacity: 400 * answers.count) { writer in
            writer.object { writer in
                writer.member("run", run)
                writer.name("value")
                writer.array { writer in
                    for answer in answers {
                        writer.object { writer in
                            writer.member("group", answer.group.text)
                            writer.member("groupName", answer.groupName)
                            writer.name("from")
                            writer.object { writer in
                                writer.member("name", answer.name)
                                writer.member("address", answer.address)
                            }
                            writer.member("received", answer.received)
                            writer.member("preview", answer.preview)
                            writer.member("thread", answer.thread)
                            writer.member("post", answer.post)
                        }
                    }
                }
            }
        } + [UInt8(ascii: "\n")]
    }
}
