package import LuaRuntime
import LuaSyntax

/// What can be said of a script without running it: its faults, and what it does.
///
/// What only a run can tell, such as what a field of some table is, is taken to be right.
package struct ScriptCheck: Sendable {
    /// Reads a file beside the script, by the rules of ``ScriptFiles``.
    package typealias FileReader = (_ path: String) -> Result<[UInt8], HostError>

    /// What is wrong, by place.
    package private(set) var findings: [ScriptFinding] = []
    /// What it does, as far as it can be read; empty if it is no Lua.
    package private(set) var capabilities: [ScriptCapability] = []

    /// Whether a finding says that the script cannot do what it says.
    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Looks at a script.
    ///
    /// - Parameters:
    ///   - source: Its text.
    ///   - modules: What it finds in its globals besides Lua's own.
    ///   - file: Reads the files that it names.
    package init(_ source: [UInt8], modules: [ScriptModule] = ScriptModule.all, file: @escaping FileReader) {
        let most = ScriptLimits().sourceSize
        if source.count > most {
            findings = [
                ScriptFinding(
                    severity: .error,
                    code: .tooLong,
                    line: 1,
                    column: 1,
                    message: "the script has \(source.count) bytes, and may have \(most)",
                    hint: "keep its data in files"
                )
            ]
            return
        }
        let script: LuaBlock
        do throws(LuaSyntaxError) {
            script = try LuaParser.parse(source)
        } catch {
            findings = [
                ScriptFinding(
                    severity: .error,
                    code: .syntax,
                    line: error.place.line,
                    column: error.place.column,
                    message: error.message
                )
            ]
            return
        }
        var reader = ScriptReader(script, source: source, modules: modules, file: file)
        reader.read()
        findings = (reader.findings + Self.limits(source)).sorted { a, b in
            if a.line != b.line { return a.line < b.line }
            return (a.column, a.code.rawValue, a.message) < (b.column, b.code.rawValue, b.message)
        }
        capabilities = ScriptCapability.Kind.allCases.flatMap { kind in
            reader.capabilities.filter { $0.kind == kind }.sorted { ($0.subject ?? "") < ($1.subject ?? "") }
        }
    }

    /// What is wrong with the limits that the script's header asks for.
    private static func limits(_ source: [UInt8]) -> [ScriptFinding] {
        func problem(_ limits: ScriptLimits) -> LuaError? {
            do throws(LuaError) {
                _ = try ScriptHeader.tighten(limits, by: LuaChunk(name: "", source: source))
                return nil
            } catch {
                return error
            }
        }
        var unlimited = ScriptLimits()
        unlimited.memory = .max
        unlimited.cpuBetweenCalls = .seconds(1e10)
        unlimited.cpu = nil
        unlimited.requests = .max
        let fault = problem(unlimited)
        guard let found = fault ?? problem(ScriptLimits()) else { return [] }
        return [
            ScriptFinding(
                // What is granted is the command line's to say.
                severity: fault == nil ? .warning : .error,
                code: .badLimit,
                line: found.line ?? 1,
                column: 1,
                message: found.message
            )
        ]
    }
}
