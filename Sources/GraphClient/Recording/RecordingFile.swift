import Foundation
package import GraphModel
import Synchronization

/// A recording while it is written: an HTTP archive (HAR 1.2) that is whole after each exchange, so that a crash leaves
/// a file that can be read, without what was under way.
///
/// The file can be read by its owner alone, since it holds the bodies of posts.
package final class RecordingFile: Sendable {
    private static let tail = Array("\n]}}\n".utf8)

    private struct State {
        /// Where the next entry goes: over the tail.
        var end: Int
        var isEmpty = true
        /// Why nothing more is written; nil while all is well.
        var fault: RecordingFault?
    }

    /// Where the file is.
    package let path: String
    /// What the entries leave out.
    package let redaction = Redaction()
    private let root: String
    private let handle: FileHandle
    private let state: Mutex<State>

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - path: Where; nothing may be there yet.
    ///   - root: What the paths of requests are appended to.
    ///   - caller: Who makes the requests, if a replay cannot ask the backend.
    /// - Throws: ``RecordingFault``.
    package init(path: String, root: String, caller: Caller?) throws(RecordingFault) {
        self.path = path
        self.root = root
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RecordingFault(
                errno == EEXIST
                    ? "\(path) is there already; a recording is written to a new file."
                    : "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))."
            )
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let head = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("version", "1.2")
                writer.name("creator")
                writer.object { writer in
                    writer.member("name", "herald")
                    writer.member("version", "1")
                }
                writer.name("_herald")
                writer.object { writer in
                    writer.member("serviceRoot", root)
                    if let caller {
                        writer.name("caller")
                        writer.object { writer in
                            writer.member("id", caller.id)
                            writer.member("displayName", caller.displayName)
                            writer.member("address", caller.address)
                            writer.member("kind", caller.kind.rawValue)
                        }
                    }
                }
            }
        }
        let begin = Array("{\"log\":".utf8) + head.dropLast() + Array(",\"entries\":[".utf8)
        state = Mutex(State(end: begin.count))
        do {
            try handle.write(contentsOf: Data(begin + Self.tail))
        } catch {
            throw RecordingFault("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Adds an exchange.
    ///
    /// That it cannot be written does not end the run; ``finish()`` says so.
    func add(_ exchange: Exchange) {
        let entry = HAREntry.json(exchange, root: root, redaction: redaction)
        state.withLock { state in
            guard state.fault == nil else { return }
            let text = Array((state.isEmpty ? "\n" : ",\n").utf8) + entry
            do {
                // One write for entry and tail: whoever is killed between two of them leaves a whole file.
                try handle.seek(toOffset: UInt64(state.end))
                try handle.write(contentsOf: Data(text + Self.tail))
                state.end += text.count
                state.isEmpty = false
            } catch {
                state.fault = RecordingFault(
                    "\(path) is not whole: it could not be written further (\(error.localizedDescription))."
                )
            }
        }
    }

    /// Ends the recording.
    ///
    /// - Throws: ``RecordingFault`` if something is missing in it.
    package func finish() throws {
        let fault = state.withLock { $0.fault }
        if let fault { throw fault }
        try handle.synchronize()
        try handle.close()
    }
}

/// A recording cannot be written, read, or does not have what is asked of it; the sentence says what to do.
package struct RecordingFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}
