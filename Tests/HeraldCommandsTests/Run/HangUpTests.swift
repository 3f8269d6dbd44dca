import Foundation
import GraphModel
import Processes
import Testing

@testable import HeraldCommands

/// Runs whose terminal goes, or which die, in real processes.
@Suite struct HangUpTests {
    private let world: CapturedWorld
    private var herald: HeraldProcess { HeraldProcess(folder: world.folder) }

    init() async throws {
        world = try CapturedWorld()
        try world.write("id,displayName\n11111111-0000-4000-8000-000000000001,Sales\n", to: "groups.csv")
        for (name, grace) in [("waits.lua", ", grace = '1h'"), ("now.lua", "")] {
            try world.write(
                "announce { name = 'news', to = csv.read 'groups.csv', topic = 'T', body = text 'b'\(grace) }",
                to: name
            )
        }
        #expect(await world.run("groups", "import", "groups.csv") == .done)
    }

    private func report() async throws -> JSONValue {
        try JSONValue(Array(try await herald.run("show", "last", "--json").output.utf8))
    }

    @Test func `a terminal that goes ends a run in good order`() async throws {
        let ending = try await herald.run("run", "waits.lua", disturbance: .hangUp(once: "waiting"))
        #expect(!ending.wasKilled && ending.status == HeraldCommands.ExitStatus.interrupted.rawValue)
        #expect(try await report()["state"]?.string == "interrupted")
    }

    @Test func `what is stopped in its grace is unsent wherever one looks, and can be sent`() async throws {
        let ending = try await herald.run("run", "waits.lua", disturbance: .interrupt(once: "waiting"))
        #expect(ending.status == HeraldCommands.ExitStatus.interrupted.rawValue)
        let run = try #require(try await report()["run"]?.string)
        #expect(try await herald.run("show", run).output.contains("1 not sent yet"))
        let unsent = try await herald.run("show", run, "--unsent")
        #expect(unsent.output.contains("not sent yet"), "\(unsent.error)")
        #expect(unsent.error.contains("herald resume \(run)"))
        #expect(try await herald.run("run", "now.lua").status == 0)
        #expect(try await report()["announcements"]?.elements?.first?["sent"] == .integer(1))
        #expect(try await herald.run("show", run, "--unsent").error.contains("Nothing is left to be sent"))
    }

    @Test func `who reads standard error and goes ends nothing`() async throws {
        let script = "\"$0\" run now.lua 2>&1 | true"
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", script, Executables.path("herald")],
            folder: world.folder,
            environment: ["HERALD_HOME": world.folder + "/state", "PATH": "/usr/bin:/bin"],
            output: .nullDevice,
            error: .nullDevice
        )
        _ = await process.ending()
        let report = try await report()
        #expect(
            report["state"]?.string == "finished" && report["announcements"]?.elements?.first?["sent"] == .integer(1)
        )
    }

    @Test func `a run that died is called so, and its targets are counted`() async throws {
        let ending = try await herald.run("run", "waits.lua", disturbance: .kill(once: "waiting"))
        #expect(ending.wasKilled)
        let report = try await report()
        #expect(report["state"]?.string == "broken off")
        let tally = try #require(report["announcements"]?.elements?.first)
        #expect(tally["name"]?.string == "news" && tally["targets"] == .integer(1) && tally["unsent"] == .integer(1))
        let runs = try JSONValue(Array(try await herald.run("runs", "--json").output.utf8))
        #expect(runs["value"]?.elements?.first?["state"]?.string == "broken off")
        #expect(try await herald.run("runs").output.contains("1 not sent yet"))
    }
}
