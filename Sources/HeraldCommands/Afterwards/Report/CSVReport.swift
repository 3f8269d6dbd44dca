import Announcements
import GraphModel
import ScriptHost

/// A report as comma-separated values: a row for each target.
struct CSVReport {
    private let content: ReportContent

    init(_ content: ReportContent) {
        self.content = content
    }

    func write(to sink: ByteSink) async throws {
        var writer = CSVWriter()
        writer.row([
            "group", "name", "announcement", "state", "status", "code", "reason", "conversation", "thread", "post",
            "attemptedAt", "settledAt", "run", "method", "path",
        ])
        try sink.write(writer.take())
        try await content.forEachPage { page in
            for target in page {
                writer.row([
                    target.group?.text ?? "", target.groupName ?? "", target.announcement ?? "", target.stateName,
                    target.status.map { String($0) } ?? "", target.code ?? "", target.message ?? "",
                    target.made?.conversation ?? "", target.made?.thread ?? "", target.made?.post ?? "",
                    Self.text(target.attemptedAt), Self.text(target.settledAt), target.run, target.method, target.path,
                ])
            }
            try sink.write(writer.take())
        }
    }

    private static func text(_ time: Int64?) -> String { time.map { GraphDate(microseconds: $0).text } ?? "" }
}
