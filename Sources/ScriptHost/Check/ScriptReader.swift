import LuaSyntax

/// Goes through the names, fields and calls of a script and notes what is wrong with them, and what they do.
struct ScriptReader {
    let names: ScriptNames
    let source: [UInt8]
    let modules: [String: ScriptModule]
    let file: ScriptCheck.FileReader
    private(set) var findings: Set<ScriptFinding> = []
    private(set) var capabilities: Set<ScriptCapability> = []
    /// The globals that the script assigns to, which then are not what they were.
    let assignedGlobals: Set<String>
    /// Fields of modules and libraries that the script adds, as `string.trim`.
    private(set) var addedFields: Set<String> = []
    /// The modules of the script's own that have been read, and the globals that they assign to.
    var readModules: Set<String> = []
    var moduleGlobals: Set<String> = []
    /// What has been found out about expressions, so that none is looked at twice.
    var meanings: [ExpressionPlace: ScriptMeaning] = [:]

    init(_ script: LuaBlock, source: [UInt8], modules: [ScriptModule], file: @escaping ScriptCheck.FileReader) {
        self.source = source
        self.modules = Dictionary(modules.map { ($0.name, $0) }) { $1 }
        self.file = file
        let known = SandboxNames.base.union(SandboxNames.libraries.keys).union(self.modules.keys)
        names = ScriptNames(script, known: known)
        assignedGlobals = Set(names.globalAssignments.map(\.text))
    }

    mutating func read() {
        readTargets()
        for expression in names.expressions { _ = meaning(of: expression) }
        readGlobals()
        for place in names.endlessLoops {
            warn(.neverEnds, place, "this loop never ends", "end it with 'break', or give it a condition that changes")
        }
    }

    mutating func fail(_ code: ScriptFinding.Code, _ place: LuaPlace, _ message: String, _ hint: String? = nil) {
        note(.error, code, place, message, hint)
    }

    mutating func warn(_ code: ScriptFinding.Code, _ place: LuaPlace, _ message: String, _ hint: String? = nil) {
        note(.warning, code, place, message, hint)
    }

    private mutating func note(
        _ severity: ScriptFinding.Severity,
        _ code: ScriptFinding.Code,
        _ place: LuaPlace,
        _ message: String,
        _ hint: String?
    ) {
        findings.insert(
            ScriptFinding(
                severity: severity,
                code: code,
                line: place.line,
                column: place.column,
                message: message,
                hint: hint
            )
        )
    }

    mutating func use(_ kind: ScriptCapability.Kind, _ subject: String? = nil) {
        capabilities.insert(ScriptCapability(kind: kind, subject: subject))
    }

    // MARK: Globals

    private mutating func readGlobals() {
        for name in names.globalAssignments where isProvided(name.text) {
            warn(
                .overwritesModule,
                name.place,
                "this overwrites '\(name.text)', which the script then has no more",
                "declare a variable with 'local', or choose another name"
            )
        }
        guard !names.hasUnseenGlobals else { return }
        let locals = Dictionary(names.variables.map { ($0.name.text, $0.name) }) { first, _ in first }
        for read in names.unknownReads
        where !assignedGlobals.contains(read.name.text) && !moduleGlobals.contains(read.name.text) {
            let name = read.name.text
            fail(.unknownGlobal, read.name.place, "unknown global '\(name)'", hint(for: read, locals: locals))
        }
    }

    private func isProvided(_ name: String) -> Bool {
        modules[name] != nil || SandboxNames.libraries[name] != nil || SandboxNames.base.contains(name)
    }

    private func hint(for read: ScriptNames.GlobalRead, locals: [String: LuaName]) -> String? {
        let name = read.name.text
        if let replacement = SandboxNames.replacements[name] { return replacement }
        if let other = locals[name] {
            let isLater = other.place > read.name.place
            return "the local '\(name)' of line \(other.place.line) "
                + (isLater ? "is declared further down" : "is not seen here")
        }
        let visible = read.visible.reversed().map { names.variables[$0].name.text }
        let globals = Array(modules.keys) + Array(SandboxNames.libraries.keys) + Array(SandboxNames.base)
        return NearestName.hint(name, among: visible + (globals + Array(assignedGlobals)).sorted())
    }

    // MARK: Assignments

    private mutating func readTargets() {
        for target in names.targets {
            guard case .suffixed(let base, let suffixes) = target.kind, let last = suffixes.last else { continue }
            if suffixes.count == 1, case .field(let field) = last.kind, case .name(let root) = base.kind,
                names.variable(base) == nil
            {
                addedFields.insert("\(root).\(field.text)")
                continue
            }
            let prefix = LuaExpression(
                place: target.place,
                kind: suffixes.count == 1 ? base.kind : .suffixed(base, suffixes.dropLast())
            )
            switch meaning(of: prefix) {
            case .collection, .item:
                fail(.cannotAssign, last.place, "a resource of Graph cannot be assigned to", "use create or update")
            default: break
            }
        }
    }
}
