import Announcements
import GraphModel
import Logging
import ScriptHost
import Synchronization

/// What a person sees of a run while it lasts: its output, its log, and how its announcements go.
final class RunScreen: Sendable {
    private let herald: HeraldEnvironment
    private let output: ByteSink
    private let isQuiet: Bool
    private let backend: RunBackend?
    private let events: EventLog?
    private let failures = FailureBoard()
    private let progress = Mutex<ProgressReporter?>(nil)
    private let display = Mutex<WaitDisplay?>(nil)
    private let closed = Mutex<(any Error)?>(nil)

    /// A screen.
    ///
    /// - Parameters:
    ///   - herald: Where it is.
    ///   - json: Whether standard output is kept for the report.
    ///   - quiet: Whether only warnings and errors are shown.
    ///   - backend: Where announcements go; nil if nothing need be said of that.
    ///   - events: Where what happens is written besides.
    init(
        _ herald: HeraldEnvironment,
        json: Bool,
        quiet: Bool,
        backend: RunBackend? = nil,
        events: EventLog? = nil
    ) {
        self.events = events
        self.herald = herald
        self.backend = backend
        output = json ? herald.error : herald.output
        isQuiet = quiet
    }

    /// Why standard output could not be written to, if it could not.
    var outputFailure: (any Error)? { closed.withLock { $0 } }

    /// Tells which findings have been said while it ran; of those under quiet, none was.
    var saidFindings: @Sendable (Finding) -> Bool {
        let isQuiet = isQuiet
        let failures = failures
        return { !isQuiet && failures.hasTold($0) }
    }

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
                return await approval?.answer(to: preview) ?? .goAhead
            },
            watch: { [self] name in watcher(of: name, approval) },
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

    /// Says what an announcement is about to do, if it is about to do anything.
    ///
    /// - Parameters:
    ///   - preview: What it is about to do.
    ///   - lines: The words; nil for those of an announcement.
    func summarize(_ preview: RunMonitor.Preview, saying lines: [String]? = nil) {
        events?.write("announcement") { writer in
            writer.member("announcement", preview.tally.name)
            writer.member("targets", preview.tally.targets)
            writer.member("posts", preview.toSend)
            writer.member("already", preview.tally.already)
        }
        guard !isQuiet, preview.toSend > 0 else { return }
        for line in lines ?? summary(of: preview).lines { say(line) }
    }

    /// What an announcement is about to do on the backend.
    func summary(of preview: RunMonitor.Preview) -> AnnouncementSummary {
        AnnouncementSummary(preview, leastTime: backend?.pace?.leastTime(forPosts: preview.toSend))
    }

    private func watcher(of name: String, _ approval: Approval?) -> WaveWatcher {
        WaveWatcher(
            progress: { [self] progress in
                report(done: progress.done, failed: progress.failed)
            },
            answered: { [self] answer in note(answer, of: name) },
            begins: { [self] wave, waves in
                events?.write("wave.began", wave, of: waves, announcement: name)
                begin(wave, of: waves)
            },
            ended: { [self] wave, waves in
                events?.write("wave.ended", wave, of: waves, announcement: name)
                end(wave, of: waves)
            },
            waits: { [self] wait in
                guard let wait else { return }
                events?.write("wait") { writer in
                    writer.member("announcement", name)
                    writer.member("until", GraphDate(microseconds: wait.until).text)
                    writer.member("reason", wait.reason)
                }
                show(wait, of: name)
            },
            confirm: { wave, left in await approval?.answer(after: wave, of: name, left: left) }
        )
    }

    /// Shows what is waited for, until when in microseconds since 1970, and why.
    func show(_ wait: (until: Int64, reason: String), of name: String = "") {
        let notice = WaitNotice(
            until: herald.uptime() + .microseconds(wait.until - herald.now()),
            reason: wait.reason,
            time: wait.until,
            occasion: "\(name): \(wait.reason), \(wait.until / 1_000_000)"
        )
        display.withLock { $0 }?.show(notice)
    }

    private func begin(_ wave: WaveRecord, of waves: Int) {
        track(waves > 1 ? "wave \(wave.number) of \(waves):" : "announced", total: wave.targets)
    }

    /// Shows from now on how something goes.
    ///
    /// - Parameters:
    ///   - label: What is done, as in `deleted`.
    ///   - total: How much there is to do.
    func track(_ label: String, total: Int) {
        guard !isQuiet, total > 0 else { return }
        let reporter = ProgressReporter(label, total: total, on: herald.error, uptime: herald.uptime)
        progress.withLock { $0 = reporter }
    }

    /// Shows how far it is.
    func report(done: Int, failed: Int) { progress.withLock { $0 }?.report(done: done, failed: failed) }

    /// Shows no longer how it goes, and says how many more failed for each reason.
    func endTracking() {
        end()
        let rest = failures.takeRest()
        guard !isQuiet else { return }
        for line in rest { say("  " + line) }
    }

    /// Tells what came of a target.
    func note(_ answer: TargetAnswer, of announcement: String) {
        events?.write(answer, announcement: announcement)
        if !isQuiet, let line = failures.note(answer) { say("  " + line) }
    }

    private func end(_ wave: WaveRecord, of waves: Int) {
        endTracking()
        guard !isQuiet, waves > 1 else { return }
        var parts = ["\(wave.sent.grouped) announced"]
        if wave.already > 0 { parts.append("\(wave.already.grouped) had it already") }
        if wave.ambiguous > 0 { parts.append("\(wave.ambiguous.grouped) unproven") }
        parts.append(wave.failed == 0 ? "none failed" : "\(wave.failed.grouped) failed")
        say("wave \(wave.number) of \(waves): " + parts.joined(separator: ", "))
    }

    /// Shows what is waited for while something is done.
    func showingWaits<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        let display = WaitDisplay(
            uptime: herald.uptime,
            draw: { [weak self] notice in self?.progress.withLock { $0 }?.report(notice) ?? false },
            say: { [weak self] text in if self?.isQuiet == false { self?.say(text) } }
        )
        self.display.withLock { $0 = display }
        backend?.waits?.listen { display.note($0) }
        defer {
            backend?.waits?.listen(nil)
            self.display.withLock { $0 = nil }
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
