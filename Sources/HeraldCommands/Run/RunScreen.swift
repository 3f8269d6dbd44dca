import Announcements
import Logging
import ScriptHost
import Synchronization

/// What a person sees of a run while it lasts: its output, its log, and how its announcements go.
final class RunScreen: Sendable {
    private let herald: HeraldEnvironment
    private let output: ByteSink
    private let isQuiet: Bool
    private let progress = Mutex<ProgressReporter?>(nil)
    private let closed = Mutex<(any Error)?>(nil)

    /// With `json`, standard output is kept for the report.
    init(_ herald: HeraldEnvironment, json: Bool, quiet: Bool) {
        self.herald = herald
        output = json ? herald.error : herald.output
        isQuiet = quiet
    }

    /// Why standard output could not be written to, if it could not.
    var outputFailure: (any Error)? { closed.withLock { $0 } }

    var logger: Logger {
        Logger(label: "script") { _ in
            RunLogHandler { [self] level, message in note(message, level) }
        }
    }

    var monitor: RunMonitor {
        RunMonitor(
            output: { [self] in put($0) },
            confirm: { [self] preview in
                begin(preview)
                return true
            },
            progress: { [self] _, progress in
                self.progress.withLock { $0 }?.report(done: progress.done, failed: progress.failed)
            },
            finished: { [self] _, _ in end() }
        )
    }

    /// A line on standard error that is not part of the log.
    func say(_ text: String) {
        interject(herald.error.shown(text) + "\n")
    }

    /// Text on standard output, as if the script had printed it.
    func put(_ text: String) {
        put(Array(text.utf8))
    }

    private func put(_ bytes: [UInt8]) {
        let text = output.isTerminal ? Array(output.shown(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
        do { try output.write(text) } catch { closed.withLock { $0 = $0 ?? error } }
    }

    private func note(_ message: String, _ level: Logger.Level) {
        if isQuiet, level < .warning { return }
        let name: String
        switch level {
        case .warning: name = herald.error.styled("warning", .yellow) + ": "
        case .error, .critical: name = herald.error.styled("error", .red) + ": "
        case .debug, .trace: name = herald.error.styled("debug", .dim) + ": "
        default: name = ""
        }
        interject(name + herald.error.shown(message) + "\n")
    }

    private func interject(_ text: String) {
        if let reporter = progress.withLock({ $0 }) {
            reporter.interject(text)
        } else {
            try? herald.error.write(text)
        }
    }

    private func begin(_ preview: RunMonitor.Preview) {
        guard !isQuiet, preview.toSend > 0 else { return }
        let already = preview.tally.already > 0 ? ", \(preview.tally.already.grouped) have it already" : ""
        say("\(preview.tally.name): \(preview.toSend.grouped) to announce\(already)")
        let reporter = ProgressReporter("announced", total: preview.toSend, on: herald.error, uptime: herald.uptime)
        progress.withLock { $0 = reporter }
    }

    private func end() {
        progress.withLock { reporter in
            reporter?.finish()
            reporter = nil
        }
    }
}
