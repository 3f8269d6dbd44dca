package import GraphClient

extension Scenario {
    /// A situation that has a name.
    package enum Preset: String, CaseIterable, Sendable {
        case announce
        case several
        case deep
        case today
        case half
        case halfUnmarked = "half-unmarked"
        case storm
        case stormUnmarked = "storm-unmarked"
        case unpaced

        /// What it is, in a sentence.
        package var summary: String {
            switch self {
            case .announce: "one post to each mailbox"
            case .several: "four posts to each of a quarter of the mailboxes, as corrections and undoing make them"
            case .deep: "all posts to 20 mailboxes, 20,000 each at most, where four at once in a mailbox decide"
            case .today: "one post to each mailbox under today's limit of an app, 130,000 requests in 10 s"
            case .half: "somebody else uses half of the app's budget, under the same registration"
            case .halfUnmarked: "the same, and refusals do not say that they are meant for the whole app"
            case .storm: "after one minute Graph allows a tenth of its limit, for ten minutes"
            case .stormUnmarked: "the same, and refusals do not say that they are meant for the whole app"
            case .unpaced: "no pacing at all: what the simulated Graph does to that"
            }
        }

        /// Whether the aims are meant for it: at most 1.05 times the bound, at most 0.1 % answered 429.
        package var hasAims: Bool { self == .announce || self == .several }
    }

    /// A named situation, at its size.
    package init(_ preset: Preset, mailboxes: Int = 1_000_000) {
        self.init(preset.rawValue)
        self.mailboxes = mailboxes
        switch preset {
        case .announce: break
        case .several:
            posts = 4
            self.mailboxes = (mailboxes + 3) / 4
        case .deep:
            self.mailboxes = min(mailboxes, 20)
            posts = min(20_000, (mailboxes + 19) / 20)
            goesInRounds = true
        case .today: graph.application = GraphLimits.Budget(requests: 130_000, window: 10_000_000)
        case .half, .halfUnmarked: foreignShare = 0.5
        case .storm, .stormUnmarked: storm = Storm()
        case .unpaced:
            pacing = .unpaced
            width = 20_000
        }
        if preset == .halfUnmarked || preset == .stormUnmarked { namesScope = false }
    }
}

extension PacingLimits {
    /// Everything at once: what a program without pacing does that only obeys `Retry-After`.
    package static var unpaced: PacingLimits {
        var limits = PacingLimits.server(concurrency: 1_000_000)
        limits.tries = 6
        return limits
    }
}
