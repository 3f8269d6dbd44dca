import Foundation
import GraphModel
import Testing

@testable import Announcements
@testable import HeraldCommands

/// How a run is followed: failures as they come, events for programs, a call at the end.
@Suite struct FollowingTests {
    private static let here = "11111111-0000-4000-8000-000000000001"
    private static let gone = ["22222222-0000-4000-8000-000000000002", "33333333-0000-4000-8000-000000000003"]

    private func world() async throws -> CapturedWorld {
        let world = try CapturedWorld()
        try world.write("id,displayName\n\(Self.here),Sales\n", to: "groups.csv")
        try world.write(
            """
            announce { name = "news", to = { "\(Self.here)", "\(Self.gone[0])", "\(Self.gone[1])" }, topic = "T",
              body = text "a secret", waves = { 1, "rest" } }
            """,
            to: "a.lua"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        return world
    }

    @Test func `a reason is told with its first target at once, and the number of the others at the end`() {
        let board = FailureBoard()
        func answer(_ target: String, _ outcome: TargetAnswer.Outcome = .failed) -> TargetAnswer {
            TargetAnswer(target: target, outcome: outcome, code: "NotFound", message: "Group \(target) is not there.")
        }
        #expect(board.note(answer("a", .sent)) == nil)
        #expect(board.note(answer("a")) == "failed a (NotFound): Group a is not there.")
        #expect(board.note(answer("b")) == nil && board.note(answer("c")) == nil)
        #expect(board.note(answer("d", .ambiguous)) != nil)
        #expect(board.takeRest() == ["2 more failed: Group … is not there."])
        #expect(board.takeRest().isEmpty)
    }

    @Test func `events are lines of JSON in their order, and hold no body`() async throws {
        let world = try await world()
        #expect(await world.run("run", "--events", "events.jsonl", "a.lua") == .targetsFailed)
        let text = try String(contentsOfFile: world.folder + "/events.jsonl", encoding: .utf8)
        let events = try text.split(separator: "\n").map { try JSONValue(Array($0.utf8)) }
        #expect(
            events.map { $0["event"]?.string } == [
                "run.began", "announcement", "wave.began", "target", "wave.ended", "wave.began", "target", "target",
                "wave.ended", "run.ended",
            ]
        )
        #expect(events.count { $0["outcome"]?.string == "failed" } == 2)
        #expect(!text.contains("a secret"))
        let attributes = try FileManager.default.attributesOfItem(atPath: world.folder + "/events.jsonl")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `waves and failures are told while the run lasts`() async throws {
        let world = try await world()
        #expect(await world.run("run", "a.lua") == .targetsFailed)
        let text = world.error.text
        #expect(text.contains("wave 1 of 2: 1 announced, none failed"))
        #expect(text.contains("wave 2 of 2: 0 announced, 2 failed"))
        #expect(text.contains("1 more failed: "))
    }

    @Test func `a command is told how the run ended, and not what signs in`() async throws {
        let world = try await world()
        var herald = world.herald
        herald.variables["HERALD_TOKEN"] = "a-token"
        let command =
            "echo $HERALD_RUN_STATE $HERALD_RUN_SENT $HERALD_RUN_UNFINISHED [$HERALD_TOKEN] > '\(world.folder)/told'"
        #expect(await HeraldCommand.run(["run", "--notify", command, "a.lua"], in: herald) == .targetsFailed)
        let told = try String(contentsOfFile: world.folder + "/told", encoding: .utf8)
        #expect(told == "finished 1 2 []\n")
    }

    @Test func `a command that fails is told of and changes nothing`() async throws {
        let world = try await world()
        #expect(await world.run("run", "--notify", "exit 3", "a.lua") == .targetsFailed)
        #expect(world.error.text.contains("the command of --notify ended with status 3"))
    }
}
