import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// Runs of the real executable that are killed, interrupted and doubled, after which each group has its post once.
@Suite struct KillTests {
    private static let groups = 300

    private let world: CapturedWorld
    private var herald: HeraldProcess { HeraldProcess(folder: world.folder) }

    init() async throws {
        world = try CapturedWorld()
        try world.copyExample("announce.lua")
        try await importGroups(Self.groups)
    }

    @Test func `killed at any moment and run again, it announces to each group once`() async throws {
        let full = try await measuredRun()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var kills = 0
        var round = 0
        while kills < 20 {
            round += 1
            try world.restoreStore()
            var delays: [String] = []
            for _ in 0..<3 {
                // Half of the kills are for its sending, which is a small part of a run.
                let isSending = Bool.random(using: &random)
                let delay = Int.random(in: 0...(isSending ? full / 4 : full), using: &random)
                delays.append(isSending ? "\(delay) µs of sending" : "\(delay) µs")
                let disturbance = HeraldProcess.Disturbance.kill(
                    once: isSending ? "\(Self.groups) announcements" : nil,
                    after: delay
                )
                let ending = try await herald.run("run", "announce.lua", disturbance: disturbance)
                // Nothing is left to be killed.
                guard ending.wasKilled else { break }
                kills += 1
            }
            let ending = try await herald.run("run", "--json", "announce.lua")
            try expectWhole(ending, groups: Self.groups, "seed \(seed), round \(round), killed after \(delays)")
        }
    }

    @Test func `killed and resumed, it announces to each group once`() async throws {
        let full = try await measuredRun()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 1...4 {
            try world.restoreStore()
            // Before the run stands in the ledger there is nothing to resume.
            let delay = Int.random(in: full / 2...full, using: &random)
            let comment: Comment = "seed \(seed), round \(round), killed after \(delay) µs"
            try await herald.run("run", "announce.lua", disturbance: .kill(after: delay))
            var ending = try await herald.run("resume", "last", "--json")
            if ending.error.contains("There is no run") {
                ending = try await herald.run("run", "--json", "announce.lua")
            }
            try expectWhole(ending, groups: Self.groups, comment)
            #expect(try await herald.run("runs").output.split(separator: "\n").count == 2, comment)
        }
    }

    @Test func `two runs of one announcement at once announce to each group once`() async throws {
        // So many that each run reads the plan in several pages, while the other plans and sends.
        try await importGroups(2000)
        for round in 1...3 {
            try world.restoreStore()
            async let first = herald.run("run", "--json", "announce.lua")
            async let second = herald.run("run", "--json", "announce.lua")
            let endings = try await [first, second]
            for ending in endings { try expectWhole(ending, groups: 2000, "round \(round): \(ending.error)") }
            let sent = try endings.map { try tally($0)["sent"]?.integer ?? -1 }
            #expect(sent.reduce(0, +) == Int64(2000), "round \(round)")
        }
    }

    @Test func `interrupted half-way, it says how to go on, and nothing is lost`() async throws {
        try await importGroups(2000)
        let ending = try await interruptedRun("--json")
        #expect(ending.error.contains("interrupted: waiting for what is in flight"))
        let tally = try tally(ending)
        let sent = try #require(tally["sent"]?.integer)
        let unsent = try #require(tally["unsent"]?.integer)
        #expect(unsent > 0)
        #expect(sent + unsent == 2000)
        #expect(try world.store.count("conversation") == Int(sent))

        let again = try await herald.run("run", "--json", "announce.lua")
        try expectWhole(again, groups: 2000, "\(again.error)")
        #expect(try self.tally(again)["already"] == .integer(sent))
    }

    @Test func `an interrupted run that is resumed accounts for every group once`() async throws {
        try await importGroups(2000)
        let ending = try await interruptedRun("--limit-cpu=2")
        #expect(ending.error.contains("Go on with: herald resume 2"))
        try expectWhole(try await herald.run("resume", "last", "--json"), groups: 2000, "\(ending.error)")
    }

    // MARK: Steps

    /// A run that is interrupted while it sends.
    ///
    /// Where the machine is busy the signal may come too late, which proves nothing.
    private func interruptedRun(_ option: String) async throws -> HeraldProcess.Ending {
        for _ in 1...20 {
            try world.restoreStore()
            let ending = try await herald.run(
                "run",
                option,
                "announce.lua",
                disturbance: .interrupt(once: "announcements, all new")
            )
            if ending.status != HeraldCommands.ExitStatus.done.rawValue {
                #expect(ending.status == HeraldCommands.ExitStatus.interrupted.rawValue)
                return ending
            }
        }
        throw Failure(.failed, "no interrupt came in time in 20 runs")
    }

    private func importGroups(_ count: Int) async throws {
        let name = "groups.csv"
        let bytes = Array(try Data(contentsOf: CapturedWorld.examples.appending(path: name)))
        let table = try CSVTable(bytes, name: name)
        // A value may span lines, so it is the line of the first row left out that tells where to cut.
        let lines = count < table.rows.count ? table.rows[count].line - 1 : Int.max
        let text = String(decoding: bytes, as: UTF8.self)
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(lines)
        try world.write(kept.joined(separator: "\n"), to: name)
        #expect(await world.run("groups", "import", name) == .done)
        try world.keepStore()
    }

    /// How long a run takes that nobody disturbs, in microseconds.
    private func measuredRun() async throws -> Int {
        let clock = ContinuousClock()
        let herald = herald
        var fastest = Duration.seconds(60)
        // Other tests run at the same time; kills after the end would prove nothing.
        for _ in 1...3 {
            try world.restoreStore()
            fastest = min(fastest, try await clock.measure { try await herald.run("run", "announce.lua") })
        }
        return Int(fastest / .microseconds(1))
    }

    private func tally(_ ending: HeraldProcess.Ending) throws -> JSONValue {
        let report = try JSONReader.read(Array(ending.output.utf8)) { try JSONValue(from: &$0) }
        return try #require(report["announcements"]?.elements?.first)
    }

    /// Checks that a run came to its end, and that its report and the store account for every group.
    private func expectWhole(_ ending: HeraldProcess.Ending, groups: Int, _ comment: Comment) throws {
        #expect(ending.status == 0, comment)
        let tally = try tally(ending)
        #expect(tally["targets"] == .integer(Int64(groups)), comment)
        let sent = try #require(tally["sent"]?.integer)
        let already = try #require(tally["already"]?.integer)
        #expect(sent + already == Int64(groups), comment)
        #expect(tally["unsent"] == .integer(0), comment)
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty, comment)
        #expect(try world.store.count("conversation") == groups, comment)
    }
}

extension JSONValue {
    /// The number, if it is a whole one.
    fileprivate var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }
}
