import ArgumentParser
import Foundation
import LuaRuntime
import ScriptHost
import Synchronization

extension HeraldCommand {
    /// `herald test`.
    struct Test: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Run the tests of scripts.",
            discussion: """
                Tests are files named *_test.lua beside the scripts. Besides the usual modules they find test, expect, \
                clock, store and run. Each test has a fresh sandbox, an empty store and ledger of its own, and a clock that \
                it sets; nothing else is touched. What stands around the tests of a file is executed anew for each of them.

                Exit status: 0 all passed, 1 some failed, 2 there are no tests.

                Example: announce_test.lua

                  test("each group is sent to once", function()
                    store.groups "groups.csv"
                    expect.equal(run("announce.lua").sent, 2000)
                    expect.equal(run("announce.lua").sent, 0)
                  end)
                """
        )

        @Argument(
            help: "Files of tests, or folders; by default every *_test.lua below the current folder.",
            completion: .file(extensions: ["lua"])
        )
        var files: [String] = []
        @Option(help: ArgumentHelp("Run only tests that have this in their names.", valueName: "text"))
        var filter: String?
        @Flag(help: "Write the results as one JSON document.")
        var json = false
        @OptionGroup var limit: LimitOptions

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let files = try testFiles(in: herald)
            let interruption = Interruption { try? herald.error.line("interrupted; again to quit at once") }
            let start = herald.uptime()
            let outcome = Mutex<Result<[FileResult], any Error>>(.success([]))
            await interruption.during {
                do {
                    for file in files {
                        let result = try await execute(file, in: herald)
                        outcome.withLock { $0 = $0.map { $0 + [result] } }
                        if Task.isCancelled { break }
                    }
                } catch {
                    outcome.withLock { $0 = .failure(error) }
                }
            }
            let results = try outcome.withLock { $0 }.get()
            let report = TestReport(files: results, time: herald.uptime() - start)
            if let filter, !interruption.wasRequested, report.passed + report.failed == 0 {
                throw Failure(.usage, "No test has '\(filter)' in its name.")
            }
            if json {
                try herald.output.write(report.json + [UInt8(ascii: "\n")])
            } else {
                try herald.output.line(herald.output.styled(report.summary, report.failed == 0 ? .green : .red))
            }
            if interruption.wasRequested { return .interrupted }
            return report.failed == 0 ? .done : .failed
        }

        private func execute(_ file: TestFile, in herald: HeraldEnvironment) async throws -> FileResult {
            let shows = !json
            var isNamed = false
            func put(_ lines: [String]) throws {
                guard shows else { return }
                if !isNamed { try herald.output.line(herald.output.styled(herald.output.shown(file.name), .bold)) }
                isNamed = true
                for line in lines { try herald.output.line(line) }
            }
            var limits = limit.limits(in: herald)
            // What a test prints is held in memory until it is known whether it is shown.
            limits.output = limits.output ?? 1 << 20
            var result = try await file.execute(filter: filter, limits: limits, in: herald) { test in
                try put(TestReport.lines(test, for: herald.output))
            }
            if result.seen == 0, result.failure == nil, !Task.isCancelled {
                result.failure = TestFailure(
                    "\(file.name): there is no test in it; write test(\"…\", function() … end)"
                )
            }
            if let failure = result.failure { try put(TestReport.lines(failure, for: herald.output)) }
            return result
        }

        // MARK: Files

        private static let suffix = "_test.lua"

        private func testFiles(in herald: HeraldEnvironment) throws -> [TestFile] {
            var names: [String] = []
            for name in files.isEmpty ? ["."] : files {
                var isFolder: ObjCBool = false
                let exists = unsafe FileManager.default.fileExists(atPath: herald.path(name), isDirectory: &isFolder)
                names += exists && isFolder.boolValue ? Self.find(below: name, in: herald) : [name]
            }
            guard !names.isEmpty else {
                let places = files.isEmpty ? "the current folder" : files.joined(separator: ", ")
                throw Failure(
                    .usage,
                    "There are no files named *\(Self.suffix) below \(places); name a file, or go to another folder."
                )
            }
            return try names.map { name in
                let url = URL(fileURLWithPath: herald.path(name))
                return TestFile(
                    name: name,
                    script: LuaChunk(name: url.lastPathComponent, source: try herald.file(name)),
                    folder: url.deletingLastPathComponent().path
                )
            }
        }

        /// The files of tests below a folder, but for what is hidden, in the order of their names.
        private static func find(below folder: String, in herald: HeraldEnvironment) -> [String] {
            let root = folder == "." ? herald.folder : herald.path(folder)
            guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
            var found: [String] = []
            for case let path as String in walk {
                let name = path.split(separator: "/").last ?? ""
                if name.hasPrefix(".") {
                    walk.skipDescendants()
                } else if name.hasSuffix(suffix) {
                    found.append(folder == "." ? path : folder + (folder.hasSuffix("/") ? "" : "/") + path)
                }
            }
            return found.sorted()
        }
    }
}
