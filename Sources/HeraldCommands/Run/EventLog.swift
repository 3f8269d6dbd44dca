import Announcements
import Foundation
import GraphModel

/// Writes what happens in a run to a file, a JSON object a line, each as soon as it is known.
final class EventLog: Sendable {
    private let file: FileHandle
    private let path: String
    private let now: @Sendable () -> Int64

    /// Opens the file; what is in it stays, and is added to.
    ///
    /// - Throws: ``Failure`` if it cannot be written.
    init(path: String, now: @escaping @Sendable () -> Int64) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.failed, "\(path): cannot be written (\(unsafe String(cString: strerror(errno))))")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.path = path
        self.now = now
    }

    /// Writes an event; that a line cannot be written is no reason to end a run.
    func write(_ event: String, _ members: (inout JSONWriter) -> Void) {
        let line = JSONWriter.bytes(capacity: 192) { writer in
            writer.object { writer in
                writer.member("at", GraphDate(microseconds: now()).text)
                writer.member("event", event)
                members(&writer)
            }
        }
        try? file.write(contentsOf: line + [UInt8(ascii: "\n")])
    }

    /// A run begins.
    func began(_ run: RunRecord) {
        write("run.began") { writer in
            writer.member("run", run.id)
            writer.member("kind", run.kind.rawValue)
            if let origin = run.origin { writer.member("origin", origin) }
            writer.member("script", run.script)
        }
    }

    /// A run has ended.
    func ended(_ run: RunRecord) {
        write("run.ended") { writer in
            writer.member("run", run.id)
            writer.member("state", run.state.rawValue)
        }
    }

    /// The events of a wave.
    func write(_ event: String, _ wave: WaveRecord, of waves: Int, announcement: String) {
        write(event) { writer in
            writer.member("announcement", announcement)
            writer.member("wave", wave.number)
            writer.member("waves", waves)
            writer.member("targets", wave.targets)
            guard wave.endedAt != nil else { return }
            writer.member("sent", wave.sent)
            writer.member("already", wave.already)
            writer.member("failed", wave.failed)
            writer.member("ambiguous", wave.ambiguous)
        }
    }

    /// What came of a target.
    func write(_ answer: TargetAnswer, announcement: String) {
        write("target") { writer in
            writer.member("announcement", announcement)
            writer.member("group", answer.target)
            if let name = answer.name { writer.member("name", name) }
            writer.member("outcome", answer.outcome.rawValue)
            if let code = answer.code { writer.member("code", code) }
            if let message = answer.message { writer.member("message", message) }
        }
    }
}
