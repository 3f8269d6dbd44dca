import Foundation
import GraphModel
import Logging

/// Writes each event as one line of standard error: as text, or as a JSON object.
///
/// A request is a line, so a line has to be cheap: what comes with swift-log asks for the zone of the time with each.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let format: LogOptions.Format
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - format: How a line is written.
    ///   - write: Takes one line, with its end.
    init(
        _ format: LogOptions.Format,
        write: @escaping @Sendable ([UInt8]) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0)) }
    ) {
        self.format = format
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.isEmpty ? event.metadata ?? [:] : metadata.merging(event.metadata ?? [:]) { _, new in new }
        let fields = all.sorted { $0.key < $1.key }
        let line =
            switch format {
            case .text: Self.text(event, fields)
            case .json: Self.json(event, fields)
            }
        write(line + [UInt8(ascii: "\n")])
    }

    private typealias Fields = [(key: String, value: Logger.MetadataValue)]

    /// `2026-01-15T08:30:00.125Z info request method=GET path=/v1.0/me`; what is no plain word is quoted as in JSON.
    private static func text(_ event: LogEvent, _ fields: Fields) -> [UInt8] {
        var line = "\(time()) \(event.level.rawValue) "
        var bytes = Array(line.utf8)
        line = "\(event.message)"
        bytes += line.utf8.contains { $0 < UInt8(ascii: " ") } ? quoted(line) : Array(line.utf8)
        for (name, value) in fields {
            let value = "\(value)"
            bytes.append(UInt8(ascii: " "))
            bytes += name.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += isWord(value) ? Array(value.utf8) : quoted(value)
        }
        return bytes
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") && $0 < 0x7F
            }
    }

    private static func quoted(_ text: String) -> [UInt8] {
        JSONWriter.bytes { $0.string(text) }
    }

    private static func json(_ event: LogEvent, _ fields: Fields) -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("time", time())
                writer.member("level", event.level.rawValue)
                writer.member("message", "\(event.message)")
                for (name, value) in fields {
                    writer.name(name)
                    writer.string("\(value)")
                }
            }
        }
    }

    /// Now, in UTC, to the millisecond.
    private static func time() -> String {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let thousandths = String(now % 1000)
        return GraphDate(microseconds: now * 1000).text.dropLast() + "."
            + String(repeating: "0", count: 3 - thousandths.count)
            + thousandths + "Z"
    }
}
