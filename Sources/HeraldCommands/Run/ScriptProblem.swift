import Foundation
import LuaRuntime
import ScriptHost

/// An error of a script as people read it: the place, the line itself with a caret, the message and the traceback.
struct ScriptProblem {
    /// One line: `announce.lua:12: message`.
    var summary: String
    /// The lines that follow it.
    var details: [String]

    /// Explains an error; `sources` are the script and its modules as the host loaded them, by the names that errors show.
    init(_ error: LuaError, sources: [String: [UInt8]]) {
        var place = ""
        if let script = error.script { place = script + (error.line.map { ":\($0)" } ?? "") + ": " }
        summary = place + error.message
        details = []
        if let remedy = Self.remedy(error.kind) { summary += "; " + remedy }
        if let source = error.script.flatMap({ sources[$0] }), let line = error.line,
            let text = Self.line(line, of: source)
        {
            let number = String(line)
            details.append("  \(number) | \(text)")
            let column = Self.column(in: text, of: error)
            let indent = String(repeating: " ", count: number.count + 2)
            details.append("  " + indent.dropLast() + "| " + String(repeating: " ", count: column) + "^")
        }
        if let hint = RuntimeHint.of(error) { details.append("hint: " + hint) }
        if error.traceback.count > 1 {
            details.append("traceback:")
            details += error.traceback.map { "  " + $0 }
        }
    }

    /// Writes it for people.
    func write(to sink: ByteSink) throws {
        try sink.line(sink.styled("error", .red) + ": " + sink.shown(summary))
        for line in details { try sink.line(sink.shown(line)) }
    }

    private static func remedy(_ kind: LuaError.Kind) -> String? {
        switch kind {
        case .memory: "work through the data in smaller pieces, or allow more with --limit-memory"
        case .cpu: "look for an endless loop, or allow more with --limit-cpu"
        case .totalCPU: "allow more with --limit-total-cpu"
        case .wall: "allow more with --limit-wall"
        case .output: "write less, write to a file, or allow more with --limit-output"
        case .requests: "give 'parallel' a smaller limit, or allow more with --limit-requests"
        case .sourceSize: "split it, or keep its data in files"
        case .syntax, .runtime, .stopped: nil
        }
    }

    private static func line(_ number: Int, of source: [UInt8]) -> String? {
        var line = 1
        var start = source.startIndex
        while line < number {
            guard let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = end + 1
            line += 1
        }
        let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.endIndex
        let text = String(decoding: source[start..<end], as: UTF8.self)
        return String(text.prefix(200)).replacing("\t", with: " ").filter { !$0.isNewline }
    }

    /// Where the caret points: at the token that a syntax error names, else at the first character of the line.
    private static func column(in text: String, of error: LuaError) -> Int {
        if error.kind == .syntax, let near = error.message.range(of: "near '") {
            let token = error.message[near.upperBound...].prefix { $0 != "'" }
            if !token.isEmpty, let found = text.ranges(of: token).last {
                return text.distance(from: text.startIndex, to: found.lowerBound)
            }
        }
        return text.prefix { $0 == " " }.count
    }
}
