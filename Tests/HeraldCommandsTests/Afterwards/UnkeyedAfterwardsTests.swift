import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// What comes after a run, on a backend that keeps no keys and over a line that loses answers.
@Suite struct UnkeyedAfterwardsTests {
    private static let faults = "lost-reply=12%,reset=4%,read-lag=200ms"
    private static let known = 16
    private static let all = 24

    @Test(arguments: [UInt64.random(in: 0..<1_000_000)])
    func `a retry, a correction and an undo that are killed and run again do each thing once`(seed: UInt64) async throws
    {
        let options = ["--no-keys", "--faults", Self.faults, "--seed", "\(seed)"]
        let stage = try await RemoteStage(groups: Self.all, options: options)
        let world = stage.world
        // Some groups are not there yet.
        let ids = try world.store.texts("SELECT id FROM \"group\" ORDER BY id").suffix(Self.all - Self.known)
        func delete(_ isDeleted: Bool) throws {
            let list = ids.map { "'\($0)'" }.joined(separator: ",")
            try world.store.change("UPDATE \"group\" SET deletedAt = \(isDeleted ? "5" : "NULL") WHERE id IN (\(list))")
        }
        try delete(true)
        // Longer than the server's: what a process that was killed had asked for may be long in being written.
        let place = [
            "--backend", stage.server.address, "--allow-all-groups", "--max-posts", "1000", "--yes", "--read-lag",
            "1.5",
        ]
        var random = SeededRandom(seed: seed)

        /// Kills a command a few times, and then runs it until it has come to its end.
        func act(
            _ command: String,
            _ arguments: [String],
            until done: (HeraldProcess.Ending) -> Bool
        ) async throws
            -> HeraldProcess.Ending
        {
            for _ in 0..<2 {
                let delay = Int.random(in: 100_000...1_500_000, using: &random)
                let ending = try await stage.herald.run(
                    [command] + place + arguments,
                    disturbance: .kill(after: delay)
                )
                if !ending.wasKilled { break }
            }
            var ending = try await stage.herald.run([command] + place + ["--json"] + arguments)
            for _ in 0..<12 where !done(ending) {
                ending = try await stage.herald.run([command] + place + ["--json"] + arguments)
            }
            return ending
        }
        func number(_ ending: HeraldProcess.Ending, _ name: String) -> Int {
            let report = try? JSONValue(Array(ending.output.utf8))
            return Int(report?["announcements"]?.elements?.first?[name]?.double ?? -1)
        }
        let announced = try await act("run", ["announce.lua"]) {
            number($0, "failed") == Self.all - Self.known && number($0, "ambiguous") == 0 && number($0, "unsent") == 0
        }
        let comment: Comment = "seed \(seed)"
        #expect(
            number(announced, "sent") + number(announced, "already") == Self.known,
            "\(comment): \(announced.error)"
        )
        let run = try #require(try JSONValue(Array(announced.output.utf8))["run"]?.string)

        try delete(false)
        _ = try await act("retry", [run, "--failed"]) { $0.status == 0 }
        for _ in 0..<6 { _ = try await stage.herald.run(["retry"] + place + [run, "--ambiguous"]) }
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty, comment)
        for state in ["--failed", "--ambiguous", "--unsent"] {
            let left = try await stage.run("show", run, state)
            #expect(left.output.isEmpty, "\(comment), \(state): \(left.output)")
        }

        let corrected = try await act("correct", [run, "--body", "It is Friday."]) { $0.status == 0 }
        #expect(corrected.status == 0, "\(comment): \(corrected.error)")
        #expect(number(corrected, "sent") + number(corrected, "already") == Self.all, comment)
        #expect(number(corrected, "targets") == Self.all, comment)
        #expect(
            try world.store.texts("SELECT threadID || ': ' || count(*) FROM post GROUP BY threadID HAVING count(*) > 2")
                == [],
            comment
        )

        let undone = try await act("undo", [run]) { $0.status == 0 }
        #expect(undone.status == 0, "\(comment): \(undone.error)")
        await stage.server.stop()
    }
}
