import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

/// What `herald doctor` says of the embedded store.
@Suite struct StoreDoctorTests {
    @Test func `before the first run all is well, and nothing is made`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("doctor") == .done)
        let lines = world.output.take().split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.filter { $0.hasPrefix("· ") }.count >= 2)
        #expect(!FileManager.default.fileExists(atPath: world.folder + "/state/graph.sqlite"))
    }

    @Test func `a store that is sound and durable is said to be so`() async throws {
        let world = try CapturedWorld()
        try world.write("print(#graph.get('/groups').value)", to: "a.lua")
        #expect(await world.run("run", "a.lua") == .done)
        _ = world.output.take()
        #expect(await world.run("doctor") == .done)
        let text = world.output.take()
        for name in ["store", "ledger"] {
            #expect(text.contains("✓ " + name.padded(toColumns: 12) + " sound and durable"), "\(text)")
        }
        #expect(await world.run("doctor", "--json") == .done)
        let json = try JSONValue(Array(world.output.take().utf8))
        #expect(json["well"] == .boolean(true))
        #expect(json["value"]?.elements?.count == 4)
    }

    @Test func `a file that is no store is a fault, which says what to do`() async throws {
        let world = try CapturedWorld()
        try FileManager.default.createDirectory(atPath: world.folder + "/state", withIntermediateDirectories: true)
        try world.write(String(repeating: "no database ", count: 1000), to: "state/graph.sqlite")
        #expect(await world.run("doctor") == .failed)
        #expect(world.output.text.contains("✗ store"))
    }

    @Test func `a damaged store is a fault`() async throws {
        let world = try CapturedWorld()
        let rows = (0..<2_000).map { "00000000-0000-4000-8000-\(String(100_000_000_000 + $0)),Group \($0),g\($0)\n" }
        try world.write("id,displayName,mailNickname\n" + rows.joined(), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        // The last connection has gone: what was in the log is in the file.
        let path = world.folder + "/state/graph.sqlite"
        var bytes = try Data(contentsOf: URL(filePath: path))
        let middle = bytes.count / 2
        for index in stride(from: middle, to: min(middle + 40_000, bytes.count), by: 7) { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: path))
        try? FileManager.default.removeItem(atPath: path + "-wal")
        #expect(await world.run("doctor") == .failed)
        #expect(world.output.text.contains("✗ store"), "\(world.output.text)")
    }

    @Test func `a group to try a post in takes a backend`() async throws {
        let world = try CapturedWorld()
        #expect(await world.run("doctor", "--group", RemoteStage.wellness) == .usage)
        #expect(await world.run("doctor", "--backend", "global", "--group", "x") == .usage)
    }
}
