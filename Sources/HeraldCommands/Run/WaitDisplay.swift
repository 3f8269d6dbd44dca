import GraphClient
import Synchronization

/// Shows what a run waits for while it lasts: counted down on a terminal's progress line, lines now and then
/// elsewhere.
final class WaitDisplay: Sendable {
    private struct State {
        var notice: WaitNotice?
        var log = WaitLog()
        var ticker: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let uptime: @Sendable () -> Duration
    /// Shows it on the progress line; false if there is none.
    private let draw: @Sendable (WaitNotice) -> Bool
    private let say: @Sendable (String) -> Void

    init(
        uptime: @escaping @Sendable () -> Duration,
        draw: @escaping @Sendable (WaitNotice) -> Bool,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.uptime = uptime
        self.draw = draw
        self.say = say
    }

    /// Takes note of what the pacer says.
    func note(_ waiting: Pacer.Waiting) {
        guard let notice = WaitNotice(waiting, pacing: SystemPacingClock().now, uptime: uptime()) else { return }
        show(notice)
    }

    /// Shows a wait until it is over.
    func show(_ notice: WaitNotice) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.notice = notice
            state.ticker =
                state.ticker
                ?? Task { [weak self] in
                    while self?.tick() == true { try? await Task.sleep(for: .seconds(1)) }
                }
        }
    }

    /// Shows how long the wait still is; false once it is over.
    @discardableResult
    func tick() -> Bool {
        let now = uptime()
        let notice = state.withLock { state in
            if state.isClosed || (state.notice.map { $0.until <= now } ?? true) {
                state.notice = nil
                state.ticker = nil
            }
            return state.notice
        }
        guard let notice else { return false }
        guard !draw(notice) else { return true }
        if let line = state.withLock({ $0.log.due(notice, at: now) }) { say(line) }
        return true
    }

    /// Shows nothing any more.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.ticker?.cancel()
            state.ticker = nil
        }
    }
}
