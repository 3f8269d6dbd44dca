import Announcements
import Logging
import ScriptHost
import Synchronization

/// What a person sees of a run while it lasts: its output, its log, and how its announcements go.
final class RunScreen: Sendable {
    private let herald: HeraldEnvironment
    private let output: ByteSink
    private let isQuiet: Bool
    private let backend: RunBackend?
    private let progress = Mutex<ProgressReporter?>(nil)
    private let closed = Mutex<(any Error)?>(nil)

    /// A screen.
    ///
    /// - Parameters:
    ///   - herald: Where it is.
    ///   - json: Whether standard output is kept for the report.
    ///   - quiet: Whether only warnings and errors are shown.
    ///   - backend: Where announcements go; nil if nothing need be said of that.
    init(_ herald: HeraldEnvironment, json: Bool, quiet: Bool, backend: RunBackend? = nil) {
        self.herald = herald
        self.backend = backend
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

    /// What the run tells of itself; `approval` decides whether announcements are sent, and all are if there is none.
    func monitor(_ approval: Approval? = nil) -> RunMonitor {
        RunMonitor(
            output: { [self] in put($0) },
            confirm: { [self] preview in
                summarize(preview)
                let answer = await approval?.answer(to: preview) ?? .goAhead
                if answer == .goAhead { begin(preview) }
                return answer
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

    private func summarize(_ preview: RunMonitor.Preview) {
        guard !isQuiet, preview.toSend > 0 else { return }
        say(AnnouncementSummary(preview, leastTime: backend?.pace?.leastTime(forPosts: preview.toSend)).text)
    }

    private func begin(_ preview: RunMonitor.Preview) {
        guard !isQuiet, preview.toSend > 0 else { return }
        let reporter = ProgressReporter("announced", total: preview.toSend, on: herald.error, uptime: herald.uptime)
        progress.withLock { $0 = reporter }
    }

    /// Shows what the backend waits for while something is done.
    func showingWaits<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let display = WaitDisplay(
            uptime: herald.uptime,
            draw: { [weak self] notice in self?.progress.withLock { $0 }?.report(notice) ?? false },
            say: { [weak self] text in if self?.isQuiet == false { self?.say(text) } }
        )
        backend?.waits?.listen { display.note($0) }
        defer {
            backend?.waits?.listen(nil)
            display.close()
        }
        return try await body()
    }

    private func end() {
        progress.withLock { reporter in
            reporter?.finish()
            reporter = nil
        }
    }
}
