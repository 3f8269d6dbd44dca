import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// What comes after a run, on a Herald server.
@Suite struct RemoteAfterwardsTests {
    @Test func `a run on a server is retried, corrected, reported and taken back, with grants`() async throws {
        let stage = try await RemoteStage(groups: 5)
        let text = try String(contentsOfFile: stage.world.folder + "/groups.csv", encoding: .utf8)
        let unknown = "00000000-0000-0000-0000-000000000001"
        let header = try #require(text.split(separator: "\n").first)
        let commas = header.filter { $0 == "," }.count
        try stage.world.write(
            text + "\n\(unknown),Later" + String(repeating: ",", count: commas - 1) + "\n",
            to: "groups.csv"
        )
        let grants = ["--allow-all-groups", "--max-posts", "100", "--yes"]
        func act(_ command: String, _ arguments: String...) async throws -> HeraldProcess.Ending {
            try await stage.herald.run([command, "--backend", stage.server.address] + grants + arguments)
        }
        let announced = try await act("run", "--json", "announce.lua")
        let run = try #require(try JSONValue(Array(announced.output.utf8))["run"]?.string, "\(announced.error)")
        #expect(announced.status == 3, "\(announced.error)")

        let show = try await stage.run("show --failed", run)
        #expect(show.output.contains(unknown), "\(show.error)")
        let retry = try await act("retry", "--json", run, "--failed")
        #expect(retry.status == 3, "\(retry.error)")
        #expect(try RemoteStage.tally(retry)["failed"]?.double == 1)

        let ungranted = try await stage.run("correct", run, "--body", "Friday")
        #expect(ungranted.status == 2, "\(ungranted.error)")
        #expect(ungranted.error.contains("--allow-groups"))
        let corrected = try await act("correct", "--json", run, "--body", "Friday")
        #expect(corrected.status == 0, "\(corrected.error)")
        #expect(try RemoteStage.tally(corrected)["sent"]?.double == 5)
        #expect(try stage.world.store.count("post") == 10)

        let replies = try await stage.run("replies", run)
        #expect(replies.error.contains("Nobody answered in the 5 threads"), "\(replies.error)")
        let report = try await stage.run("report", run, "--html")
        #expect(report.output.hasPrefix("<!doctype html>"), "\(report.error)")

        let kept = try await stage.run("undo", "--yes", run)
        #expect(kept.status == 2, "\(kept.error)")
        #expect(kept.error.contains("--allow-groups"))
        let undone = try await act("undo", "--json", run)
        #expect(undone.status == 0, "\(undone.error)")
        #expect(try RemoteStage.tally(undone)["sent"]?.double == 5)
        #expect(try stage.world.store.count("conversation") == 0)
        await stage.server.stop()
    }

    @Test(arguments: [[], ["--no-keys"]])
    func `what was made just now and is not found yet is taken back, not taken for gone`(
        options: [String]
    ) async throws {
        let stage = try await RemoteStage(groups: 5, options: options + ["--faults", "read-lag=4s"])
        let place = [
            "--backend", stage.server.address, "--allow-all-groups", "--max-posts", "100", "--yes", "--read-lag", "4",
        ]
        let announced = try await stage.herald.run(["run"] + place + ["announce.lua"])
        #expect(announced.status == 0, "\(announced.error)")
        let undone = try await stage.herald.run(["undo"] + place + ["--json", "last"])
        #expect(undone.status == 0, "\(undone.error)")
        #expect(try RemoteStage.tally(undone)["sent"]?.double == 5)
        #expect(try stage.world.store.count("conversation") == 0)
        await stage.server.stop()
    }
}
