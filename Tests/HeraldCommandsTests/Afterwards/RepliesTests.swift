import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct RepliesTests {
    @Test func `whoever answered is listed, as a table and for programs`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        #expect(await stage.run("correct", run, "--body", "Friday").status == .done)
        try await stage.answer(in: AfterwardsStage.groups[0], "Thank you,\nall of you!")
        try await stage.answer(in: AfterwardsStage.groups[2], "No, thanks")
        let table = await stage.run("replies", run)
        #expect(table.status == .done, "\(table.error)")
        #expect(table.output.split(separator: "\n").count == 3, "\(table.output)")
        #expect(table.output.contains("Alex Wilber"))
        #expect(table.output.contains("Thank you, all of you!"))
        #expect(table.error.contains("2 replies in 2 of the 4 threads that it made."))
        let answers = try #require(try await stage.run("replies", run, "--json").json["value"]?.elements)
        #expect(answers.map { $0["from"]?["address"]?.string } == ["alex@contoso.example", "alex@contoso.example"])
        #expect(answers[0]["group"]?.string == AfterwardsStage.groups[0].text)
        let csv = await stage.run("replies", run, "--csv").output
        #expect(csv.hasPrefix("group,groupName,fromName,fromAddress,received,preview,thread,post\n"))
        for columns in [80, 200] {
            let shown = await stage.run(["replies", run], columns: columns)
            #expect(shown.output.split(separator: "\n").allSatisfy { $0.terminalColumns <= columns }, "\(shown.output)")
        }
    }

    @Test func `that nobody answered is said, and what is gone is counted`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        let none = await stage.run("replies", run)
        #expect(none.output.isEmpty)
        #expect(none.error.contains("Nobody answered in the 4 threads that it made."))
        try stage.world.write("id\n", to: "nobody.csv")
        #expect(await stage.run("replies", run, "--csv", "--json").status == .usage)
    }
}
