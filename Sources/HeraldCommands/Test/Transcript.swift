import Announcements
import Logging
import ScriptHost
import Synchronization

/// What a script has printed and logged, kept instead of shown.
final class Transcript: Sendable {
    private struct Content {
        var all: [UInt8] = []
        var output: [UInt8] = []
        var log = ""
    }

    private let content = Mutex(Content())

    /// What it printed.
    var output: String { content.withLock { String(decoding: $0.output, as: UTF8.self) } }
    /// What it logged, a line for each message.
    var log: String { content.withLock { $0.log } }
    /// Both, in the order in which they came.
    var all: String { content.withLock { String(decoding: $0.all, as: UTF8.self) } }

    var monitor: RunMonitor {
        RunMonitor(
            output: { [self] bytes in
                content.withLock { content in
                    content.all += bytes
                    content.output += bytes
                }
            },
            confirm: { _ in .goAhead },
            watch: { _ in WaveWatcher() },
            finished: { _, _ in }
        )
    }

    var logger: Logger {
        Logger(label: "script") { _ in
            RunLogHandler { [self] level, message in
                let line = (level == .info ? "" : "\(level): ") + message + "\n"
                content.withLock { content in
                    content.all += Array(line.utf8)
                    content.log += line
                }
            }
        }
    }
}
