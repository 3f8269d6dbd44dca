import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// Retries, corrections and undos that are killed at any moment, and begun or gone on with again.
@Suite struct KillAfterwardsTests {
    private static let groups = 120

    private let world: CapturedWorld
    private var herald: HeraldProcess { HeraldProcess(folder: world.folder) }

    init() async throws { world = try CapturedWorld() }

    /// The example's groups, so many of them.
    private func table(_ count: Int) throws -> String {
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        let table = try CSVTable(Array(text.utf8), name: "groups.csv")
        return text.split(separator: "\n", omittingEmptySubsequences: false).prefix(table.rows[count].line - 1)
            .joined(separator: "\n")
    }

    /// Announces to all, of whom so many are there.
    ///
    /// - Returns: The run.
    private func announce(toThose count: Int) async throws -> String {
        try world.copyExample("announce.lua")
        try world.write(try table(Self.groups), to: "groups.csv")
        try world.write(try table(count), to: "there.csv")
        #expect(await world.run("groups", "import", "there.csv") == .done)
        let ending = try await herald.run("run", "--json", "announce.lua")
        return try #require(try JSONValue(Array(ending.output.utf8))["run"]?.string, "\(ending.error)")
    }

    /// Lets a command be killed at random moments, and then come to its end: by itself, or by being resumed.
    ///
    /// - Returns: How often it was killed, and how often something was sent or taken back, by all of its runs.
    private func course(
        _ command: [String],
        resumes: Bool,
        within full: Int,
        _ random: inout SeededRandom,
        _ comment: Comment
    ) async throws -> (kills: Int, last: HeraldProcess.Ending) {
        var kills = 0
        var arguments = command
        for _ in 0..<3 {
            let delay = Int.random(in: full / 4...full, using: &random)
            let ending = try await herald.run(arguments, disturbance: .kill(after: delay))
            guard ending.wasKilled else { break }
            kills += 1
            let isThere = try await herald.run("show", "last").output.contains("\(command[0]) of ")
            if resumes, isThere { arguments = ["resume", "last", "--json", "--yes"] }
        }
        return (kills, try await herald.run(arguments))
    }

    private func measure(_ command: [String]) async throws -> Int {
        try world.keepStore()
        let clock = ContinuousClock()
        let start = clock.now
        let ending = try await herald.run(command)
        #expect(ending.status == 0, "\(ending.error)")
        return Int((clock.now - start) / .microseconds(1))
    }

    private func tally(_ ending: HeraldProcess.Ending, _ comment: Comment) throws -> JSONValue? {
        #expect(ending.status == 0, "\(comment): \(ending.error)")
        let tally = try JSONValue(Array(ending.output.utf8))["announcements"]?.elements?.first
        // Where nothing was left to do it counts nothing.
        return tally?["targets"] == .integer(0) ? nil : tally
    }

    @Test(arguments: [true, false])
    func `a retry sends each post once`(resumes: Bool) async throws {
        let run = try await announce(toThose: 20)
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        let command = ["retry", run, "--failed", "--json"]
        var full = try await measure(command)
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var kills = 0
        for round in 1...8 where kills < 3 {
            try world.restoreStore()
            let comment: Comment = "seed \(seed), round \(round), resumes \(resumes)"
            let course = try await course(command, resumes: resumes, within: full, &random, comment)
            kills += course.kills
            // The machine may have become quicker since it was measured.
            if course.kills == 0 { full /= 2 }
            if let tally = try tally(course.last, comment), resumes || course.kills == 0 {
                let sum = (tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0)
                #expect(sum == Double(Self.groups - 20), comment)
                #expect(tally["unsent"]?.double == 0 && tally["failed"]?.double == 0, comment)
            }
            #expect(try world.store.groupsNotAnnouncedOnce().isEmpty, comment)
            #expect(try await herald.run("show", run, "--failed").output.isEmpty, comment)
            #expect(try await herald.run("show", run, "--unsent").output.isEmpty, comment)
            #expect(try await herald.run("ledger", "check").status == 0, comment)
        }
        #expect(kills > 0)
    }

    @Test(arguments: [true, false])
    func `a correction replies in each thread once`(resumes: Bool) async throws {
        let run = try await announce(toThose: Self.groups)
        let command = ["correct", run, "--body", "Friday", "--json"]
        let full = try await measure(command)
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 1...3 {
            try world.restoreStore()
            let comment: Comment = "seed \(seed), round \(round), resumes \(resumes)"
            let course = try await course(command, resumes: resumes, within: full, &random, comment)
            let tally = try #require(try tally(course.last, comment), comment)
            let sum = (tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0)
            #expect(sum == Double(Self.groups) && tally["targets"]?.double == Double(Self.groups), comment)
            #expect(try world.store.count("post") == 2 * Self.groups, comment)
            #expect(
                try world.store.texts("SELECT threadID FROM post GROUP BY threadID HAVING count(*) <> 2").isEmpty,
                comment
            )
        }
    }

    @Test(arguments: [true, false])
    func `an undo takes each thread back once`(resumes: Bool) async throws {
        let run = try await announce(toThose: Self.groups)
        let command = ["undo", run, "--yes", "--json"]
        let full = try await measure(command)
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for round in 1...3 {
            try world.restoreStore()
            let comment: Comment = "seed \(seed), round \(round), resumes \(resumes)"
            let course = try await course(command, resumes: resumes, within: full, &random, comment)
            if let tally = try tally(course.last, comment), resumes || course.kills == 0 {
                #expect(tally["sent"]?.double == Double(Self.groups), comment)
                #expect(tally["unsent"]?.double == 0 && tally["failed"]?.double == 0, comment)
            }
            #expect(try world.store.count("conversation") == 0, comment)
            // All of it is known as taken back, by whichever run.
            let export = try await herald.run("ledger", "export")
            let effects = try export.output.split(separator: "\n").map { try JSONValue(Array($0.utf8)) }
                .filter { $0["kind"]?.string == "effect" }
            #expect(effects.count == Self.groups, comment)
            #expect(effects.allSatisfy { $0["state"]?.string == "undone" }, comment)
        }
    }
}
