import GraphModel

/// What came of all tests, for people and for programs.
struct TestReport: Sendable {
    var files: [FileResult]
    var time: Duration

    var passed: Int { files.reduce(0) { $0 + $1.tests.count { $0.failure == nil } } }
    /// Tests that failed, and files that did.
    var failed: Int {
        files.reduce(0) { $0 + $1.tests.count { $0.failure != nil } + ($1.failure == nil ? 0 : 1) }
    }

    /// `12 passed, 1 failed in 0.3 s`.
    var summary: String {
        "\(passed.grouped) passed, " + (failed == 0 ? "none failed" : "\(failed.grouped) failed") + " in \(time.spoken)"
    }

    // MARK: Text

    /// How much of a failing test's output the text has.
    private static let shownLines = 40

    /// A test's line, and why it failed.
    static func lines(_ test: TestResult, for sink: ByteSink) -> [String] {
        let mark = test.failure == nil ? sink.styled("✓", .green) : sink.styled("✗", .red)
        let name = sink.isTerminal ? test.name.escapingControls(keepingLines: false) : test.name
        let line = "  \(mark) \(name)  \(sink.styled(test.time.spoken, .dim))"
        return [line] + (test.failure.map { lines($0, for: sink) } ?? [])
    }

    /// Why a test or a file failed.
    static func lines(_ failure: TestFailure, for sink: ByteSink) -> [String] {
        var lines = [sink.styled(sink.shown(failure.summary), .bold)]
        lines += failure.details.map { sink.shown($0) }
        lines += failure.difference.map { line in
            let style: TextStyle? = line.hasPrefix("expected:") ? .green : line.hasPrefix("actual:") ? .red : nil
            let text = sink.shown(line)
            return style.map { sink.styled(text, $0) } ?? text
        }
        if !failure.output.isEmpty {
            let output = failure.output.hasSuffix("\n") ? failure.output.dropLast() : failure.output[...]
            let all = output.split(separator: "\n", omittingEmptySubsequences: false)
            let last = all.suffix(shownLines)
            lines.append(
                last.count < all.count ? "the last \(last.count) of \(all.count.grouped) lines of output:" : "output:"
            )
            lines += last.map { "  " + sink.shown(String($0)) }
        }
        return lines.map { "      " + $0 }
    }

    // MARK: JSON

    /// The report as one JSON document, whose members stay as they are.
    var json: [UInt8] {
        JSONWriter.bytes(capacity: 1024) { writer in
            writer.object { writer in
                writer.member("passed", passed)
                writer.member("failed", failed)
                Self.write(time, &writer)
                writer.name("files")
                writer.array { writer in
                    for file in files {
                        writer.object { writer in
                            writer.member("file", file.file)
                            Self.write(file.failure, &writer)
                            writer.name("tests")
                            writer.array { writer in
                                for test in file.tests { Self.write(test, &writer) }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func write(_ test: TestResult, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", test.name)
            writer.member("passed", test.failure == nil)
            write(test.time, &writer)
            write(test.failure, &writer)
        }
    }

    private static func write(_ time: Duration, _ writer: inout JSONWriter) {
        writer.name("seconds")
        writer.number(time / .seconds(1))
    }

    private static func write(_ failure: TestFailure?, _ writer: inout JSONWriter) {
        guard let failure else { return }
        writer.name("failure")
        writer.object { writer in
            writer.member("message", failure.summary)
            writer.member("script", failure.script)
            if let line = failure.line { writer.member("line", line) }
            writer.member("code", failure.code)
            for (name, lines) in [("difference", failure.difference), ("details", failure.details)] {
                writer.name(name)
                writer.array { writer in
                    for line in lines { writer.string(line) }
                }
            }
            writer.member("output", failure.output)
        }
    }
}
