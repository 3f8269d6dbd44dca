import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct ShowTests {
    @Test func `the targets that failed are listed as a table, which fits the terminal`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        let listed = await stage.run("show", run, "--failed")
        let lines = listed.output.split(separator: "\n")
        #expect(lines.count == 3, "\(listed.output)")
        #expect(
            lines[0].split(separator: " ", omittingEmptySubsequences: true) == [
                "GROUP", "NAME", "ANNOUNCEMENT", "CODE", "REASON",
            ]
        )
        #expect(lines[1].hasPrefix(AfterwardsStage.groups[2].text))
        #expect(lines[1].contains("Request_ResourceNotFound"))
        #expect(listed.error.contains("herald retry \(run) --failed"))
        for columns in [80, 200] {
            let shown = await stage.run(["show", run, "--failed"], columns: columns)
            #expect(shown.output.split(separator: "\n").allSatisfy { $0.terminalColumns <= columns }, "\(shown.output)")
            let runs = await stage.run(["runs"], columns: columns)
            #expect(runs.output.split(separator: "\n").allSatisfy { $0.terminalColumns <= columns }, "\(runs.output)")
        }
    }

    @Test func `a run of a chosen store points to commands that find it`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let folder = stage.world.folder + "/other"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = ["--store", "other/graph.sqlite"]
        #expect(await stage.run(["groups", "import"] + store + ["import.csv"]).status == .done)
        let ending = await stage.run(["run"] + store + ["a.lua"])
        #expect(ending.status == .targetsFailed, "\(ending.error)")
        let hint = try #require(ending.error.firstMatch(of: #/with: herald (show \S+ --store \S+)/#)).output.1
        let shown = await stage.run(hint.split(separator: " ").map(String.init))
        #expect(shown.status == .done)
        #expect(shown.error.contains("--failed --store other/graph.sqlite"))
        // What was said while it ran is not said once more at its end, and groups have names.
        #expect(ending.error.ranges(of: "failed Team 2 (").count == 1, "\(ending.error)")
        #expect(shown.output.contains("failed Team 2 ("))
        let planned = await stage.run(["plan"] + store + ["a.lua"])
        #expect(planned.error.contains("--store other/graph.sqlite"))
    }

    @Test func `what is in no such state is said to be in none`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        for option in ["--failed", "--ambiguous", "--unsent"] {
            let listed = await stage.run("show", run, option)
            #expect(listed.status == .done)
            #expect(listed.output.isEmpty)
            #expect(listed.error.contains("in the run \(run)"))
        }
        #expect(await stage.run("show", run, "--failed", "--unsent").status == .usage)
    }

    @Test func `targets are given to programs with their state, code and ids`() async throws {
        let stage = try await AfterwardsStage(groups: 1, of: 2)
        let run = try await stage.announce()
        let json = try await stage.run("show", run, "--failed", "--json").json
        let target = try #require(json["value"]?.elements?.first)
        #expect(json["value"]?.elements?.count == 1)
        #expect(target["group"]?.string == AfterwardsStage.groups[1].text)
        #expect(target["state"]?.string == "failed")
        #expect(target["status"]?.double == 404)
        #expect(target["code"]?.string == "Request_ResourceNotFound")
        #expect(target["announcement"]?.string == "t")
    }

    @Test func `a run in waves shows them, and many failures are grouped by their reasons`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        try stage.world.write(
            """
            local ids = {}
            for i = 1, 12 do ids[i] = string.format("00000000-0000-0000-0000-%012d", i) end
            announce { name = "w", to = csv.read "groups.csv", topic = "t", body = text "b", waves = {1, "rest"} }
            announce { name = "x", to = ids, topic = "t", body = text "b" }
            """,
            to: "waves.lua"
        )
        let run = try await stage.announce("waves.lua")
        let shown = await stage.run("show", run).output
        #expect(shown.contains("WAVE  TARGETS  SENT"), "\(shown)")
        #expect(shown.contains("failed       13  Request_ResourceNotFound"), "\(shown)")
        #expect(shown.contains("kind         run\n"))
    }

    @Test func `a run that has come to its end is not resumed, and says so`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        let again = await stage.run("resume", run)
        #expect(again.status == .targetsFailed)
        #expect(again.error.contains("there is nothing to go on with"))
        #expect(again.error.contains("herald retry \(run) --failed"))
        #expect(try stage.world.store.count("conversation") == 3)
        try await stage.add(groups: 4)
        #expect(await stage.run("retry", run, "--failed").status == .done)
        let retry = await stage.run("resume", "last")
        #expect(retry.status == .done, "\(retry.error)")
        #expect(retry.error.contains("there is nothing to go on with"))
    }
}
