package import ArgumentParser
import Foundation
import GraphClient

/// Shows how Herald's pacing does under Microsoft Graph's limits, without Microsoft Graph.
package struct SimulateCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulates announcing to many groups under Microsoft Graph's limits.",
        discussion: """
            Herald's own pacer, which decides in every run what is sent when, sends posts to a simulated Graph that counts \
            what arrives and refuses what its documented limits forbid. Nothing is sent anywhere, and time is virtual: \
            a million posts take seconds. The same seed gives the same figures.

            The simulated Graph allows, for an app and a mailbox, 4 requests at once and 10,000 in 10 minutes, and for \
            an app --app-requests in --app-window. What it refuses it answers 429 with Retry-After, and counts. \
            An answer takes a third of a second on average, now and then some seconds; that is assumed, not documented.

            THE TABLE  makespan: from the first request to the last answer. Lower bound: the least time that the limits \
            allow to any schedule; with B requests in a window W, N requests need (⌈N/B⌉ - 1) W and one answer. Ratio: \
            the one to the other. Given up: posts handed back refused after \(PacingLimits().tries) tries.

            AIMS  for 'announce' and 'several': a ratio of at most 1.05, and at most 0.1 % of the requests answered 429. \
            The exit status is 1 if a scenario misses its aims. They are not meant for what is over in less than 150 s, \
            nor for what --app-requests, --app-window, --tenant-requests, --median-latency or --width changed.

            SCENARIOS
            \(Scenario.Preset.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            EXAMPLES
              scripts/simulate
              scripts/simulate --scenario storm --scenario half --mailboxes 500000
              scripts/simulate --scenario all --seed 7 --json
            """
    )

    @Option(help: ArgumentHelp("How many group mailboxes there are.", valueName: "n"))
    var mailboxes = 1_000_000

    @Option(help: ArgumentHelp("How many posts each mailbox gets, instead of the scenario's number.", valueName: "n"))
    var posts: Int?

    @Option(help: ArgumentHelp("What happens; may be given several times; 'all' for all.", valueName: "name"))
    var scenario: [String] = ["announce"]

    @Option(help: ArgumentHelp("Where random numbers begin.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp("What Graph allows an app in a window; Herald paces to what it documents.", valueName: "n")
    )
    var appRequests: Int?

    @Option(help: ArgumentHelp("How long that window is (default: 1).", valueName: "seconds"))
    var appWindow: Double?

    @Option(
        help: ArgumentHelp(
            "How many apps share the mailboxes, each with a budget and a run of its own.",
            valueName: "n"
        )
    )
    var apps = 1

    @Option(
        help: ArgumentHelp(
            "What Graph allows all apps of the tenant in --app-window (default: no limit; none is documented).",
            valueName: "n"
        )
    )
    var tenantRequests: Int?

    @Option(help: ArgumentHelp("How long Graph works on half of the posts at most (default: 250).", valueName: "ms"))
    var medianLatency: Int?

    @Option(
        help: ArgumentHelp(
            "How many posts are handed to the pacer at once (default: as many as Herald does).",
            valueName: "n"
        )
    )
    var width: Int?

    @Flag(help: "Print one JSON object for each scenario, a line each, times in microseconds, instead of the table.")
    var json = false

    package init() {}

    package func validate() throws {
        for (name, value) in [
            ("mailboxes", mailboxes), ("posts", posts ?? 1), ("apps", apps), ("app-requests", appRequests ?? 1),
            ("tenant-requests", tenantRequests ?? 1), ("median-latency", medianLatency ?? 1), ("width", width ?? 1),
        ] where value < 1 {
            throw ValidationError("--\(name) must be 1 at least.")
        }
        guard apps <= mailboxes else { throw ValidationError("--apps: there are fewer mailboxes than apps.") }
        guard (posts ?? 1).multipliedReportingOverflow(by: mailboxes).partialValue <= 100_000_000,
            mailboxes <= 100_000_000, (posts ?? 1) <= 100_000_000
        else { throw ValidationError("More than 100,000,000 posts would need more memory than they tell.") }
        if let appWindow, !(0.001...3_600).contains(appWindow) {
            throw ValidationError("--app-window must lie between 0.001 and 3600 seconds.")
        }
        _ = try presets()
    }

    package func run() throws {
        var misses = false
        var reports: [Report] = []
        var remarks: [String] = []
        let begin = ContinuousClock.now
        for preset in try presets() {
            let scenario = scenario(preset)
            let report = Simulation.run(scenario)
            reports.append(report)
            if preset.hasAims, !isChanged, report.isLong, !report.meetsAims {
                misses = true
                remarks.append("\(report.scenario) misses its aims: ratio at most 1.05, at most 0.1 % answered 429.")
            }
            if let storm = scenario.storm, let remark = ReportTable.recovery(report, from: storm) {
                remarks.append(remark)
            }
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for report in reports { print(String(decoding: try encoder.encode(report), as: UTF8.self)) }
        } else {
            print(ReportTable(reports).text)
            let took = begin.duration(to: .now) / .seconds(1)
            remarks.append(String(format: "seed %@, simulated in %.1f s", String(seed), took))
            print("\n" + remarks.joined(separator: "\n"))
        }
        if misses { throw ExitCode(1) }
    }

    /// Whether an option asks for something other than the situation that the aims are for.
    private var isChanged: Bool {
        appRequests != nil || appWindow != nil || tenantRequests != nil || medianLatency != nil || width != nil
    }

    private func presets() throws -> [Scenario.Preset] {
        if scenario.contains("all") { return Scenario.Preset.allCases }
        return try scenario.map { name in
            guard let preset = Scenario.Preset(rawValue: name) else {
                let names = Scenario.Preset.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no scenario '\(name)'; there are \(names), and all.")
            }
            return preset
        }
    }

    private func scenario(_ preset: Scenario.Preset) -> Scenario {
        var scenario = Scenario(preset, mailboxes: mailboxes)
        scenario.seed = seed
        scenario.apps = min(apps, scenario.mailboxes)
        if let posts { scenario.posts = posts }
        if let appRequests { scenario.graph.application.requests = appRequests }
        if let appWindow { scenario.graph.application.window = Int64(appWindow * 1_000_000) }
        if let tenantRequests {
            scenario.graph.tenant = .init(requests: tenantRequests, window: scenario.graph.application.window)
        }
        if let medianLatency { scenario.setMedianWork(Int64(medianLatency) * 1_000) }
        if let width { scenario.width = width }
        return scenario
    }
}
