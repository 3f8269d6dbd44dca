import LuaRuntime

/// What came of one test.
struct TestResult: Sendable {
    var name: String
    var time: Duration
    /// nil if it passed.
    var failure: TestFailure?
}

/// What came of a file of tests.
struct FileResult: Sendable {
    /// The file, as it was named.
    var file: String
    var tests: [TestResult] = []
    /// Why the file could not be executed to its end, outside of its tests.
    var failure: TestFailure?
    /// How many tests it names, whether or not they fit the filter.
    var seen = 0
}

/// Why a test failed, as people read it.
struct TestFailure: Sendable {
    /// One line: `announce_test.lua:12: the values differ at .topic`.
    var summary: String
    var script: String?
    var line: Int?
    /// The error's code, if it has one.
    var code: String?
    /// What differs, a line each: `expected: …`, `actual: …`.
    var difference: [String]
    /// The source line, and the traceback where it tells more.
    var details: [String]
    /// What was printed and logged.
    var output: String

    init(_ error: LuaError, sources: [String: [UInt8]], output: String) {
        var error = error
        let lines = error.message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        error.message = lines.first ?? ""
        // A test's own function and the file itself tell nothing that the place does not.
        if error.traceback.count <= 2 { error.traceback = [] }
        let problem = ScriptProblem(error, sources: sources)
        summary = problem.summary
        script = error.script
        line = error.line
        code = error.code
        difference = Array(lines.dropFirst())
        details = problem.details
        self.output = output
    }

    init(_ summary: String) {
        self.summary = summary
        (difference, details, output) = ([], [], "")
    }
}
