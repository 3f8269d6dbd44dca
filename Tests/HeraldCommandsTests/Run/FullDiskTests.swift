import Foundation
import GraphModel
import Processes
import ScriptHost
import Testing

@testable import HeraldCommands

/// A disk that is full before a run has come to its end.
@Suite struct FullDiskTests {
    private static let groups = 300

    private let world: CapturedWorld
    private var herald: HeraldProcess { HeraldProcess(folder: world.folder) }

    init() async throws {
        world = try CapturedWorld()
        try world.copyExample("announce.lua")
        let text = try String(contentsOf: CapturedWorld.examples.appending(path: "groups.csv"), encoding: .utf8)
        let table = try CSVTable(Array(text.utf8), name: "groups.csv")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        try world.write(lines.prefix(table.rows[Self.groups].line - 1).joined(separator: "\n"), to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        try world.keepStore()
    }

    /// The size of the largest file that a run leaves, in blocks of 512 bytes.
    private func largest() async throws -> Int {
        try await herald.run("run", "announce.lua")
        let folder = world.folder + "/state"
        return try FileManager.default.contentsOfDirectory(atPath: folder).map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return (attributes[.size] as? Int ?? 0) / 512
        }.max() ?? 0
    }

    private func expectWhole(_ ending: HeraldProcess.Ending, in store: StoreContent, _ comment: Comment) throws {
        #expect(ending.status == 0, "\(comment): \(ending.error)")
        let report = try JSONValue(Array(ending.output.utf8))
        let tally = try #require(report["announcements"]?.elements?.first, comment)
        #expect(tally["targets"]?.double == Double(Self.groups), comment)
        #expect((tally["sent"]?.double ?? 0) + (tally["already"]?.double ?? 0) == Double(Self.groups), comment)
        for name in ["failed", "ambiguous", "unsent", "changed"] { #expect(tally[name]?.double == 0, comment) }
        #expect(try store.groupsNotAnnouncedOnce().isEmpty, comment)
        #expect(try store.count("conversation") == Self.groups, comment)
    }

    @Test func `a file that can grow no more ends the run with its name, and the run goes on when it can`()
        async throws
    {
        let largest = try await largest()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        var ended = 0
        for round in 1...8 {
            try world.restoreStore()
            var full = herald
            full.fileLimit = Int.random(in: 80...max(81, largest), using: &random)
            let comment: Comment = "seed \(seed), round \(round), files of \(full.fileLimit ?? 0) blocks"
            let ending = try await full.run("run", "announce.lua")
            #expect(!ending.wasKilled, comment)
            if ending.status != 0 {
                ended += 1
                #expect(ending.status == 1, "\(comment): \(ending.error)")
                #expect(
                    ending.error.contains("/state/graph.sqlite: ") || ending.error.contains("/state/ledger.sqlite: "),
                    "\(comment): \(ending.error)"
                )
                #expect(ending.error.contains("the disk is full"), "\(comment): \(ending.error)")
                #expect(
                    ending.error.contains("herald resume ") || ending.error.contains("run the command again"),
                    "\(comment): \(ending.error)"
                )
            }
            var again = try await herald.run("resume", "last", "--json")
            if again.error.contains("There is no run") { again = try await herald.run("run", "--json", "announce.lua") }
            try expectWhole(again, in: world.store, comment)
            #expect(try await herald.run("ledger", "check").status == 0, comment)
        }
        #expect(ended > 0)
    }

    /// Whether file systems of some size can be made here, without being root outside.
    static let canMount: Bool = {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "d=$(mktemp -d) && unshare -Urm mount -t tmpfs -o size=1m tmpfs $d; s=$?; rmdir $d; exit $s",
        ]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: canMount))
    func `on a file system that is full a run ends with the name of a file, and goes on once there is room`()
        async throws
    {
        let kept = try FileManager.default.contentsOfDirectory(atPath: world.folder + "/kept").reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: world.folder + "/kept/" + name)
            return sum + ((attributes[.size] as? Int ?? 0) + 4095) / 4096 * 4
        }
        for size in [kept + 120, kept + 400, kept + 1200] {
            let script = """
                mount -t tmpfs -o size=\(size)k tmpfs state && cp -r kept/. state/ || exit 99
                "$0" run announce.lua 2> full.txt > /dev/null; echo $? > full.status
                mount -o remount,size=64m state
                "$0" resume last --json > whole.json 2> whole.txt || "$0" run --json announce.lua > whole.json 2> whole.txt
                s=$?
                rm -rf result && cp -r state result; exit $s
                """
            let result = try await ChildProcess.run(
                "/bin/sh",
                [
                    "-c", "cd '\(world.folder)' && exec unshare -Urm /bin/sh -c \"$0\" \"$1\"", script,
                    Executables.path("herald"),
                ],
                environment: [
                    "HERALD_HOME": world.folder + "/state", "HERALD_USER": "Adele Vance",
                    "SWIFT_BACKTRACE": "enable=no",
                    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                ],
                keepsError: true
            )
            let comment: Comment = "\(size) KiB: \(String(decoding: result.error, as: UTF8.self))"
            func text(_ name: String) throws -> String {
                try String(contentsOfFile: world.folder + "/" + name, encoding: .utf8)
            }
            let status = try text("full.status").trimmingCharacters(in: .whitespacesAndNewlines)
            let error = try text("full.txt")
            if status != "0" {
                #expect(status == "1", "\(comment): \(error)")
                #expect(
                    error.contains("/state/graph.sqlite: ") || error.contains("/state/ledger.sqlite: "),
                    "\(comment): \(error)"
                )
                #expect(error.contains("the disk is full"), "\(comment): \(error)")
            }
            let whole = HeraldProcess.Ending(
                status: result.ending.status,
                wasKilled: result.ending.wasKilled,
                output: try text("whole.json"),
                error: try text("whole.txt")
            )
            try expectWhole(whole, in: StoreContent(path: world.folder + "/result/graph.sqlite"), comment)
        }
    }
}
