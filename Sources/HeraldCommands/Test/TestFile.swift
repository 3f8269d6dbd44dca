import LuaRuntime
import ScriptHost

/// A file of tests.
struct TestFile: Sendable {
    /// The file, as it was named.
    var name: String
    var script: LuaChunk
    /// The folder below which its scripts and files are.
    var folder: String

    /// Executes the tests that fit the filter, one after the other, each with a stage of its own.
    ///
    /// - Parameters:
    ///   - filter: What the tests' names must have in them; nil for any.
    ///   - limits: What the file and each script may use.
    ///   - herald: The outside world.
    ///   - show: Told of each result at once.
    /// - Returns: What came of it, as far as it went before the surrounding task was cancelled.
    /// - Throws: ``StorageError`` if a store cannot be made, and what `show` throws.
    func execute(
        filter: String?,
        limits: ScriptLimits,
        in herald: HeraldEnvironment,
        show: (TestResult) throws -> Void
    ) async throws -> FileResult {
        var result = FileResult(file: name)
        for number in 1... {
            let start = herald.uptime()
            let transcript = Transcript()
            let stage = try TestStage(folder: folder, limits: limits, herald: herald)
            defer { stage.close() }
            let pass = try await stage.execute(script, test: number, filter: filter, transcript)
            if Task.isCancelled { break }
            result.seen = max(result.seen, pass.bench.seen)
            let failure = pass.error.map { TestFailure($0, sources: pass.sources, output: transcript.all) }
            let time = herald.uptime() - start
            switch pass.bench.progress {
            case .ahead:
                result.failure = failure
                return result
            case .underWay(let test):
                // Without an error, the file has caught it and gone on.
                let failure = failure ?? TestFailure("\(name): the test did not come to its end")
                let found = TestResult(name: test, time: time, failure: failure)
                result.tests.append(found)
                try show(found)
            case .passed(let test):
                let found = TestResult(name: test, time: time)
                result.tests.append(found)
                try show(found)
                if let failure {
                    result.failure = failure
                    return result
                }
                // The file has been executed to its end, and has no other test.
                if pass.bench.found == number { return result }
            }
        }
        return result
    }
}
