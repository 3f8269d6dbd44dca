import Announcements
import EmbeddedGraph
import Foundation
import GraphModel
import LuaRuntime
import ScriptHost

/// What one test has for itself: a store, a ledger and a clock, which ``close()`` takes away.
final class TestStage: Sendable {
    let clock = TestClock()
    private let store: EmbeddedGraph
    private let place: RunPlace
    private let state: String
    private let folder: String
    private let limits: ScriptLimits

    /// - Parameters:
    ///   - folder: The folder of the file of tests, whose scripts can be run.
    ///   - limits: What each script may use.
    ///   - herald: The outside world.
    /// - Throws: ``StorageError`` if the store or the ledger cannot be made.
    init(folder: String, limits: ScriptLimits, herald: HeraldEnvironment) throws {
        self.folder = folder
        self.limits = limits
        state = Self.newFolder()
        let clock = clock
        let now: @Sendable () -> Int64 = { clock.now }
        do {
            try FileManager.default.createDirectory(
                atPath: state,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            store = try EmbeddedGraph(
                path: state + "/graph.sqlite",
                operatorName: herald.operatorName,
                clock: now
            )
            place = RunPlace(backend: RunBackend(store), ledger: try Ledger(path: state + "/ledger.sqlite"), now: now)
        } catch {
            try? FileManager.default.removeItem(atPath: state)
            throw error
        }
    }

    /// Takes away the store and the ledger, which nothing may be asked of afterwards.
    func close() {
        try? store.close()
        try? place.ledger.close()
        try? FileManager.default.removeItem(atPath: state)
    }

    /// In memory where the system has a file system there, since nothing of it is to last.
    private static func newFolder() -> String {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
        return "\(parent)/herald-test-\(UUID().uuidString)"
    }

    /// Executes a file of tests from its beginning, which executes one of them.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - number: Which test.
    ///   - filter: What its name must have in it.
    ///   - transcript: Gets what the file prints and logs.
    /// - Returns: How far the test has come, and why it came no further.
    /// - Throws: ``StorageError`` if the ledger fails.
    func execute(_ file: LuaChunk, test number: Int, filter: String?, _ transcript: Transcript) async throws -> TestPass
    {
        let bench = TestBench(
            wanted: number,
            filter: filter,
            clock: clock,
            connections: TestBench.Connections(
                importGroups: { [self] groups throws(HostError) in try await importGroups(groups) },
                groups: { [self] table throws(HostError) in try groups(of: table) },
                run: { [self] path, arguments throws(HostError) in try await run(path, arguments) }
            )
        )
        let (record, lease) = try await place.begin(file, folder: folder, arguments: [])
        var context = context(of: record, lease, folder: folder, transcript)
        context.testBench = bench
        var pass = TestPass(bench: bench, sources: [file.name: file.source])
        do throws(LuaError) {
            let run = try ScriptRun(
                file,
                context: context,
                limits: limits,
                modules: ScriptModule.all + ScriptModule.testing
            )
            pass.error = await Self.error(of: run)
            pass.sources = run.sources
        } catch {
            pass.error = error
        }
        try await place.ledger.end(lease, .finished, at: place.now())
        return pass
    }

    private func context(
        of record: RunRecord,
        _ lease: Lease,
        folder: String,
        _ transcript: Transcript
    ) -> ScriptContext {
        let clock = clock
        var context = place.context(
            of: record,
            lease: lease,
            folder: folder,
            monitor: transcript.monitor,
            logger: transcript.logger
        )
        context.passTime = { seconds in clock.advance(seconds: seconds) }
        return context
    }

    private static func error(of run: ScriptRun) async -> LuaError? {
        do {
            try await run.execute()
            return nil
        } catch {
            return error as? LuaError ?? LuaError(.runtime, "\(error)")
        }
    }

    // MARK: What the test asks for

    private func importGroups(_ groups: [Group]) async throws(HostError) {
        let result: EmbeddedGraph.GroupImport
        do {
            result = try await store.importGroups(groups)
        } catch {
            throw HostError(code: "storeFailed", message: "\(Failure(error))")
        }
        if let fault = result.faults.first {
            throw HostError(code: "badArgument", message: "store.groups: group \(fault.index + 1): \(fault.message)")
        }
    }

    private func groups(of table: CSVTable) throws(HostError) -> [Group] {
        let list: GroupsTable
        do throws(CSVFault) {
            list = try GroupsTable(table, now: GraphDate(microseconds: clock.now))
        } catch {
            throw HostError(code: "badCSV", message: error.description)
        }
        guard let fault = list.faults.first else { return list.groups }
        throw HostError(code: "badCSV", message: "\(table.name):\(table.rows[fault.row].line): \(fault.problem)")
    }

    private func run(_ path: String, _ arguments: [String]) async throws(HostError) -> ScriptOutcome {
        let files = ScriptFiles(folder: URL(fileURLWithPath: folder)) { path, url in
            try ScriptFiles.readFromDisk(path, url)
        }
        let source = try await files.read(path)
        do {
            return try await outcome(of: source, at: path, arguments)
        } catch {
            throw HostError(code: "storeFailed", message: "\(Failure(error))")
        }
    }

    private func outcome(of source: [UInt8], at path: String, _ arguments: [String]) async throws -> ScriptOutcome {
        let url = URL(fileURLWithPath: folder).appending(path: path)
        let script = LuaChunk(name: url.lastPathComponent, source: source)
        let scriptFolder = url.deletingLastPathComponent().path
        let transcript = Transcript()
        let (record, lease) = try await place.begin(script, folder: scriptFolder, arguments: arguments)
        let context = context(of: record, lease, folder: scriptFolder, transcript)
        var outcome = ScriptOutcome()
        do throws(LuaError) {
            outcome.error = await Self.error(of: try ScriptRun(script, context: context, limits: limits))
        } catch {
            outcome.error = error
        }
        try await place.ledger.end(lease, .finished, at: place.now())
        outcome.output = transcript.output
        outcome.log = transcript.log
        for tally in try await place.ledger.tallies(run: record.id) {
            outcome.sent += tally.sent
            outcome.already += tally.already
            outcome.changed += tally.changed
            outcome.failed += tally.failed
            outcome.skipped += tally.skipped
        }
        let writes = try await place.ledger.writes(run: record.id)
        outcome.writes = writes.sent
        return outcome
    }
}

/// One execution of a file of tests.
struct TestPass {
    let bench: TestBench
    /// The file and the modules that it has loaded, by the names that errors show.
    var sources: [String: [UInt8]]
    /// Why it did not come to its end.
    var error: LuaError?
}
