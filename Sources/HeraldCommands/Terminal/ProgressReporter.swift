import Synchronization

/// Shows a ``ProgressLine`` on a stream: redrawn in place on a terminal, a plain line now and then elsewhere.
///
/// It may be told of progress from several tasks at once. That a line cannot be written is no reason to end the work,
/// so failures to write are passed over.
package final class ProgressReporter: Sendable {
    private struct State {
        var line: ProgressLine
        var drawnAt: Duration?
        var isShown = false
    }

    private let sink: ByteSink
    private let uptime: @Sendable () -> Duration
    private let start: Duration
    private let state: Mutex<State>

    /// The least time between two drawings on a terminal.
    private static let interval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - label: What is going on, in a word or two.
    ///   - total: How many there are to do.
    ///   - sink: Where to show it.
    ///   - uptime: The clock, as in ``HeraldEnvironment``.
    package init(_ label: String, total: Int, on sink: ByteSink, uptime: @escaping @Sendable () -> Duration) {
        self.sink = sink
        self.uptime = uptime
        start = uptime()
        state = Mutex(State(line: ProgressLine(label, total: total)))
    }

    /// Takes note of how things stand, and shows it if it is time to.
    package func report(done: Int, failed: Int, total: Int? = nil) {
        let elapsed = uptime() - start
        state.withLock { state in
            state.line.update(done: done, failed: failed, total: total, elapsed: elapsed)
            if sink.isTerminal {
                let isDue = state.drawnAt.map { elapsed - $0 >= Self.interval } ?? true
                if isDue || done >= state.line.total { draw(&state) }
            } else if let text = state.line.duePlain() {
                try? sink.line(text)
            }
        }
    }

    /// Shows what is waited for, and how long still, on a terminal.
    ///
    /// - Parameter notice: The wait, on the clock that the reporter was given.
    /// - Returns: Whether it is shown: elsewhere than on a terminal nothing can be redrawn.
    package func report(_ notice: WaitNotice) -> Bool {
        guard sink.isTerminal else { return false }
        let elapsed = uptime() - start
        state.withLock { state in
            state.line.update(done: state.line.done, failed: state.line.failed, elapsed: elapsed)
            state.line.wait = WaitNotice(until: notice.until - start, reason: notice.reason)
            draw(&state)
        }
        return true
    }

    /// Writes something else to the same stream, above the progress; it should end with a line end.
    package func interject(_ text: String) {
        state.withLock { state in
            let wasShown = state.isShown
            erase(&state)
            try? sink.write(text)
            if wasShown { draw(&state) }
        }
    }

    /// Takes the line off a terminal; what has been printed elsewhere stays.
    package func finish() {
        state.withLock { erase(&$0) }
    }

    private func draw(_ state: inout State) {
        try? sink.write("\r\(state.line.live(columns: sink.columns))\u{1B}[K")
        state.drawnAt = state.line.elapsed
        state.isShown = true
    }

    private func erase(_ state: inout State) {
        guard state.isShown else { return }
        try? sink.write("\r\u{1B}[K")
        state.isShown = false
    }
}
