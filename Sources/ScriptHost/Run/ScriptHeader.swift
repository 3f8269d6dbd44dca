package import LuaRuntime

/// The comments at the top of a script, in which it may ask for tighter limits than it is granted.
///
/// A line is written as the option is: `-- limit-memory 32`, `-- limit-cpu 0.5`.
package enum ScriptHeader {
    /// The limits of a script: those that it is granted, or those that it asks for where they are tighter.
    ///
    /// - Parameters:
    ///   - limits: What the script is granted.
    ///   - script: The script.
    /// - Returns: What it may use.
    /// - Throws: ``LuaError`` of the kind `syntax` at the line that asks for a limit that is unknown, is no number, or is
    ///   wider than what is granted.
    package static func tighten(_ limits: ScriptLimits, by script: LuaChunk) throws(LuaError) -> ScriptLimits {
        var limits = limits
        for (index, bytes) in script.source.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let line = String(decoding: bytes, as: UTF8.self).trimmed
            if line.isEmpty || (index == 0 && line.hasPrefix("#")) { continue }
            guard line.hasPrefix("--"), !line.hasPrefix("--[") else { break }
            let words = line.drop { $0 == "-" || $0 == " " }.split(whereSeparator: { " :=\t".contains($0) })
            guard let name = words.first, name.hasPrefix("limit-") else { continue }
            guard let problem = apply(String(name), words.dropFirst().map(String.init), to: &limits) else { continue }
            var error = LuaError(.syntax, problem)
            error.script = script.name
            error.line = index + 1
            throw error
        }
        return limits
    }

    /// Applies one line; gives what is wrong with it.
    private static func apply(_ name: String, _ values: [String], to limits: inout ScriptLimits) -> String? {
        guard values.count == 1, let value = Double(values[0]), value > 0, value < 1e9 else {
            return "\(name) must be followed by one number above 0"
        }
        switch name {
        case "limit-memory": return tighten(&limits.memory, to: Int(value * 1_048_576), name, values[0])
        case "limit-cpu": return tighten(&limits.cpuBetweenCalls, to: .seconds(value), name, values[0])
        case "limit-total-cpu": return tighten(&limits.cpu, to: .seconds(value), name, values[0])
        case "limit-wall": return tighten(&limits.wall, to: .seconds(value), name, values[0])
        case "limit-output": return tighten(&limits.output, to: Int(value * 1024), name, values[0])
        case "limit-requests": return tighten(&limits.requests, to: Int(value), name, values[0])
        default:
            return "there is no \(name); a script can ask for limit-memory, limit-cpu, limit-total-cpu, limit-wall, "
                + "limit-output and limit-requests"
        }
    }

    private static func tighten<Value: Comparable>(
        _ limit: inout Value,
        to value: Value,
        _ name: String,
        _ text: String
    ) -> String? {
        guard value <= limit else {
            return
                "the script asks for \(name) \(text), which is more than it is granted; allow it with --\(name) \(text)"
        }
        limit = value
        return nil
    }

    private static func tighten<Value: Comparable>(
        _ limit: inout Value?,
        to value: Value,
        _ name: String,
        _ text: String
    ) -> String? {
        guard var granted = limit else {
            limit = value
            return nil
        }
        let problem = tighten(&granted, to: value, name, text)
        limit = granted
        return problem
    }
}

extension String {
    fileprivate var trimmed: Substring {
        let tail = drop { $0.isWhitespace }
        return tail.prefix(upTo: tail.lastIndex { !$0.isWhitespace }.map { tail.index(after: $0) } ?? tail.endIndex)
    }
}
