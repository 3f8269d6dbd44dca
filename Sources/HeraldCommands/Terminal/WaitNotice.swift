package import GraphClient

/// What is waited for, and until when.
package struct WaitNotice: Sendable, Equatable {
    /// On the clock of ``HeraldEnvironment/uptime``.
    package var until: Duration
    /// Why: "3 mailboxes paused".
    package var reason: String

    /// Shorter waits are not worth a word.
    package static let shortest = Duration.seconds(1)

    package init(until: Duration, reason: String) {
        self.until = until
        self.reason = reason
    }

    /// What the pacer waits for; nil if it waits for nothing, or for so short a time that nobody need know.
    ///
    /// - Parameters:
    ///   - waiting: What the pacer says.
    ///   - pacing: The time on the pacer's clock, in microseconds.
    ///   - uptime: The same moment on the other clock.
    package init?(_ waiting: Pacer.Waiting, pacing: Int64, uptime: Duration) {
        guard let until = waiting.until, until - pacing >= Int64(Self.shortest / .microseconds(1)) else { return nil }
        self.until = uptime + .microseconds(until - pacing)
        if waiting.isServicePaused {
            reason = "the service asked for a pause"
        } else if waiting.paused > 0 {
            reason = "\(waiting.paused.grouped) mailbox\(waiting.paused == 1 ? "" : "es") paused"
        } else {
            reason = "\(waiting.queued.grouped) request\(waiting.queued == 1 ? "" : "s") held back by the limits"
        }
    }

    /// For people: `waiting 14 s: 3 mailboxes paused`; nil once it is over.
    package func text(at uptime: Duration) -> String? {
        let rest = until - uptime
        guard rest > .zero else { return nil }
        return "waiting \(Duration.seconds(Int((rest / .seconds(1)).rounded(.up))).spoken): \(reason)"
    }
}

/// Says now and then what is waited for, where nothing can be redrawn.
struct WaitLog: Sendable {
    /// The time between two lines.
    static let interval = Duration.seconds(10)
    private var writtenAt: Duration?

    /// The line for a pipe or a file, if it is time for one.
    mutating func due(_ notice: WaitNotice, at uptime: Duration) -> String? {
        if let writtenAt, uptime - writtenAt < Self.interval { return nil }
        guard let text = notice.text(at: uptime) else { return nil }
        writtenAt = uptime
        return text
    }
}
