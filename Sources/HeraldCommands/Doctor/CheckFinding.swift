import GraphModel

/// What `herald doctor` found of one thing, in a line.
struct CheckFinding: Sendable, Equatable {
    /// How it stands.
    enum State: String, Sendable {
        /// As it should be.
        case well
        /// Worth knowing, and no fault.
        case note
        /// To be put right.
        case fault
    }

    /// What was looked at, in a word or two.
    var name: String
    var state: State
    /// What was found; of a fault also what to do about it.
    var text: String

    static func well(_ name: String, _ text: String) -> CheckFinding {
        CheckFinding(name: name, state: .well, text: text)
    }
    static func note(_ name: String, _ text: String) -> CheckFinding {
        CheckFinding(name: name, state: .note, text: text)
    }
    static func fault(_ name: String, _ text: String) -> CheckFinding {
        CheckFinding(name: name, state: .fault, text: text)
    }

    /// How wide the names are.
    private static let width = 12

    /// The line for people.
    func line(on sink: ByteSink) -> String {
        let (sign, style): (String, TextStyle) =
            switch state {
            case .well: ("✓", .green)
            case .note: ("·", .dim)
            case .fault: ("✗", .red)
            }
        return sink.styled(sign, style) + " " + name.padded(toColumns: Self.width) + " "
            + sink.shown(text.escapingControls(keepingLines: false))
    }

    /// Writes findings: a line each, or one JSON document.
    ///
    /// - Returns: Failure if one of them is a fault.
    static func write(_ findings: [CheckFinding], json: Bool, to sink: ByteSink) throws -> ExitStatus {
        let isWell = !findings.contains { $0.state == .fault }
        if json {
            let document = JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.member("well", isWell)
                    writer.name("value")
                    writer.array { writer in for finding in findings { finding.write(to: &writer) } }
                }
            }
            try sink.write(document + [UInt8(ascii: "\n")])
        } else {
            for finding in findings { try sink.line(finding.line(on: sink)) }
        }
        return isWell ? .done : .failed
    }

    /// For programs.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("check", name)
            writer.member("state", state.rawValue)
            writer.member("text", text)
        }
    }
}
