package import GraphClient
import GraphModel

/// What is waited for, and until when.
package struct WaitNotice: Sendable, Equatable {
    /// On the clock of ``HeraldEnvironment/uptime``.
    package var until: Duration
    /// Why: "3 mailboxes paused".
    package var reason: String
    /// The same moment in microseconds since 1970, where it was given as one; nil else.
    package var time: Int64?
    /// Which wait it is; the pacer's are one, however its reasons and its ends change.
    package var occasion: String

    /// Shorter waits are not worth a word.
    package static let shortest = Duration.seconds(1)
    /// Of longer ones people want to know when they are over.
    static let long = Duration.seconds(600)

    package init(until: Duration, reason: String, time: Int64? = nil, occasion: String = "") {
        self.until = until
        self.reason = reason
        self.time = time
        self.occasion = occasion
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
        occasion = ""
        if waiting.isServicePaused {
            reason = "the service asked for a pause"
        } else if waiting.paused > 0 {
            reason = "\(waiting.paused.grouped) mailbox\(waiting.paused == 1 ? "" : "es") paused"
        } else {
            reason = "\(waiting.queued.grouped) request\(waiting.queued == 1 ? "" : "s") held back by the limits"
        }
    }

    /// For people: `waiting 14 s: 3 mailboxes paused`, with the time at which a long one ends; nil once it is over.
    package func text(at uptime: Duration) -> String? {
        let rest = until - uptime
        guard rest > .zero else { return nil }
        let span = Duration.seconds(Int((rest / .seconds(1)).rounded(.up))).spoken
        guard let time, rest >= Self.long else { return "waiting \(span): \(reason)" }
        return "waiting \(span), until \(GraphDate(microseconds: time / 1_000_000 * 1_000_000).text): \(reason)"
    }
}

/// Says now and then what is waited for, where nothing can be redrawn.
struct WaitLog: Sendable {
    /// How long after its first line a wait gets further ones; then each hour.
    private static let times = [10, 60, 600, 3600].map { Duration.seconds($0) }
    /// What waits so long after another is not the same wait.
    private static let gap = Duration.seconds(60)

    private var occasion: String?
    private var begunAt = Duration.zero
    private var seenAt = Duration.zero
    private var dueAt = Duration.zero

    /// The line for a pipe or a file, if it is time for one: at once for a wait that is another one than the last.
    mutating func due(_ notice: WaitNotice, at uptime: Duration) -> String? {
        guard let text = notice.text(at: uptime) else { return nil }
        if occasion != notice.occasion || uptime - seenAt > Self.gap {
            occasion = notice.occasion
            begunAt = uptime
            dueAt = uptime
        }
        seenAt = uptime
        guard uptime >= dueAt else { return nil }
        let elapsed = uptime - begunAt
        let next = Self.times.first { $0 > elapsed } ?? .seconds(3600 * (Int(elapsed / .seconds(3600)) + 1))
        dueAt = begunAt + next
        return text
    }
}
