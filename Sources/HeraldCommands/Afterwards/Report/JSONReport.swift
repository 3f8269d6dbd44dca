import Announcements
import GraphModel

/// A report as one JSON document: `{"report":…,"waves":[…],"targets":[…]}`.
struct JSONReport {
    private let content: ReportContent

    init(_ content: ReportContent) {
        self.content = content
    }

    func write(to sink: ByteSink) async throws {
        let head = JSONWriter.bytes(capacity: 4096) { writer in
            writer.object { writer in
                writer.name("report")
                writer.raw(content.report.json)
                writer.member("madeAt", GraphDate(microseconds: content.madeAt).text)
                writer.name("waves")
                writer.array { writer in
                    for course in content.courses {
                        for wave in course.waves { Self.write(wave, of: course.announcement, &writer) }
                    }
                }
                writer.name("targets")
                writer.array { _ in }
            }
        }
        // The targets go between the last two brackets, page by page.
        try sink.write(Array(head.dropLast(2)))
        var isFirst = true
        try await content.forEachPage { page in
            var bytes: [UInt8] = []
            for target in page {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                bytes.append(UInt8(ascii: "\n"))
                bytes += JSONWriter.bytes { $0.target(target) }
            }
            try sink.write(bytes)
        }
        try sink.write("]}\n")
    }

    private static func write(_ wave: WaveRecord, of announcement: String, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("announcement", announcement)
            writer.member("number", wave.number)
            writer.member("targets", wave.targets)
            writer.member("sent", wave.sent)
            writer.member("already", wave.already)
            writer.member("failed", wave.failed)
            writer.member("ambiguous", wave.ambiguous)
            writer.member("startedAt", GraphDate(microseconds: wave.startedAt).text)
            writer.member("endedAt", wave.endedAt.map { GraphDate(microseconds: $0).text })
            writer.member("verdict", wave.verdict)
        }
    }
}
