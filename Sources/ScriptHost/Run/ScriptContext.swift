package import Announcements
package import GraphModel
package import Logging
import LuaRuntime

/// Everything that the modules of one run may touch.
package struct ScriptContext: Sendable {
    /// Answers the script's requests and remembers its writes.
    package var service: any GraphService
    /// Sends the posts of announcements, which the ledger remembers by itself.
    package var sender: Sender
    package var ledger: Ledger
    /// What records everything that the script would send; nil if it is sent.
    package var plan: PlanRecorder?
    /// What looks at the groups of announcements before anything is sent to them; nil if that is left to the sending.
    package var targets: (any GroupDirectory)?
    /// The run, as the ledger names it.
    package var run: RunRecord
    /// The right to write for the run.
    package var lease: Lease
    /// Who the requests are made by.
    package var caller: Caller
    /// The files that the script may read.
    package var files: ScriptFiles
    package var monitor: RunMonitor
    package var logger: Logger
    /// How many requests an announcement keeps under way at once.
    package var width: Int
    /// Microseconds since 1970.
    package var now: @Sendable () -> Int64
    /// What the run is told of time and chance.
    package var journal: RunJournal
    /// What the script holds by number, and has used of what is limited.
    var objects = RunObjects(limits: ScriptLimits())
    /// Lets one announcement be delivered at a time under each name.
    let turns = DeliveryTurns()
    /// What a file of tests works on; nil for a script that is no such file.
    package var testBench: TestBench?
    /// The groups that want no announcement at all.
    package var suppressed: Set<GroupID> = []
    /// Lets so many seconds pass on the run's own clock; nil where time passes by itself.
    package var passTime: (@Sendable (Double) async -> Void)?

    package init(
        service: any GraphService,
        sender: Sender,
        ledger: Ledger,
        run: RunRecord,
        lease: Lease,
        caller: Caller,
        files: ScriptFiles,
        monitor: RunMonitor,
        logger: Logger,
        width: Int,
        now: @escaping @Sendable () -> Int64,
        journal: RunJournal
    ) {
        self.service = service
        self.sender = sender
        self.ledger = ledger
        self.run = run
        self.lease = lease
        self.caller = caller
        self.files = files
        self.monitor = monitor
        self.logger = logger
        self.width = width
        self.now = now
        self.journal = journal
    }

    /// Writes what the script prints.
    ///
    /// - Throws: The limit on output, when it is passed; what has been written before stays whole.
    func print(_ bytes: [UInt8]) throws(HostError) {
        try objects.countOutput(bytes.count)
        monitor.output(bytes)
    }

    /// Logs a message, which counts as output: a log can be flooded, too.
    func log(_ message: String, _ level: Logger.Level) throws(HostError) {
        try objects.countOutput(message.utf8.count + 1)
        logger.log(level: level, "\(message)")
    }

    /// The present moment as the run is told it, in seconds since 1970.
    var seconds: Int { Int(journal.next("time") { now() / 1_000_000 }) }

    /// Sends a request, after what it may depend on has been recorded.
    func send(_ request: GraphRequest) async throws -> GraphResponse {
        if request.method != .get { try await journal.flush() }
        return try await service.respond(to: request)
    }
}

/// Where a run shows itself, and asks.
package struct RunMonitor: Sendable {
    /// What is about to be sent.
    package struct Preview: Sendable {
        package var tally: AnnouncementTally
        /// The groups to which a post will be sent.
        package var groups: Set<GroupID>
        /// How many posts will be sent; a correction sends several to a group that has several threads.
        package var toSend: Int
        /// How many of these posts reply in the thread of an earlier one.
        package var replies = 0
        /// The groups that do not take it, the first of them.
        package var refused: [AnnouncementDraft.Refusal] = []
        /// What is odd about the posts.
        package var oddities = PostOddities()
        /// In which parts it goes out.
        package var waves = Waves()

        /// What is about to be sent.
        ///
        /// - Parameters:
        ///   - tally: What is known beforehand.
        ///   - groups: The groups to which a post will be sent.
        ///   - posts: How many posts these are; nil for one each.
        package init(tally: AnnouncementTally, groups: Set<GroupID>, posts: Int? = nil) {
            self.tally = tally
            self.groups = groups
            toSend = posts ?? groups.count
        }
    }

    /// Whether an announcement is delivered.
    package enum Answer: Sendable, Equatable {
        case goAhead
        /// Nothing is sent. The script gets an error with the code; the reason has no final stop.
        case refuse(code: String, reason: String)
    }

    /// Takes what the script prints, as it is.
    package var output: @Sendable ([UInt8]) -> Void
    /// Asked before an announcement is delivered.
    package var confirm: @Sendable (Preview) async -> Answer
    /// Who is told, and asked, while an announcement goes out.
    package var watch: @Sendable (_ announcement: String) -> WaveWatcher
    /// Told when an announcement has been delivered, or as much of it as could be.
    package var finished: @Sendable (AnnouncementTally, [Finding]) -> Void

    package init(
        output: @escaping @Sendable ([UInt8]) -> Void,
        confirm: @escaping @Sendable (Preview) async -> Answer,
        watch: @escaping @Sendable (String) -> WaveWatcher,
        finished: @escaping @Sendable (AnnouncementTally, [Finding]) -> Void
    ) {
        self.output = output
        self.confirm = confirm
        self.watch = watch
        self.finished = finished
    }
}
