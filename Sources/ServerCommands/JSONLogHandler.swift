import Foundation
import GraphModel
import Logging

/// Writes each event as one JSON object on a line of standard error.
struct JSONLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Takes one line, with its end.
    init(write: @escaping @Sendable ([UInt8]) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0)) }) {
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let line = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("time", Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
                writer.member("level", event.level.rawValue)
                writer.member("message", "\(event.message)")
                for (name, value) in all.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    writer.string("\(value)")
                }
            }
        }
        write(line + [UInt8(ascii: "\n")])
    }
}
