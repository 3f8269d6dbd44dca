import GraphClient
import GraphModel

/// Runs a scenario to its end on a virtual clock.
package struct Simulation {
    private enum Event {
        case arrives(post: Int)
        case worked(post: Int)
        case answered(post: Int, refusal: SimulatedGraph.Refusal?)
        case alarm(sender: Int, time: Int64)
        case foreign(sender: Int)
        case allows(share: Double)
    }

    private let scenario: Scenario
    private var events = EventQueue<Event>()
    private var graph: SimulatedGraph
    private var senders: [Sender]
    private var random: SeededRandom
    private var left: Int
    private var inFlight = 0
    private var made: [UInt8]
    private var report: Report

    /// Runs a scenario.
    ///
    /// - Returns: What came of it; the same for the same scenario.
    package static func run(_ scenario: Scenario) -> Report {
        var simulation = Simulation(scenario)
        simulation.run()
        return simulation.report
    }

    private init(_ scenario: Scenario) {
        self.scenario = scenario
        graph = SimulatedGraph(scenario.graph, mailboxes: scenario.mailboxes, applications: scenario.apps)
        senders = (0..<scenario.apps).map { Sender(scenario, number: $0) }
        random = SeededRandom(seed: scenario.seed)
        left = scenario.mailboxes * scenario.posts
        made = Array(repeating: 0, count: left)
        report = Report(scenario)
    }

    private mutating func run() {
        if let storm = scenario.storm {
            events.schedule(.allows(share: storm.share), at: storm.begin)
            events.schedule(.allows(share: 1), at: storm.end)
        }
        for number in senders.indices {
            if scenario.foreignShare > 0 { events.schedule(.foreign(sender: number), at: 0) }
            senders[number].fill(at: 0)
            proceed(number)
        }
        while left > 0, let event = events.next() { handle(event) }
        report.makespan = events.now
        report.mostAtOnceInMailbox = graph.mostRunning
        report.notMadeOnce = made.count { $0 != 1 } - report.givenUp
    }

    private mutating func handle(_ event: Event) {
        let now = events.now
        switch event {
        case .arrives(let post): arrives(post, at: now)
        case .worked(let post):
            graph.finish(mailbox: post / scenario.posts)
            made[post] &+= 1
            report.countMade(at: now)
            events.schedule(.answered(post: post, refusal: nil), at: now + scenario.latency.way(&random))
        case .answered(let post, let refusal): answered(post, refusal, at: now)
        case .alarm(let sender, let time):
            senders[sender].alarmWentOff(of: time)
            proceed(sender)
        case .foreign(let sender):
            _ = graph.admit(application: sender, at: now)
            let budget = scenario.graph.application
            let mean = Double(budget.window) / Double(budget.requests) / scenario.foreignShare
            let pause = max(1, Int64(random.exponential(mean: mean)))
            events.schedule(.foreign(sender: sender), at: now + pause)
        case .allows(let share):
            let documented = scenario.graph.application.requests
            graph.limits.application.requests = max(1, Int(Double(documented) * share))
        }
    }

    private mutating func arrives(_ post: Int, at now: Int64) {
        report.requests += 1
        let mailbox = post / scenario.posts
        guard let refusal = graph.admit(mailbox: mailbox, application: mailbox % scenario.apps, at: now) else {
            events.schedule(.worked(post: post), at: now + scenario.latency.work(&random))
            return
        }
        report.refused += 1
        let back = scenario.latency.refusal + scenario.latency.way(&random)
        events.schedule(.answered(post: post, refusal: refusal), at: now + back)
    }

    private mutating func answered(_ post: Int, _ refusal: SimulatedGraph.Refusal?, at now: Int64) {
        inFlight -= 1
        let mailbox = post / scenario.posts
        let number = mailbox % scenario.apps
        let response = refusal?.response(namesScope: scenario.namesScope) ?? GraphResponse(status: 201)
        let path = Sender.path(ofMailbox: mailbox)
        // A post to Graph has no key that it keeps.
        let end = Pacer.End(.success(response), isRepeatable: false, path: path)
        if senders[number].finish(post, end, at: now) {
            left -= 1
            if refusal != nil { report.givenUp += 1 }
        }
        proceed(number)
    }

    /// Sends what may be sent, and sets the alarm.
    private mutating func proceed(_ number: Int) {
        let now = events.now
        let (posts, alarm) = senders[number].proceed(at: now)
        for post in posts {
            inFlight += 1
            events.schedule(.arrives(post: post), at: now + scenario.latency.way(&random))
        }
        report.peakInFlight = max(report.peakInFlight, inFlight)
        if let alarm { events.schedule(.alarm(sender: number, time: alarm), at: alarm) }
    }
}
