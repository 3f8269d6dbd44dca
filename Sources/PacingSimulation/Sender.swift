import GraphClient

/// One app at work: an announcement that keeps a number of posts under way, and the pacer that starts them.
///
/// It does with ``Pacer`` what `PacedService` does, without tasks: each post is queued when there is a place for it,
/// everything that may start is started whenever something ended or an alarm went off, and one alarm at a time is set.
struct Sender {
    private(set) var pacer: Pacer
    private let width: Int
    private let number: Int
    /// The next post to be handed over: to which mailbox, and which of that mailbox's posts.
    private var mailbox: Int
    private var postInMailbox = 0
    private let scenario: Scenario
    private var open = 0
    /// When the alarm goes off that is set; nil if none is.
    private(set) var alarm: Int64?

    init(_ scenario: Scenario, number: Int) {
        let limits = scenario.limits
        pacer = Pacer(limits, seed: scenario.seed &+ UInt64(number), at: 0)
        width = scenario.width ?? limits.width
        self.number = number
        self.scenario = scenario
        mailbox = number
    }

    /// Hands posts to the pacer until as many are open as an announcement keeps open.
    mutating func fill(at now: Int64) {
        while open < width, mailbox < scenario.mailboxes, postInMailbox < scenario.posts {
            let path = Self.path(ofMailbox: mailbox)
            pacer.enqueue(mailbox * scenario.posts + postInMailbox, mailbox: Pacer.mailbox(of: path), at: now)
            open += 1
            advance()
        }
    }

    private mutating func advance() {
        if scenario.goesInRounds {
            mailbox += scenario.apps
            guard mailbox >= scenario.mailboxes else { return }
            mailbox = number
            postInMailbox += 1
        } else {
            postInMailbox += 1
            guard postInMailbox == scenario.posts else { return }
            postInMailbox = 0
            mailbox += scenario.apps
        }
    }

    /// The posts to be sent now, and the alarm to be set.
    mutating func proceed(at now: Int64) -> (posts: [Int], alarm: Int64?) {
        let started = pacer.starts(at: now)
        guard let wake = pacer.wake(at: now), alarm.map({ wake < $0 }) ?? true else { return (started, nil) }
        // A clock that has no time for waking at once wakes a little later.
        alarm = max(wake, now + 1)
        return (started, alarm)
    }

    mutating func alarmWentOff(of time: Int64) {
        if alarm == time { alarm = nil }
    }

    /// Notes an answer.
    ///
    /// - Returns: Whether that is the post's last.
    mutating func finish(_ post: Int, _ end: Pacer.End, at now: Int64) -> Bool {
        guard pacer.finish(post, end, at: now) == .done else { return false }
        open -= 1
        fill(at: now)
        return true
    }

    static func path(ofMailbox mailbox: Int) -> String { "/groups/g\(mailbox)/conversations" }
}
