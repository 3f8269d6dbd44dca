import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

/// A ledger of which a part is gone.
@Suite struct DamagedLedgerTests {
    private static let groups = 200

    private let world: CapturedWorld
    private var herald: HeraldProcess { HeraldProcess(folder: world.folder) }
    private var ledger: String { world.folder + "/state/ledger.sqlite" }

    init() async throws {
        world = try CapturedWorld()
        try world.copyExample("announce.lua")
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        let table = try CSVTable(Array(text.utf8), name: "groups.csv")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try world.write(lines.prefix(table.rows[Self.groups].line - 1).joined(separator: "\n"), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
    }

    private func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.size] as? Int ?? 0
    }

    /// Kills a run once it has planned, and puts its files aside.
    private func killedRun() async throws {
        try world.keepStore()
        for attempt in 1...20 {
            try world.restoreStore()
            let ending = try await herald.run("run", "announce.lua", disturbance: .kill(once: "announcements, all new"))
            let sent = try world.store.count("conversation")
            // Where nothing was sent yet it is tried again a few times.
            if ending.wasKilled, sent < Self.groups, sent > 0 || attempt > 5, size(ledger + "-wal") > 0 {
                return try world.keepStore()
            }
        }
        throw Failure(.failed, "no run was killed while it sent")
    }

    private func cut(_ path: String, at place: Int) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: UInt64(place))
        try file.close()
    }

    /// Runs the script once more: to its end, or until it is said which file is damaged; then without that file.
    private func expectEachOnce(_ comment: Comment) async throws -> Bool {
        let check = try await herald.run("ledger", "check")
        var ending = try await herald.run("run", "--json", "announce.lua")
        let isRefused = ending.status != 0
        if isRefused {
            #expect(ending.status == 1, "\(comment): \(ending.error)")
            #expect(ending.error.contains("/state/ledger.sqlite: "), "\(comment): \(ending.error)")
            #expect(ending.error.contains("restore it from a backup"), "\(comment): \(ending.error)")
            let found = check.output + check.error
            #expect(found.contains("/state/ledger.sqlite") && found.contains("damaged"), "\(comment): \(found)")
            #expect(check.status == 1, comment)
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: ledger + suffix) }
            ending = try await herald.run("run", "--json", "announce.lua")
        } else {
            #expect(check.status == 0, "\(comment): \(check.output)\(check.error)")
        }
        #expect(ending.status == 0, "\(comment): \(ending.error)")
        let report = try JSONValue(Array(ending.output.utf8))
        let tally = try #require(report["announcements"]?.elements?.first, comment)
        #expect((tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0) == Double(Self.groups), comment)
        #expect(try world.store.groupsNotAnnouncedOnce().isEmpty, comment)
        #expect(try world.store.count("conversation") == Self.groups, comment)
        return isRefused
    }

    @Test func `a log that was cut off anywhere leaves what was committed before, and nothing is sent twice`()
        async throws
    {
        try await killedRun()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let size = size(ledger + "-wal")
        for place in [0, 31, size - 1] + (0..<6).map({ _ in Int.random(in: 0..<size, using: &random) }) {
            try world.restoreStore()
            try cut(ledger + "-wal", at: place)
            #expect(try await !expectEachOnce("seed \(seed), log of \(size) bytes cut at \(place)"))
        }
    }

    @Test func `a file that was cut off is refused by its name, or has lost nothing, and nothing is sent twice`()
        async throws
    {
        try await killedRun()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        // What a run leaves that came to its end, too: most of it stands in the file itself.
        for isKilled in [true, false] {
            if !isKilled {
                try world.restoreStore()
                #expect(try await herald.run("resume", "last").status == 0)
                #expect(try await herald.run("ledger", "compact").status == 0)
                try world.keepStore()
            }
            let size = size(ledger)
            let places = [0, 50, size / 2 / 4096 * 4096, size - 1]
            for place in places + (0..<4).map({ _ in Int.random(in: 0..<size, using: &random) }) {
                try world.restoreStore()
                try cut(ledger, at: place)
                let comment: Comment = "seed \(seed), killed \(isKilled), file of \(size) bytes cut at \(place)"
                let isRefused = try await expectEachOnce(comment)
                // The log of a run that was killed may hold all that there is.
                if !isKilled, place > 0 { #expect(isRefused, comment) }
            }
        }
    }
}
