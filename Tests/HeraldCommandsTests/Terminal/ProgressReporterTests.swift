import Synchronization
import Testing

@testable import HeraldCommands

@Suite struct ProgressReporterTests {
    private final class Clock: Sendable {
        let elapsed = Mutex(Duration.zero)
        func advance(_ span: Duration) { elapsed.withLock { $0 += span } }
        var reading: @Sendable () -> Duration { { self.elapsed.withLock { $0 } } }
    }

    private let clock = Clock()
    private let capture = Capture()

    private func reporter(isTerminal: Bool) -> ProgressReporter {
        let capture = capture
        let sink = ByteSink(isTerminal: isTerminal, width: { 40 }, put: { capture.append($0) })
        return ProgressReporter("announcing", total: 100, on: sink, uptime: clock.reading)
    }

    @Test func `redraws one line on a terminal, not too often, and takes it off at the end`() {
        let reporter = reporter(isTerminal: true)
        reporter.report(done: 0, failed: 0)
        #expect(capture.take() == "\rannouncing 0 of 100\u{1B}[K".withBar(0))
        clock.advance(.milliseconds(50))
        reporter.report(done: 1, failed: 0)
        #expect(capture.take().isEmpty)
        clock.advance(.milliseconds(50))
        reporter.report(done: 2, failed: 1)
        #expect(capture.take().hasPrefix("\r"))
        reporter.report(done: 100, failed: 1)
        #expect(capture.take().contains("100 of 100, 1 failed"))
        reporter.finish()
        #expect(capture.take() == "\r\u{1B}[K")
        reporter.finish()
        #expect(capture.take().isEmpty)
    }

    @Test func `puts other text above the line`() {
        let reporter = reporter(isTerminal: true)
        reporter.interject("first\n")
        #expect(capture.take() == "first\n")
        reporter.report(done: 0, failed: 0)
        let drawn = capture.take()
        reporter.interject("second\n")
        #expect(capture.take() == "\r\u{1B}[Ksecond\n" + drawn)
    }

    @Test func `prints plain lines elsewhere`() {
        let reporter = reporter(isTerminal: false)
        reporter.report(done: 0, failed: 0)
        clock.advance(.seconds(10))
        reporter.report(done: 1, failed: 0)
        clock.advance(.seconds(10))
        reporter.report(done: 100, failed: 0)
        reporter.finish()
        let lines = capture.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last?.hasPrefix("announcing 100 of 100") == true)
        #expect(!capture.text.contains("\u{1B}"))
    }
}

extension String {
    /// A drawn line with the bar that stands before it in 40 columns.
    fileprivate func withBar(_ filled: Int) -> String {
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 18 - filled)
        return replacing("\r", with: "\r\(bar)  ")
    }
}
