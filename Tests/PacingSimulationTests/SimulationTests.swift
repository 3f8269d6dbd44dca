import Foundation
import GraphClient
import Testing

@testable import PacingSimulation

/// How the pacer of the runs does under limits that something else enforces.
@Suite struct SimulationTests {
    /// Runs a simulation on a thread of its own: the tasks of other tests need theirs.
    private func run(_ scenario: Scenario) async -> Report {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Simulation.run(scenario)) }
        }
    }

    /// Limits that are to few mailboxes what Graph's are to a million: the work of hundreds of windows.
    private func scenario(_ preset: Scenario.Preset = .announce, mailboxes: Int, seed: UInt64 = 1) -> Scenario {
        var scenario = Scenario(preset, mailboxes: mailboxes)
        scenario.seed = seed
        scenario.graph.application.requests = max(20, mailboxes / 200)
        return scenario
    }

    /// The same with a way that is shorter by as much as the limit is lower: so the requests that a window gets late from
    /// its neighbours are to its limit what they are on Graph.
    private func nearScenario(_ preset: Scenario.Preset = .announce, mailboxes: Int, seed: UInt64 = 1) -> Scenario {
        var scenario = scenario(preset, mailboxes: mailboxes, seed: seed)
        let share = Int64(GraphLimits().application.requests / scenario.graph.application.requests)
        let way = scenario.latency.way
        scenario.latency.way = way.lowerBound / share...way.upperBound / share
        return scenario
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `an announcement takes hardly longer than it must, and is hardly ever refused`(seed: UInt64) async {
        let report = await run(nearScenario(mailboxes: 20_000, seed: seed))
        #expect(report.ratio <= 1.05)
        #expect(report.refusedShare <= 0.001)
        #expect(report.meetsAims)
    }

    @Test func `several posts to a mailbox take hardly longer than they must`() async {
        let report = await run(nearScenario(.several, mailboxes: 20_000))
        #expect(report.posts == 20_000)
        #expect(report.meetsAims)
        #expect(report.mostAtOnceInMailbox <= PacingLimits().concurrencyOfMailbox)
    }

    @Test(arguments: Scenario.Preset.allCases)
    func `every post is made once or given back refused, and no schedule beats the bound`(preset: Scenario.Preset) async
    {
        for seed in UInt64(0)..<3 {
            var scenario = scenario(preset, mailboxes: 2_000, seed: seed)
            scenario.storm?.end = 120_000_000
            let report = await run(scenario)
            #expect(report.notMadeOnce == 0)
            if report.givenUp == 0 { #expect(report.makespan >= report.bound) }
            #expect(report.madeInStretch.reduce(0, +) == report.posts - report.givenUp)
            #expect(report.requests == report.posts - report.givenUp + report.refused)
            #expect(report.mostAtOnceInMailbox <= GraphLimits().mailboxConcurrency)
        }
    }

    @Test(arguments: [Scenario.Preset.half, .halfUnmarked, .storm])
    func `no post is given up when Graph allows less`(preset: Scenario.Preset) async {
        #expect(await run(scenario(preset, mailboxes: 10_000)).givenUp == 0)
    }

    @Test func `hardly a post is given up when Graph allows next to nothing and does not say whom it means`() async {
        let report = await run(scenario(.stormUnmarked, mailboxes: 10_000))
        #expect(Double(report.givenUp) <= 0.001 * Double(report.posts))
    }

    @Test(arguments: [Scenario.Preset.storm, .stormUnmarked])
    func `after a time in which Graph allows less the pace is what it was before`(preset: Scenario.Preset) async throws
    {
        var scenario = scenario(preset, mailboxes: 20_000)
        scenario.storm?.end = 180_000_000
        let report = await run(scenario)
        let before = try #require(report.rate(from: 10_000_000, to: 60_000_000))
        let after = try #require(report.rate(from: 210_000_000, to: report.makespan))
        #expect(after > 0.9 * before)
    }

    @Test func `beside somebody who uses half, more than half of what they leave is used`() async {
        let report = await run(scenario(.half, mailboxes: 20_000))
        #expect(report.ratio < 4)
        #expect(report.givenUp == 0)
    }

    @Test func `the same seed gives the same, another seed something else`() async {
        let first = await run(scenario(.half, mailboxes: 3_000, seed: 5))
        #expect(await first == run(scenario(.half, mailboxes: 3_000, seed: 5)))
        #expect(await first.makespan != run(scenario(.half, mailboxes: 3_000, seed: 6)).makespan)
    }

    @Test func `without pacing most requests are refused, so the limits are real`() async {
        let unpaced = scenario(.unpaced, mailboxes: 20_000)
        let report = await run(unpaced)
        #expect(report.refusedShare > 0.5)
        #expect(report.givenUp > 0)
    }

    @Test func `a pacer that asks a tenth too much is refused`() async {
        var scenario = scenario(mailboxes: 20_000)
        var limits = scenario.limits
        limits.application = .init(within: scenario.graph.application.requests * 11 / 10, window: 1_000_000)
        scenario.pacing = limits
        #expect(await run(scenario).refusedShare > 0.001)
    }

    @Test func `a pacer that asks a mailbox for five at once is refused`() async {
        var scenario = scenario(.several, mailboxes: 8_000)
        scenario.posts = 40
        scenario.mailboxes = 50
        var limits = scenario.limits
        limits.concurrencyOfMailbox = 8
        scenario.pacing = limits
        scenario.graph.application.requests = 2_000
        let report = await run(scenario)
        #expect(report.refusedShare > 0.1)
        #expect(report.mostAtOnceInMailbox == 4)
    }

    @Test func `two apps need half the time of one, unless the tenant's limit is one for both`() async {
        let one = await run(scenario(mailboxes: 20_000))
        var shared = scenario(mailboxes: 20_000)
        shared.apps = 2
        let two = await run(shared)
        #expect(two.refusedShare <= 0.001)
        #expect(Double(two.makespan) < 0.55 * Double(one.makespan))
        shared.graph.tenant = shared.graph.application
        let bound = await run(shared)
        #expect(bound.makespan >= one.bound)
        #expect(bound.notMadeOnce == 0)
    }
}
