import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct RetryTests {
    @Test func `the failed posts are sent again as they were rendered, and no other`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        // The script says something else by now, which a retry does not care for.
        try stage.write("changed", "changed")
        try await stage.add(groups: 3)
        let retry = await stage.run("retry", run, "--failed", "--json")
        #expect(retry.status == .targetsFailed, "\(retry.error)")
        let json = try retry.json
        #expect(json["kind"]?.string == "retry")
        #expect(json["origin"]?.string == run)
        let tally = try #require(json["announcements"]?.elements?.first)
        #expect(tally["targets"]?.double == 2)
        #expect(tally["sent"]?.double == 1)
        #expect(tally["failed"]?.double == 1)
        #expect(try await stage.posts(of: AfterwardsStage.groups[2]) == ["Hello Team 2"])
        #expect(try stage.world.store.count("conversation") == 3)

        // What failed once more is the first run's still.
        try await stage.add(groups: 4)
        #expect(await stage.run("retry", run, "--failed").status == .done)
        #expect(try stage.world.store.groupsNotAnnouncedOnce().isEmpty)
        #expect(await stage.run("show", run, "--failed").output.isEmpty)
    }

    @Test func `where there is nothing to send again no run is remembered`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        for option in ["--failed", "--ambiguous"] {
            let retry = await stage.run("retry", run, option)
            #expect(retry.status == .done)
            #expect(retry.error.contains("there is nothing to"), "\(retry.error)")
        }
        #expect(await stage.run("retry", run).status == .usage)
        #expect(await stage.run("retry", run, "--failed", "--ambiguous").status == .usage)
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }

    @Test(arguments: [
        ["retry", "--failed"], ["retry", "--ambiguous"], ["correct", "--body", "Friday"], ["undo", "--yes"],
    ])
    func `whatever has nothing to do says so as JSON, too, in the shape of any report`(
        command: [String]
    ) async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        func members(_ value: JSONValue?) -> [String] {
            if case .object(let members)? = value { members.keys.sorted() } else { [] }
        }
        let shape = try await stage.run("undo", run, "--yes", "--json").json
        let idle = await stage.run([command[0], run] + command.dropFirst() + ["--json"])
        #expect(idle.status == .done, "\(idle.error)")
        let report = try idle.json
        #expect(members(report) == members(shape))
        #expect(report["kind"]?.string == command[0] && report["origin"]?.string == run)
        #expect(report["state"]?.string == "finished")
        let tally = try #require(report["announcements"]?.elements?.first)
        #expect(members(tally) == members(shape["announcements"]?.elements?.first))
        for count in ["targets", "sent", "already", "failed", "ambiguous", "unsent", "excluded"] {
            #expect(tally[count] == .integer(0), "\(count)")
        }
        #expect(await stage.run("runs").output.split(separator: "\n").count == 3)
    }

    @Test func `a retry of replies calls them so`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 3)
        let run = try await stage.announce()
        let correction = try #require(try await stage.run("correct", run, "--body", "x", "--json").json["run"]?.string)
        try StoreContent(path: stage.world.folder + "/state/ledger.sqlite")
            .change("UPDATE effect SET state = 3, code = 'x', message = 'x' WHERE runID = '\(correction)'")
        let retry = await stage.run("retry", correction, "--failed")
        #expect(retry.error.contains("t: 3 announcements: 3 replies to those who have the first\n"), "\(retry.error)")
    }

    @Test func `a retry that is declined leaves the failures as they were`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 3)
        let run = try await stage.announce()
        try await stage.add(groups: 3)
        let declined = await stage.run(["retry", run, "--failed", "--ask"], answers: ["n"])
        #expect(declined.status == .usage, "\(declined.error)")
        #expect(declined.error.contains("Send 1 post of 't'"))
        let listed = try await stage.run("show", run, "--failed", "--json").json
        #expect(listed["value"]?.elements?.first?["code"]?.string == "Request_ResourceNotFound")
        #expect(await stage.run(["retry", run, "--failed", "--ask"], answers: ["y"]).status == .done)
    }

    @Test func `what a later run of the announcement has sent is left alone`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 3)
        let run = try await stage.announce()
        try await stage.add(groups: 3)
        _ = try await stage.announce()
        let retry = await stage.run("retry", run, "--failed")
        #expect(retry.error.contains("there is nothing to send again"))
        #expect(try stage.world.store.groupsNotAnnouncedOnce().isEmpty)
    }
}
