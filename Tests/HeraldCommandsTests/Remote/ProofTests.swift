import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// The real executable, killed and doubled, on the embedded store, and against the real server over a line on which
/// everything goes wrong that may: each group has its post once, and the counts are true.
///
/// `scripts/prove` runs it with many seeds and groups.
@Suite struct ProofTests {
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
    private static let seeds = number("HERALD_PROVE_SEEDS") ?? 2
    private static let groups = number("HERALD_PROVE_GROUPS") ?? 40
    private static let first = number("HERALD_PROVE_FIRST") ?? Int.random(in: 0..<1_000_000)
    private static let faults = "lost-reply=5%,throttle=5%,unavailable=2%,reset=2%,latency=3ms±3ms,read-lag=500ms"

    /// The embedded store, a server that keeps keys, and one that keeps none, as Graph.
    enum Backend: String, CaseIterable, Sendable {
        case embedded, keyed, unkeyed
    }

    /// What is executed: the script, or a plan that was made of it.
    private enum Work {
        case run, apply
    }

    @Test(arguments: Backend.allCases, first..<(first + seeds))
    func `killed, throttled, cut off and doubled, an announcement reaches each group once`(
        backend: Backend,
        seed: Int
    ) async throws {
        let world = try CapturedWorld()
        try await prepare(world)
        let log = "server.log"
        let options = ["--faults", Self.faults, "--seed", "\(seed)", "--throttle", "graph"]
        let server: ServerUnderTest? =
            backend == .embedded
            ? nil
            : try await ServerUnderTest(
                options + (backend == .keyed ? [] : ["--no-keys"]),
                folder: world.folder,
                log: log
            )
        // Every other seed has a second copy of the job at work, on the same ledger; every fourth applies a plan.
        let copies = seed.isMultiple(of: 2) ? 1 : 2
        let work = seed.isMultiple(of: 4) ? Work.apply : .run
        async let first = announce(work, to: server?.address, in: world, seed: UInt64(seed))
        async let second =
            copies == 1 ? nil : announce(work, to: server?.address, in: world, seed: UInt64(seed) + 1 << 32)
        let courses = try await [first, second].compactMap { $0 }
        await server?.stop()

        for course in courses {
            let comment: Comment =
                "seed \(seed), \(backend.rawValue), \(copies) copies: \(course.ending.error) \(course.ending.output.suffix(600))"
            #expect(course.ending.status == 0, comment)
            let report = try JSONValue(Array(course.ending.output.utf8))
            let tally = try #require(report["announcements"]?.elements?.first, comment)
            let groups = Double(Self.groups)
            #expect(tally["targets"]?.double == groups, comment)
            #expect((tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0) == groups, comment)
            for name in ["failed", "ambiguous", "unsent", "changed"] { #expect(tally[name]?.double == 0, comment) }
        }
        let comment: Comment = "seed \(seed), \(backend.rawValue), \(copies) copies"
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty, comment)
        #expect(try world.store.count("conversation") == Self.groups, comment)
        if backend == .embedded { return }
        let requests = try LoggedRequest.read(world.folder + "/" + log)
        #expect(requests.count { $0.status == "201" } > 0, comment)
        // What one process is told, another cannot know.
        if copies == 1 {
            #expect(LoggedRequest.earlyReturns(in: requests, deaths: courses.flatMap(\.deaths)).isEmpty, comment)
        }
    }

    /// Runs the example until it comes to its end, on the embedded store if there is no address.
    ///
    /// The first runs are killed; the moments are given back, too.
    private func announce(
        _ work: Work,
        to address: String?,
        in world: CapturedWorld,
        seed: UInt64
    ) async throws -> (ending: HeraldProcess.Ending, deaths: [Double])? {
        var random = SeededRandom(seed: seed)
        let herald = HeraldProcess(
            folder: world.folder,
            home: address == nil ? "state" : "client",
            variables: ["HERALD_TOKEN": ServerUnderTest.token]
        )
        let place = address.map { ["--backend", $0] } ?? []
        var options = ["--json", "--yes"] + place
        // Two seconds longer than the server's: what a process that was killed had asked for may be long in being written.
        if address != nil { options += ["--allow-all-groups", "--max-posts", "\(Self.groups)", "--read-lag", "2.5"] }
        var arguments = ["run"] + options + ["announce.lua"]
        if work == .apply {
            try await plan(options, with: herald)
            arguments = ["apply"] + options + ["last"]
        }
        var deaths: [Double] = []
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let delay = Int.random(in: address == nil ? 20_000...400_000 : 50_000...1_500_000, using: &random)
            let ending = try await herald.run(arguments, disturbance: .kill(after: delay))
            if !ending.wasKilled { return (ending, deaths) }
            // A plan is applied once; the run that does so is gone on with, if it came so far as to be one.
            if work == .apply, try await herald.run(["show"] + place + ["last"]).status == 0 {
                arguments = ["resume"] + options + ["last"]
            }
            deaths.append(Date().timeIntervalSince1970)
        }
        // What the line keeps losing is given up for this run; the next goes on where it ended.
        for _ in 0..<9 {
            let ending = try await herald.run(arguments)
            if ending.status == 0 { return (ending, deaths) }
            if work == .apply { arguments = ["resume"] + options + ["last"] }
        }
        return (try await herald.run(arguments), deaths)
    }

    /// Makes a plan, however often the line cuts that off.
    private func plan(_ options: [String], with herald: HeraldProcess) async throws {
        var ending = try await herald.run(["plan"] + options.filter { $0 != "--yes" } + ["announce.lua"])
        for _ in 0..<5 where ending.status != 0 {
            ending = try await herald.run(["plan"] + options.filter { $0 != "--yes" } + ["announce.lua"])
        }
        try #require(ending.status == 0, "\(ending.error)")
    }

    private func prepare(_ world: CapturedWorld) async throws {
        try world.copyExample("announce.lua")
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        let table = try CSVTable(Array(text.utf8), name: "groups.csv")
        let end = Self.groups < table.rows.count ? table.rows[Self.groups].line - 1 : Int.max
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(end)
        try world.write(lines.joined(separator: "\n"), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
    }
}
