import GraphModel
import Testing

@testable import HeraldCommands

/// Groups that want nothing get nothing from retries and corrections either.
@Suite struct SuppressedAfterwardsTests {
    private static let groups = AfterwardsStage.groups

    @Test func `a retry leaves out who is on the list by now, and says so`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 4)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        #expect(await stage.run("suppress", "add", Self.groups[3].text).status == .done)
        let retry = await stage.run("retry", run, "--failed", "--json")
        #expect(retry.status == .done, "\(retry.error)")
        #expect(retry.error.contains("1 target is left out: its group is on the list of `herald suppress`."))
        let tally = try #require(try retry.json["announcements"]?.elements?.first)
        #expect(tally["targets"]?.double == 1 && tally["sent"]?.double == 1 && tally["excluded"]?.double == 1)
        let findings = try #require(try retry.json["findings"]?.elements)
        #expect(findings.map { $0["kind"]?.string } == ["excluded"])
        #expect(findings.first?["target"]?.string == Self.groups[3].text)
        #expect(try stage.world.store.count("conversation") == 3)
        // It is a failure of the first run's still, and is sent once it is on the list no longer.
        #expect(await stage.run("show", run, "--failed").output.contains(Self.groups[3].text))
        #expect(await stage.run("suppress", "remove", Self.groups[3].text).status == .done)
        #expect(await stage.run("retry", run, "--failed").status == .done)
        #expect(try stage.world.store.groupsNotAnnouncedOnce().isEmpty)
    }

    @Test func `where all are on the list nothing is done, and no run is remembered`() async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 3)
        let run = try await stage.announce()
        try await stage.add(groups: 3)
        #expect(await stage.run("suppress", "add", Self.groups[2].text).status == .done)
        let retry = await stage.run("retry", run, "--failed")
        #expect(retry.status == .done && retry.error.contains("1 target is left out"), "\(retry.error)")
        #expect(try stage.world.store.count("conversation") == 2)
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }

    @Test(arguments: [["--body", "It is Friday."], ["a.lua"]])
    func `a correction leaves out who is on the list by now, and says so`(what: [String]) async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 3)
        let run = try await stage.announce()
        try stage.write("t", "It is Friday.")
        #expect(await stage.run("suppress", "add", Self.groups[0].text).status == .done)
        let ending = await stage.run(["correct", run, "--json"] + what)
        #expect(ending.status == .done, "\(ending.error)")
        #expect(
            ending.error.contains("1 group of 't' is left out: on the list of `herald suppress`."),
            "\(ending.error)"
        )
        #expect(!ending.error.contains("the script has no text") && !ending.error.contains("have not been reached"))
        let tally = try #require(try ending.json["announcements"]?.elements?.first)
        #expect(tally["targets"]?.double == 2 && tally["sent"]?.double == 2 && tally["excluded"]?.double == 1)
        #expect(try ending.json["findings"]?.elements?.first?["kind"]?.string == "excluded")
        #expect(try await stage.posts(of: Self.groups[0]).count == 1)
        #expect(try await stage.posts(of: Self.groups[1]).last == "It is Friday.")
    }

    @Test(arguments: [["retry", "--failed"], ["correct", "--body", "x"], ["undo", "--yes"]])
    func `a list that cannot be read stops them before anything is done`(command: [String]) async throws {
        let stage = try await AfterwardsStage(groups: 2, of: 3)
        let run = try await stage.announce()
        try await stage.add(groups: 3)
        try stage.world.write("id\nnonsense\n", to: "state/suppressed.csv")
        let ending = await stage.run([command[0], run] + command.dropFirst())
        #expect(ending.status == .failed)
        #expect(ending.error.contains("suppressed.csv:2: \"nonsense\" is no group id"), "\(ending.error)")
        #expect(try stage.world.store.count("post") == 2)
        #expect(await stage.run("runs").output.split(separator: "\n").count == 2)
    }
}
