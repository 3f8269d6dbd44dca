import GraphModel
import ScriptHost

/// What `herald check` says of one script.
struct CheckReport {
    /// The script, as the command line names it.
    var file: String
    var source: [UInt8]
    var check: ScriptCheck

    /// Writes the findings as a compiler does, and one line that sums them up.
    func write(to sink: ByteSink) throws {
        let lines = ScriptLines(source)
        for finding in check.findings {
            let place = "\(file):\(finding.line):\(finding.column):"
            let severity = finding.severity.rawValue
            try sink.line(
                sink.styled(shown(place), .bold) + " "
                    + sink.styled(severity + ":", finding.severity == .error ? .red : .yellow) + " "
                    + shown(finding.message) + (finding.hint.map { " (" + shown($0) + ")" } ?? "")
            )
            if let line = lines[finding.line] { try write(line, finding, to: sink) }
        }
        try sink.line(shown(file) + ": " + summary(sink))
    }

    /// Data on one line of its own, whatever is in it.
    private func shown(_ data: String) -> String {
        data.escapingControls(keepingLines: false)
    }

    private func summary(_ sink: ByteSink) -> String {
        let errors = check.findings.count { $0.severity == .error }
        let warnings = check.findings.count - errors
        var parts: [String] = []
        if errors > 0 { parts.append(sink.styled("\(errors.grouped) error\(errors == 1 ? "" : "s")", .red)) }
        if warnings > 0 {
            parts.append(sink.styled("\(warnings.grouped) warning\(warnings == 1 ? "" : "s")", .yellow))
        }
        let verdict = parts.isEmpty ? sink.styled("fine", .green) : parts.joined(separator: ", ")
        return ([verdict] + ScriptCapability.words(for: check.capabilities).map(shown)).joined(separator: "; ")
    }

    /// Writes the line of the script with a caret below the place.
    private func write(_ line: ScriptLine, _ finding: ScriptFinding, to sink: ByteSink) throws {
        let number = String(finding.line)
        let margin = sink.styled("  \(number) | ", .dim)
        let blank = sink.styled(String(repeating: " ", count: number.count + 3) + "| ", .dim)
        let room = sink.isTerminal ? max(40, sink.columns - number.count - 5) : 200
        let (text, caret) = line.shown(around: finding.column, columns: room)
        try sink.line(margin + text)
        try sink.line(blank + String(repeating: " ", count: caret) + sink.styled("^", .green))
    }

    /// One document: `{files: [{file, findings: […], capabilities: […]}]}`.
    static func json(_ reports: [CheckReport]) -> [UInt8] {
        JSONWriter.bytes(capacity: 4096) { writer in
            writer.object { writer in
                writer.name("files")
                writer.array { writer in
                    for report in reports { report.write(to: &writer) }
                }
            }
        }
    }

    private func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", file)
            writer.name("findings")
            writer.array { writer in
                for finding in check.findings {
                    writer.object { writer in
                        writer.member("line", finding.line)
                        writer.member("column", finding.column)
                        writer.member("severity", finding.severity.rawValue)
                        writer.member("code", finding.code.rawValue)
                        writer.member("message", finding.message)
                        if let hint = finding.hint { writer.member("hint", hint) }
                    }
                }
            }
            writer.name("capabilities")
            writer.array { writer in
                for capability in check.capabilities {
                    writer.object { writer in
                        writer.member("kind", capability.kind.rawValue)
                        if let subject = capability.subject { writer.member("subject", subject) }
                    }
                }
            }
        }
    }
}
